package config

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// notText is what is wrong with a value that is neither a text, a number,
// a switch nor a list of them.
const notText = "is not a text, a number or a list of them"

// fromYAML reads one YAML document. Nested maps and names with dots mean the
// same; a list is joined with commas. Aliases are no values: following them
// could make a small file endless.
func fromYAML(file string, data []byte) ([]setting, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return nil, err
	}
	if doc.Kind == 0 {
		return nil, nil
	}
	if top := doc.Content[0]; top.Kind != yaml.MappingNode {
		return nil, fmt.Errorf("line %d: a map of keys was expected", top.Line)
	}
	return yamlMap(file, "", doc.Content[0]), nil
}

func yamlMap(file, parent string, n *yaml.Node) []setting {
	var settings []setting
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, value := n.Content[i], n.Content[i+1]
		s := setting{key: under(parent, name.Value), from: at(file, name.Line)}
		if value.Kind == yaml.MappingNode {
			settings = append(settings, yamlMap(file, s.key, value)...)
			continue
		}
		s.value, s.bad = yamlText(value)
		settings = append(settings, s)
	}
	return settings
}

// yamlText returns a scalar as it was written, or a list of them.
func yamlText(n *yaml.Node) (text, bad string) {
	switch {
	case n.Kind == yaml.ScalarNode && n.Tag == "!!null":
		return "", ""
	case n.Kind == yaml.ScalarNode:
		return n.Value, ""
	case n.Kind != yaml.SequenceNode:
		return "", notText
	}
	items := make([]string, len(n.Content))
	for i, item := range n.Content {
		if item.Kind != yaml.ScalarNode {
			return "", notText
		}
		items[i] = item.Value
	}
	return strings.Join(items, ","), ""
}
