package config

import (
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Print writes settings as a file in YAML, which Load reads back to the same
// configuration but for its secrets: where one is set there is a comment. origin
// says at each value where it is from.
func Print(w io.Writer, settings []Setting, origin bool) error {
	table, group := newKeyTable(), ""
	var b strings.Builder
	for _, s := range settings {
		k, ok := table.find(s.Key)
		if !ok {
			return fmt.Errorf("%q is not a key", s.Key)
		}
		if k.Group != group {
			group = k.Group
			fmt.Fprintf(&b, "# %s\n", group)
		}
		line, err := printed(k, s)
		if err != nil {
			return err
		}
		if origin {
			line += " # " + s.Origin()
		}
		b.WriteString(line + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// printed is a setting in one line.
func printed(k Key, s Setting) (string, error) {
	if k.secret && s.Value != "" {
		return "# " + k.Name + " is secret, and left out", nil
	}
	value := yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s.Value}
	if strings.ContainsAny(s.Value, "\r\n") {
		value.Style = yaml.DoubleQuotedStyle
	}
	text, err := yaml.Marshal(&value)
	return k.Name + ": " + strings.TrimSuffix(string(text), "\n"), err
}

// Origin is From, or "default".
func (s Setting) Origin() string {
	if s.From == "" {
		return "default"
	}
	return strings.NewReplacer("\n", " ", "\r", " ").Replace(s.From)
}
