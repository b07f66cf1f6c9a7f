package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/magiconair/properties"

	"weir/config"
)

// TestFabioPropertiesWithNoDefaultAreTakenOrNamed: each key that weir does not take
// is an error that names it, and all others have an effect or a warning.
func TestFabioPropertiesWithNoDefaultAreTakenOrNamed(t *testing.T) {
	environ := []string{"DIR=/etc/fabio"}
	c, warnings, err := load(t, []string{"-cfg", "testdata/fabio-other.properties"}, environ)
	var bad *config.Error
	if c != nil || !errors.As(err, &bad) {
		t.Fatalf("%v: BGP at least should be refused", err)
	}
	golden(t, "testdata/fabio-other.refused", []byte(
		"-- refused --\n"+strings.Join(problems(bad.Problems), "\n")+"\n-- warnings --\n"+strings.Join(problems(warnings), "\n")+"\n"))
	taken := without(t, bad.Problems)
	c, again, err := load(t, []string{"-cfg", taken}, environ)
	if err != nil {
		t.Fatalf("what is refused was taken out, and now: %v", err)
	}
	told := strings.Join(problems(again), "\n")
	for _, s := range c.Settings {
		if s.From != "" && s.Value == s.Default && !strings.Contains(told, s.Key) {
			t.Errorf("%s is at its default: %q", s.Key, s.Value)
		}
	}
}

// without is a file without the keys that are refused.
func without(t *testing.T, refused []config.Problem) string {
	text, err := os.ReadFile("testdata/fabio-other.properties")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range refused {
		text = regexp.MustCompile(`(?m)^`+regexp.QuoteMeta(p.Key)+` = .*$`).ReplaceAll(text, nil)
	}
	name := filepath.Join(t.TempDir(), "fabio.properties")
	if err := os.WriteFile(name, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// TestNoValueOfFabioOtherIsADefault and no key of fabio is absent.
func TestNoValueOfFabioOtherIsADefault(t *testing.T) {
	read := func(name string) map[string]string {
		props, err := properties.LoadFile(filepath.Join("testdata", name), properties.UTF8)
		if err != nil {
			t.Fatal(err)
		}
		lower := map[string]string{}
		for key, value := range props.Map() {
			lower[strings.ToLower(key)] = value
		}
		return lower
	}
	t.Setenv("DIR", "/etc/fabio")
	defaults, other := read("fabio.properties"), read("fabio-other.properties")
	for key, value := range defaults {
		if v, there := other[key]; !there || v == value {
			t.Errorf("%s is %q, and %q is the default", key, v, value)
		}
	}
}
