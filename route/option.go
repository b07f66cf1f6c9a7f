package route

import (
	"fmt"
	"slices"
	"strings"
)

// option is one k=v.
type option struct{ key, value string }

// splitOptions reads "k=v k=v flag". As in fabio the last of two equal keys
// counts.
func splitOptions(text string) ([]option, error) {
	if text == "" {
		return nil, nil
	}
	var list []option
	for word := range strings.FieldsSeq(text) {
		k, v, _ := strings.Cut(word, "=")
		at := slices.IndexFunc(list, func(o option) bool { return o.key == k })
		if at < 0 {
			at = len(list)
			list = append(list, option{key: k})
		}
		list[at].value = v
		if len(list) > maxOptions {
			return nil, fmt.Errorf("there are more than %d options", maxOptions)
		}
	}
	return list, nil
}

// text gives the options in fabio's text form, sorted by key.
func (s *settings) text() string {
	slices.SortFunc(s.kept, func(a, b option) int { return strings.Compare(a.key, b.key) })
	words := make([]string, len(s.kept))
	for i, o := range s.kept {
		words[i] = o.key + "=" + o.value
	}
	return strings.Join(words, " ")
}
