package config

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// fromTOML reads TOML. Tables and quoted names with dots mean the same; an
// array is joined with commas.
func fromTOML(file string, data []byte) ([]setting, error) {
	var doc map[string]any
	var bad *toml.DecodeError
	if err := toml.Unmarshal(data, &doc); errors.As(err, &bad) {
		row, _ := bad.Position()
		return nil, fmt.Errorf("line %d: %w", row, err)
	} else if err != nil {
		return nil, err
	}
	return tomlMap(file, "", doc, keyLines(string(data))), nil
}

func tomlMap(file, parent string, m map[string]any, lines map[string][]int) []setting {
	var settings []setting
	for _, name := range slices.Sorted(maps.Keys(m)) {
		key := under(parent, name)
		if nested, ok := m[name].(map[string]any); ok {
			settings = append(settings, tomlMap(file, key, nested, lines)...)
			continue
		}
		s := setting{key: key, from: at(file, 0)}
		if l := lines[key]; len(l) == 1 {
			s.from = at(file, l[0])
		}
		s.value, s.bad = tomlText(m[name])
		settings = append(settings, s)
	}
	return settings
}

func tomlText(v any) (text, bad string) {
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	items := make([]string, len(list))
	for i, item := range list {
		switch item.(type) {
		case string, bool, int64, float64:
			items[i] = fmt.Sprint(item)
		default:
			return "", notText
		}
	}
	return strings.Join(items, ","), ""
}
