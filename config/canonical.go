package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// canonical returns the one spelling of a value of that kind, so that 0.5s and
// 500ms compare as equal, or says what was expected.
func canonical(kind Kind, raw string) (string, error) {
	s := strings.TrimSpace(raw)
	switch kind {
	case Bool:
		b, err := strconv.ParseBool(s)
		if err != nil {
			return "", fmt.Errorf("%q is not true or false", raw)
		}
		return strconv.FormatBool(b), nil
	case Int:
		n, err := strconv.ParseInt(s, 0, 64)
		if err != nil {
			return "", fmt.Errorf("%q is not a whole number", raw)
		}
		return strconv.FormatInt(n, 10), nil
	case Duration:
		d, err := parseDuration(s)
		return d.String(), err
	case List:
		return strings.Join(splitList(raw), ","), nil
	case Floats:
		return canonicalFloats(raw)
	}
	return raw, nil
}

// canon is canonical for a value that is known to be good.
func canon(kind Kind, raw string) string {
	s, err := canonical(kind, raw)
	if err != nil {
		return raw
	}
	return s
}

func canonicalFloats(raw string) (string, error) {
	items := splitList(raw)
	for i, item := range items {
		f, err := strconv.ParseFloat(item, 64)
		if err != nil {
			return "", fmt.Errorf("%q is not a number", item)
		}
		items[i] = strconv.FormatFloat(f, 'g', -1, 64)
	}
	return strings.Join(items, ","), nil
}

// parseDuration reads a duration of 0 or more.
func parseDuration(raw string) (time.Duration, error) {
	s := strings.TrimSpace(raw)
	d, err := time.ParseDuration(s)
	if err != nil {
		if _, err := strconv.ParseFloat(s, 64); err == nil {
			return 0, fmt.Errorf("%q has no unit: write %ss or %sms", raw, s, s)
		}
		return 0, fmt.Errorf("%q is not a duration such as 30s or 1m30s", raw)
	}
	if d < 0 {
		return 0, fmt.Errorf("%q is a negative duration", raw)
	}
	return d, nil
}

// splitList splits at commas; empty items are none.
func splitList(s string) []string {
	var items []string
	for item := range strings.SplitSeq(s, ",") {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	return items
}

// choose checks a value, or each item of a list, against the choices of k.
func (k Key) choose(value string) error {
	if len(k.Choices) == 0 {
		return nil
	}
	items := []string{value}
	if k.Kind == List {
		items = splitList(value)
	}
	for _, item := range items {
		switch {
		case slices.Contains(k.Choices, item):
		case slices.Contains(k.later, item):
			return fmt.Errorf("%s is a fabio value that weir does not have yet: it has %s", item, strings.Join(k.Choices, ", "))
		default:
			return fmt.Errorf("%q is not one of %s%s", item, strings.Join(k.Choices, ", "), meant(item, k.Choices))
		}
	}
	return nil
}
