package config

import (
	"strings"

	"github.com/spf13/pflag"
)

const (
	fileFlag   = "cfg"
	misfitFlag = "unknown-key" // carries name=value of keys that have no flag, so that Load lists them all
)

// AddFlags adds a flag for each key, and cfg for the file. Values are checked
// by Load, not by the flag set, so that all problems are found at once.
func AddFlags(fs *pflag.FlagSet) {
	fs.String(fileFlag, "", "file or URL of the configuration: .properties, .yaml, .yml or .toml")
	fs.StringArray(misfitFlag, nil, "")
	for _, k := range Keys() {
		f := fs.VarPF(&flagValue{kind: k.Kind}, k.Name, "", k.Help)
		f.DefValue = k.Default
		f.Hidden = k.Status != Built
		if k.Kind == Bool {
			f.NoOptDefVal = "true"
		}
	}
	fs.Lookup(misfitFlag).Hidden = true
}

// flagValue keeps what was given, each time that it was.
type flagValue struct {
	kind  Kind
	given []string
}

func (v *flagValue) Set(s string) error { v.given = append(v.given, s); return nil }
func (v *flagValue) Type() string       { return string(v.kind) }

func (v *flagValue) String() string {
	if len(v.given) == 0 {
		return ""
	}
	return v.given[len(v.given)-1]
}

// fromFlags returns the settings of a parsed flag set, in the order of the
// command line for each key.
func fromFlags(fs *pflag.FlagSet) []setting {
	var settings []setting
	fs.Visit(func(f *pflag.Flag) {
		if v, ok := f.Value.(*flagValue); ok {
			for _, value := range v.given {
				settings = append(settings, setting{key: f.Name, value: value, from: "flag"})
			}
		}
	})
	misfits, err := fs.GetStringArray(misfitFlag)
	if err != nil {
		return settings // flags that are not from AddFlags
	}
	for _, m := range misfits {
		name, value, _ := strings.Cut(m, "=")
		settings = append(settings, setting{key: name, value: value, from: "flag"})
	}
	return settings
}
