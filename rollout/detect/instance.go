package detect

import (
	"slices"
	"strings"

	"weir/route"
)

// maxKey bounds a version key in bytes; a longer one is none.
const maxKey = 128

// traits is what an instance tells of itself, and Nomad of it.
type traits struct {
	ref     string
	service string
	up      bool
	key     string // version, as meta or tags say
	variant string
	routes  []string // sources of its route tags
	nomad   bool     // its ID has the form that Nomad gives
	alloc   *Allocation
}

// read collects what in tells. The version is the meta rollout-version, the
// option version= of a route tag, a tag version=KEY or version-KEY, or the meta
// version, the first there is.
func (r *Reader) read(in *route.Instance) traits {
	t := traits{ref: Ref(in), service: in.Service, up: in.Up}
	id, ok := AllocationID(in.ID)
	if a, known := r.Allocations[id]; ok && known {
		t.alloc = &a
	}
	t.nomad = ok
	keys, variants := []string{in.Meta["rollout-version"]}, []string{}
	for _, tag := range in.Tags {
		parsed, err := route.ParseTag(or(r.TagPrefix, "urlprefix-"), in.Datacenter, tag)
		if err == nil {
			t.routes = append(t.routes, parsed.Source)
			keys = append(keys, option(parsed.Options, "version"))
			variants = append(variants, option(parsed.Options, "variant"))
		}
	}
	for _, tag := range in.Tags {
		if key, ok := strings.CutPrefix(tag, "version"); ok && key != "" && (key[0] == '=' || key[0] == '-') {
			keys = append(keys, key[1:])
		}
		variants = append(variants, option(tag, "variant"))
	}
	t.key = first(append(keys, in.Meta["version"]))
	t.variant = first(append(variants, in.Meta["variant"]))
	return t
}

// isMarked reports whether the instance is registered as a canary.
func (t *traits) isMarked() bool { return t.variant == "canary" || t.variant == "preview" }

// option is the value of the last word KEY=VALUE.
func option(words, key string) (value string) {
	for word := range strings.FieldsSeq(words) {
		if v, ok := strings.CutPrefix(word, key+"="); ok {
			value = v
		}
	}
	return value
}

// first is the first text that can be a key.
func first(texts []string) string {
	if i := slices.IndexFunc(texts, isKey); i >= 0 {
		return texts[i]
	}
	return ""
}

// isKey keeps out what could break a line, a command or the number of a key.
func isKey(s string) bool {
	odd := func(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune(`"#`, r) }
	return s != "" && len(s) <= maxKey && !strings.ContainsFunc(s, odd)
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// AllocationID is the ID of the allocation in a service ID that Nomad gave:
// _nomad-task-<allocation>-<task>-<service>-<port>, and the same with
// group-<group> instead of the task.
func AllocationID(serviceID string) (id string, ok bool) {
	rest, ok := strings.CutPrefix(serviceID, "_nomad-task-")
	const length = 36
	if !ok || len(rest) <= length || rest[length] != '-' {
		return "", false
	}
	return rest[:length], isUUID(rest[:length])
}

// isUUID reports whether s, of 36 bytes, is a UUID in lower case.
func isUUID(s string) bool {
	for i, c := range []byte(s) {
		if i == 8 || i == 13 || i == 18 || i == 23 {
			if c != '-' {
				return false
			}
		} else if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}
