package config

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/pflag"
	"github.com/spf13/viper"
)

// Sources is where Load reads from.
type Sources struct {
	// Flags is a parsed flag set with the flags of AddFlags. Nil is none.
	Flags *pflag.FlagSet
	// Environ holds KEY=value pairs as os.Environ returns them.
	Environ []string
}

// Load reads the configuration. Flags are stronger than the environment, that
// is stronger than the file of the flag cfg, and that than the defaults. The
// file may be a URL: fetching it ends with ctx or after 10 seconds.
//
// Warnings are to be shown to the user; they come with a Config and without
// one. The error is an *Error with everything that is wrong.
func Load(ctx context.Context, src Sources) (*Config, []Problem, error) {
	l := newLoader()
	l.read(ctx, src)
	return l.load(src)
}

func newLoader() *loader {
	l := &loader{table: newKeyTable(), merged: viper.NewWithOptions(viper.KeyDelimiter("::")), config: &Config{}}
	for _, k := range l.table.keys {
		l.merged.SetDefault(k.Name, setting{key: k.Name, value: k.Default})
	}
	return l
}

// read merges the sources, the weakest first.
func (l *loader) read(ctx context.Context, src Sources) {
	var flags []setting
	if src.Flags != nil {
		flags = fromFlags(src.Flags)
		l.layer(l.file(ctx, src))
	}
	env, problems := fromEnviron(src.Environ, l.table)
	l.errs = append(l.errs, problems...)
	l.layer(env)
	l.layer(flags)
}

// load makes a Config of what was read.
func (l *loader) load(src Sources) (*Config, []Problem, error) {
	l.apply()
	l.finish(src.Environ)
	l.config.Settings, l.config.raw = l.settings(), l.setting
	if len(l.errs) > 0 {
		return nil, l.warns, &Error{l.errs}
	}
	return l.config, l.warns, nil
}

// loader is the state of one Load.
type loader struct {
	table       *keyTable
	merged      *viper.Viper // a setting for each key
	config      *Config
	errs, warns []Problem
}

// file returns the settings of the file that the flag cfg names.
func (l *loader) file(ctx context.Context, src Sources) []setting {
	name, err := src.Flags.GetString(fileFlag)
	if err != nil || !src.Flags.Changed(fileFlag) {
		return nil
	}
	name = unquoted(name)
	if name == "" {
		l.errs = append(l.errs, Problem{fileFlag, "flag", "names no file"})
		return nil
	}
	settings, err := fromFile(ctx, name, src.Environ)
	if err != nil {
		l.errs = append(l.errs, Problem{fileFlag, "flag", err.Error()})
	}
	return settings
}

// unquoted removes one pair of quotes, as fabio does from -cfg='FILE'.
func unquoted(s string) string {
	for _, q := range []string{"'", `"`} {
		if len(s) >= 2 && strings.HasPrefix(s, q) && strings.HasSuffix(s, q) {
			return s[1 : len(s)-1]
		}
	}
	return s
}

// layer merges the settings of one source over those of the weaker ones.
func (l *loader) layer(settings []setting) {
	layer := map[string]any{}
	for _, s := range settings {
		k, ok := l.table.find(s.key)
		if !ok {
			l.errs = append(l.errs, Problem{s.key, s.from, "unknown key" + meant(s.key, l.table.names())})
			continue
		}
		if s.key != k.Name {
			l.warn(s, "is spelt "+k.Name)
		}
		if s.bad != "" {
			l.fail(s, s.bad)
			continue
		}
		if s.warn != "" {
			l.warn(s, s.warn)
		}
		if earlier, ok := layer[k.Name].(setting); ok {
			l.warn(s, "is given again; the earlier one ("+earlier.from+") has no effect")
		}
		layer[k.Name] = s
	}
	// MergeConfigMap fails for no map.
	_ = l.merged.MergeConfigMap(layer)
}

func (l *loader) warn(s setting, text string) {
	l.warns = append(l.warns, Problem{s.key, s.from, text})
}

func (l *loader) fail(s setting, text string) {
	l.errs = append(l.errs, Problem{s.key, s.from, text})
}

// failed says whether the value of a key is bad.
func (l *loader) failed(name string) bool {
	return slices.ContainsFunc(l.errs, func(p Problem) bool { return strings.EqualFold(p.Key, name) })
}

// setting returns what counts for a key.
func (l *loader) setting(name string) setting {
	s, _ := l.merged.Get(name).(setting)
	return s
}
