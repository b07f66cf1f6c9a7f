package config_test

import (
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"weir/config"
)

func TestKeysAreUnique(t *testing.T) {
	seen := map[string]string{}
	for _, k := range config.Keys() {
		for _, name := range append(k.Env(), strings.ToLower(k.Name)) {
			if other := seen[name]; other != "" {
				t.Errorf("%s and %s are both called %s", k.Name, other, name)
			}
			seen[name] = k.Name
		}
	}
}

func TestKeysAreDocumented(t *testing.T) {
	for _, k := range config.Keys() {
		if k.Status == config.Dead || k.Status == config.Accepted {
			if k.Hint == "" {
				t.Errorf("%s says nothing to those who set it", k.Name)
			}
			continue
		}
		if k.Help == "" || strings.HasSuffix(k.Help, ".") {
			t.Errorf("%s: help is %q", k.Name, k.Help)
		}
	}
}

func TestEveryDefaultCanBeWrittenOut(t *testing.T) {
	var args []string
	for _, k := range config.Keys() {
		if k.Status == config.Built {
			args = append(args, "-"+k.Name+"="+k.Default)
		}
	}
	written, warnings, err := load(t, args, nil)
	if err != nil || len(warnings) > 0 {
		t.Fatal(err, warnings)
	}
	left, _, err := load(t, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if a, b := show(t, written), show(t, left); a != b {
		t.Errorf("written out: %s\nleft out: %s", a, b)
	}
}

func TestHelpShowsWhatIsBuilt(t *testing.T) {
	fs := pflag.NewFlagSet("weir", pflag.ContinueOnError)
	config.AddFlags(fs)
	usage := fs.FlagUsages()
	for _, k := range config.Keys() {
		if shown := strings.Contains(usage, "--"+k.Name+" "); shown != (k.Status == config.Built) && k.Kind != config.Bool {
			t.Errorf("%s is %s, shown: %v", k.Name, k.Status, shown)
		}
	}
	if strings.Contains(usage, "unknown-key") {
		t.Error("help shows a flag that is not for people")
	}
}
