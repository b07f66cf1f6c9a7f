package contexts

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// parse reads the text of the file into f.
func (f *File) parse(text []byte) error {
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return fmt.Errorf("%s: %w", f.Name, err)
	}
	if doc.Kind == 0 {
		return nil
	}
	line := 0
	err := f.each(doc.Content[0], "the file", func(name, value *yaml.Node) error {
		switch name.Value {
		case "current":
			line = value.Line
			return f.text(value, "current", &f.Current)
		case "contexts":
			return f.each(value, "contexts", f.context)
		}
		return f.wrong(name, "unknown field %q, want current or contexts", name.Value)
	})
	if _, there := f.Contexts[f.Current]; err == nil && f.Current != "" && !there {
		return fmt.Errorf("%s:%d: current is %q, which is none of the contexts", f.Name, line, f.Current)
	}
	return err
}

// context reads one context.
func (f *File) context(name, value *yaml.Node) error {
	var c Context
	err := f.each(value, "context "+name.Value, func(key, value *yaml.Node) error {
		var known []string
		for _, field := range c.Fields() {
			if field.Name == key.Value {
				return f.text(value, key.Value, field.At)
			}
			known = append(known, field.Name)
		}
		return f.wrong(key, "context %s: unknown field %q, want one of %s", name.Value, key.Value, strings.Join(known, ", "))
	})
	if err == nil {
		if bad := f.Set(name.Value, c); bad != nil {
			return f.wrong(name, "%v", bad)
		}
	}
	return err
}

// each calls do for the entries of a map. No name may come twice.
func (f *File) each(n *yaml.Node, what string, do func(name, value *yaml.Node) error) error {
	if n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
		return nil
	}
	if n.Kind != yaml.MappingNode {
		return f.wrong(n, "%s is not a map", what)
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		name := n.Content[i]
		if seen[name.Value] {
			return f.wrong(name, "%q is given twice", name.Value)
		}
		seen[name.Value] = true
		if err := do(name, n.Content[i+1]); err != nil {
			return err
		}
	}
	return nil
}

// text reads a text. The message does not hold it: it may be a token.
func (f *File) text(n *yaml.Node, what string, at *string) error {
	if n.Kind != yaml.ScalarNode {
		return f.wrong(n, "%s is not a text", what)
	}
	if n.Tag != "!!null" {
		*at = n.Value
	}
	return nil
}

func (f *File) wrong(n *yaml.Node, format string, args ...any) error {
	return fmt.Errorf("%s:%d: %s", f.Name, n.Line, fmt.Sprintf(format, args...))
}
