package detect

import (
	"fmt"
	"strconv"
	"strings"
)

// Keys that no instance names.
const (
	defaultKey = "default" // the first version of a service that names none
	canaryKey  = "canary"  // of instances registered as canaries
	nomadKey   = "nomad-"  // and the job version
)

// keyer finds the key of instances.
type keyer struct {
	Known
	services bool              // the scope is a route: its services are versions
	lowest   map[string]uint64 // job version that a spec appears with first
}

func newKeyer(known Known, services bool, all []traits) *keyer {
	k := &keyer{Known: known, services: services, lowest: map[string]uint64{}}
	for i := range all {
		t := &all[i]
		if t.alloc == nil || t.alloc.Spec == "" {
			continue
		}
		if v, ok := k.lowest[t.alloc.Spec]; !ok || t.alloc.JobVersion < v {
			k.lowest[t.alloc.Spec] = t.alloc.JobVersion
		}
	}
	return k
}

// key is the version of an instance.
func (k *keyer) key(t *traits) string {
	remembered := k.Instances[Digest(t.ref)]
	switch {
	case t.key != "" && t.alloc != nil && t.alloc.Spec != "":
		return k.reused(t.key, t.alloc)
	case t.key != "" && base(remembered) == t.key:
		return remembered
	case t.key != "":
		return t.key
	case t.alloc != nil:
		return k.ofJob(t.alloc)
	case remembered != "":
		return remembered
	case t.isMarked():
		return k.ofCanary()
	case t.variant == "blue" || t.variant == "green":
		return t.variant
	case k.services && !k.isNomads(t):
		return t.service
	}
	return k.rest(t)
}

// rest is the version of an instance that nothing is known of.
func (k *keyer) rest(t *traits) string {
	switch {
	case k.Promoting:
		return k.Candidate
	case k.isNomads(t):
		return "" // only Nomad can tell, and has not yet
	}
	return or(k.Stable, defaultKey)
}

// isNomads reports whether only Nomad can tell the instance's version.
func (k *keyer) isNomads(t *traits) bool { return t.nomad && strings.HasPrefix(k.Stable, nomadKey) }

// ofJob is the version of a job version: one that ran the same, or a new one.
func (k *keyer) ofJob(a *Allocation) string {
	if a.Spec == "" {
		return nomadKey + strconv.FormatUint(a.JobVersion, 10)
	}
	if v, ok := k.bySpec(a.Spec, ""); ok {
		return v.Key
	}
	return nomadKey + strconv.FormatUint(k.lowest[a.Spec], 10)
}

// bySpec finds the version that ran the same; stable first, else the latest.
// With a name it must be that key or a number of it.
func (k *keyer) bySpec(spec, name string) (found Version, ok bool) {
	for _, v := range k.Versions {
		if v.Spec == spec && (name == "" || base(v.Key) == name) {
			if found, ok = v, true; v.Key == k.Stable {
				break
			}
		}
	}
	return found, ok
}

// reused is the key for instances that name it and run something else than the
// ones that named it before: the key with a number.
func (k *keyer) reused(key string, a *Allocation) string {
	if v, ok := k.bySpec(a.Spec, key); ok {
		return v.Key
	}
	other := false
	for _, v := range k.Versions {
		other = other || base(v.Key) == key && v.Spec != "" && v.JobVersion < a.JobVersion
	}
	if !other {
		return key
	}
	return k.next(key)
}

// ofCanary is the made-up key of the canaries there are now.
func (k *keyer) ofCanary() string {
	if base(k.Candidate) == canaryKey {
		return k.Candidate
	}
	return k.next(canaryKey)
}

// next numbers a key that was used before.
func (k *keyer) next(key string) string {
	last := 0
	for _, v := range k.Versions {
		if base(v.Key) == key {
			last = max(last, number(v.Key))
		}
	}
	if last == 0 {
		return key
	}
	return fmt.Sprintf("%s#%d", key, last+1)
}

// isMade reports whether a key that no instance names was made up.
func isMade(key string) bool {
	return key == defaultKey || base(key) == canaryKey || key == "blue" || key == "green"
}

// base is a key without its number.
func base(key string) string {
	name, _, _ := strings.Cut(key, "#")
	return name
}

// number is the number of a key; 1 without one.
func number(key string) int {
	_, n, ok := strings.Cut(key, "#")
	if v, err := strconv.Atoi(n); ok && err == nil {
		return v
	}
	return 1
}
