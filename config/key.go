package config

import (
	"slices"
	"strings"
)

// Kind is how the text of a value is read.
type Kind string

// The kinds of values.
const (
	Text     Kind = "text"
	Bool     Kind = "bool"     // true or false
	Int      Kind = "int"      // decimal, 0x and 0o
	Duration Kind = "duration" // 1m30s, 250ms, 0
	List     Kind = "list"     // comma separated
	Floats   Kind = "floats"   // comma separated numbers
)

// Status is what weir does with a key.
type Status string

// The states of a key.
const (
	Built    Status = "built"
	Accepted Status = "accepted" // fabio's, and weir needs no such setting: checked, then without effect
	Missing  Status = "missing"  // fabio's, not built yet: only fabio's default or "off" may be given
	Dead     Status = "dead"     // documented by fabio, which never did anything with it
)

// Key describes one setting: it is the single source of flags, of environment
// names, of help and of docs/CONFIG.md.
type Key struct {
	Name    string // "proxy.addr", in fabio's spelling where it is fabio's
	Group   string // heading in help and docs
	Kind    Kind
	Choices []string // all values that are allowed; empty: any of the kind
	Default string
	Fabio   string // fabio's default where it is another than weir's
	Ours    bool   // not a key of fabio
	Live    bool   // a reload takes a new value; others need a start
	Status  Status
	Help    string // one sentence without an end stop
	Hint    string // what a warning says: why a value has no effect, or what to write in place

	later  []string // values of fabio that are not built yet
	off    string   // a further value by which a missing key is switched off
	set    setter   // only for Built
	secret bool     // a token or password, or what may hold one
}

// Keys returns all keys in the order in which they are documented. The caller
// owns the slice.
func Keys() []Key {
	return slices.Concat(
		group("Listeners", Built, live(listenerKeys())),
		group("Routing", Built, liveAre(routingKeys(), "proxy.noroutestatus")),
		group("Targets", Built, targetKeys()),
		group("Headers", Built, live(headerKeys())),
		group("Compression", Built, live(compressionKeys())),
		group("Limits", Built, live(limitKeys(), "proxy.limits.inflight")),
		group("Shutdown", Built, live(shutdownKeys())),
		group("Registry", Built, registryKeys()),
		group("Custom registry", Built, customKeys()),
		group("Consul", Built, consulKeys()),
		group("Registration in Consul", Built, registerKeys()),
		group("Store", Built, storeKeys()),
		group("Rollouts", Built, rolloutKeys()),
		group("Nomad", Built, nomadKeys()),
		group("Notifications", Built, notifyKeys()),
		group("Metrics", Built, metricsKeys()),
		group("Logs", Built, liveAre(logKeys(), "log.level")),
		group("Tracing", Built, tracingKeys()),
		group("Admin", Built, liveAre(adminKeys(), "runtime.gogc", "runtime.gomaxprocs")),
		group("Admin login", Built, loginKeys()),
		group("Without effect in weir", Accepted, acceptedKeys()),
		group("Keys of fabio that weir does not have yet", Missing, missingKeys()),
		group("Keys that fabio documents and never used", Dead, deadKeys()),
	)
}

func group(name string, status Status, keys []Key) []Key {
	for i := range keys {
		keys[i].Group, keys[i].Status = name, status
	}
	return keys
}

// Env returns the names of the environment variables of the key, the strongest
// first. Names without a prefix are fabio's way, so only keys of fabio have
// them, and only where a dot makes them unlikely to be somebody else's.
func (k Key) Env() []string {
	name := strings.ToUpper(strings.ReplaceAll(k.Name, ".", "_"))
	switch {
	case k.Ours:
		return []string{"WEIR_" + name}
	case strings.Contains(k.Name, "."):
		return []string{"WEIR_" + name, "FABIO_" + name, name}
	}
	return []string{"WEIR_" + name, "FABIO_" + name}
}

// fabioDefault returns what fabio uses when the key is not set.
func (k Key) fabioDefault() string {
	if k.Fabio != "" {
		return k.Fabio
	}
	return k.Default
}

// keyTable finds keys by name.
type keyTable struct {
	keys   []Key
	byFold map[string]int // lower case name to index in keys
}

func newKeyTable() *keyTable {
	t := &keyTable{keys: Keys(), byFold: map[string]int{}}
	for i, k := range t.keys {
		t.byFold[strings.ToLower(k.Name)] = i
	}
	return t
}

// find returns the key whose name is that one but for upper and lower case.
func (t *keyTable) find(name string) (Key, bool) {
	i, ok := t.byFold[strings.ToLower(name)]
	if !ok {
		return Key{}, false
	}
	return t.keys[i], true
}

// names returns what a misspelt key may have meant: dead keys are no advice.
func (t *keyTable) names() []string {
	var names []string
	for _, k := range t.keys {
		if k.Status != Dead {
			names = append(names, k.Name)
		}
	}
	return names
}
