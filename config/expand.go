package config

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A few lines that name each other twice would grow without an end.
const (
	maxExpanded = maxFile // bytes that all names of a file stand for, and one for each name
	maxDepth    = 64      // names that lead to names
)

// expander replaces ${name} in the values of a properties file.
type expander struct {
	props, env map[string]string
	left       int // of maxExpanded
	unknown    map[string]bool
}

func newExpander(props map[string]string, environ []string) *expander {
	x := &expander{props: props, env: map[string]string{}, left: maxExpanded}
	for _, e := range environ {
		name, value, _ := strings.Cut(e, "=")
		x.env[name] = value
	}
	return x
}

// value returns the value of a property. An unknown name is empty, as in
// fabio, and gives a warning. No message holds a value: it may be secret.
func (x *expander) value(key string) (value, warn, bad string) {
	x.unknown = map[string]bool{}
	value, err := x.expand(x.props[key], []string{key})
	if err != nil {
		return "", "", err.Error()
	}
	if len(x.unknown) > 0 {
		names := strings.Join(slices.Sorted(maps.Keys(x.unknown)), "}, ${")
		warn = fmt.Sprintf("${%s} is neither a property nor an environment variable, so it is empty", names)
	}
	return value, warn, ""
}

// expand replaces the names in s. Path holds the properties that lead here.
func (x *expander) expand(s string, path []string) (string, error) {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(s, "${")
		b.WriteString(before)
		if !found {
			return b.String(), nil
		}
		name, after, closed := strings.Cut(rest, "}")
		if !closed {
			return "", errors.New("${ is not closed")
		}
		value, err := x.lookup(name, path)
		if err != nil {
			return "", err
		}
		if x.left -= 1 + len(value); x.left < 0 {
			return "", fmt.Errorf("the ${names} of the file stand for more than %d bytes", maxExpanded)
		}
		b.WriteString(value)
		s = after
	}
}

func (x *expander) lookup(name string, path []string) (string, error) {
	if slices.Contains(path, name) || len(path) > maxDepth {
		return "", fmt.Errorf("names itself: %s", strings.Join(append(path, name), " > "))
	}
	if value, ok := x.props[name]; ok {
		return x.expand(value, append(slices.Clone(path), name))
	}
	value, ok := x.env[name]
	if !ok {
		x.unknown[name] = true
	}
	return value, nil
}
