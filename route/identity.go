package route

import "strings"

// stable is the variant that others are measured against.
const stable = "stable"

// identity is what an instance says of itself for all its routes.
type identity struct {
	variant, version string
	meta             bool // version is from the meta, not from a tag
}

// note is a text that had no effect, and why.
type note struct{ text, reason string }

// identify reads the tags version=KEY and version-KEY and the meta variant,
// rollout-version and version.
func identify(tags []string, meta map[string]string) (id identity, notes []note) {
	take := func(to *string, text, value string) {
		if value == "" || *to != "" {
			return
		}
		if err := checkVariant(value); err != nil {
			notes = append(notes, note{text, err.Error()})
			return
		}
		*to = value
	}
	for _, tag := range tags {
		for _, prefix := range []string{"version=", "version-"} {
			if key, ok := strings.CutPrefix(tag, prefix); ok {
				take(&id.version, tag, key)
			}
		}
	}
	id.meta = id.version == ""
	for _, key := range []string{"rollout-version", "version"} {
		take(&id.version, "meta "+key+"="+meta[key], meta[key])
	}
	take(&id.variant, "meta variant="+meta["variant"], meta["variant"])
	return id, notes
}

// identify gives t its version and, where one is named, its variant. What came
// from the meta is added to the options, so that they tell all.
func (t *Target) identify(id identity) {
	set := t.settings
	if set.version == "" && id.meta {
		set.addOption("version", id.version)
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
