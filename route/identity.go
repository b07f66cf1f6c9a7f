package route

import (
	"slices"
	"strings"
)

// stable is the variant that others are measured against.
const stable = "stable"

// identity is what an instance says of itself for all its routes.
type identity struct {
	variant, version string
	meta             bool // version is from the meta, not from a tag
	given            bool // variant beats what tags say
}

// note is a text that had no effect, and why.
type note struct{ text, reason string }

// identify reads the tags version=KEY and version-KEY and the meta variant,
// rollout-version and version.
func identify(tags []string, meta map[string]string) (id identity, notes []note) {
	for _, tag := range tags {
		if key, ok := strings.CutPrefix(tag, "version"); ok && len(key) > 1 && (key[0] == '=' || key[0] == '-') {
			notes = take(&id.version, tag, key[1:], notes)
		}
	}
	id.meta = id.version == ""
	notes = take(&id.version, "meta rollout-version", meta["rollout-version"], notes)
	notes = take(&id.version, "meta version", meta["version"], notes)
	return id, take(&id.variant, "meta variant", meta["variant"], notes)
}

// take sets name to value, unless it is set already or value cannot be a name.
func take(name *string, text, value string, notes []note) []note {
	if value == "" || *name != "" {
		return notes
	}
	if err := checkVariant(value); err != nil {
		return append(notes, note{text, err.Error()})
	}
	*name = value
	return notes
}

// identify gives t its version and, where one is named, its variant. What came
// from the meta is added to the options, so that they tell all.
func (t *Target) identify(id identity) {
	set := t.settings
	if set.version == "" && id.meta {
		set.addOption("version", id.version)
	}
	if id.given {
		set.kept = slices.DeleteFunc(set.kept, func(o option) bool { return o.key == "variant" })
		set.variant = ""
	}
	if set.variant == "" {
		set.addOption("variant", id.variant)
	}
	t.version = set.version
	if t.version == "" {
		t.version = id.version
	}
	t.variant = set.variant
	if t.variant == "" {
		t.variant = t.version
	}
}

// addOption puts key=value into s unless value is empty.
func (s *settings) addOption(key, value string) {
	if value == "" {
		return
	}
	switch key {
	case "version":
		s.version = value
	case "variant":
		s.variant = value
	}
	s.kept = append(s.kept, option{key, value})
}

// nameVariants gives a variant to the targets that do not name one: with
// several services on the route the service's name, and stable for the first
// service, by name.
func nameVariants(targets []*Target) {
	first, several := targets[0].service, false
	for _, t := range targets {
		several = several || t.service != first
		if t.service == stable || t.service < first && first != stable {
			first = t.service
		}
	}
	for _, t := range targets {
		switch {
		case t.variant != "":
		case several && t.service != first:
			t.variant = t.service
		default:
			t.variant = stable
		}
	}
}
