package config

import (
	"context"
	"slices"
)

// Changes are the names of keys whose values have changed between two loads.
type Changes struct {
	Now   []string // taken at once
	Start []string // of what only a start takes: the old values stay
}

// Reload reads the configuration of a process that runs with old once more. Keys
// that only a start can take keep their old values, so what it returns is how the
// process runs from now on. Warnings and errors are those of Load; with an error
// there is no Config.
func Reload(ctx context.Context, src Sources, old *Config) (*Config, Changes, []Problem, error) {
	l := newLoader()
	l.read(ctx, src)
	changes := l.hold(old.raw)
	conf, warns, err := l.load(src)
	return conf, changes, warns, err
}

// hold puts the old settings back where they cannot change.
func (l *loader) hold(old func(key string) setting) (c Changes) {
	for _, k := range l.table.keys {
		was, is := old(k.Name), l.setting(k.Name)
		switch {
		case k.Status != Built || canon(k.Kind, was.value) == canon(k.Kind, is.value):
		case k.Live:
			c.Now = append(c.Now, k.Name)
		default:
			c.Start = append(c.Start, k.Name)
			// MergeConfigMap fails for no map.
			_ = l.merged.MergeConfigMap(map[string]any{k.Name: was})
		}
	}
	return c
}

// live marks keys that a reload takes, all but those named.
func live(keys []Key, but ...string) []Key {
	for i := range keys {
		keys[i].Live = !slices.Contains(but, keys[i].Name)
	}
	return keys
}

// liveAre marks those of keys that a reload takes.
func liveAre(keys []Key, names ...string) []Key {
	for i := range keys {
		keys[i].Live = slices.Contains(names, keys[i].Name)
	}
	return keys
}
