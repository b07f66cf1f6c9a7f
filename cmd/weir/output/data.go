package output

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode"

	"go.yaml.in/yaml/v3"
)

// encode makes indented JSON. Control characters that JSON allows in a text, and
// that a terminal would obey, become escapes.
func encode(v any) ([]byte, error) {
	var b, safe bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	for _, r := range b.String() {
		if unicode.IsControl(r) && r != '\n' {
			fmt.Fprintf(&safe, `\u%04x`, r)
		} else {
			safe.WriteRune(r)
		}
	}
	return safe.Bytes(), nil
}

func printJSON(out io.Writer, v any) error {
	text, err := encode(v)
	if err == nil {
		_, err = out.Write(text)
	}
	return err
}

// printYAML prints the same data with the same names in the same order. JSON is
// YAML in another style.
func printYAML(out io.Writer, v any) error {
	text, err := encode(v)
	if err != nil {
		return err
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return fmt.Errorf("cannot print it as YAML: %w", err)
	}
	block(&doc)
	e := yaml.NewEncoder(out)
	e.SetIndent(2)
	if err := e.Encode(&doc); err != nil {
		return err
	}
	return e.Close()
}

// block takes the style of JSON from a node and all below it.
func block(n *yaml.Node) {
	if len(n.Content) > 0 || n.Kind == yaml.ScalarNode { // else [] and {}
		n.Style = 0
	}
	for _, c := range n.Content {
		block(c)
	}
}
