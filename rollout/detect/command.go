package detect

import (
	"regexp"
	"strings"
)

// Command is the nomad command, with its arguments quoted for a shell, that is
// given about the version: to its namespace, unless that is the default one.
func (n Nomad) Command(verb string, args ...string) string {
	words := []string{"nomad", verb}
	if n.Namespace != "" && n.Namespace != "default" {
		words = append(words, "-namespace", quote(n.Namespace))
	}
	for _, a := range args {
		words = append(words, quote(a))
	}
	return strings.Join(words, " ")
}

// quote keeps names of jobs, which may have any sign, from being read as more
// than one word.
func quote(word string) string {
	if plain, err := regexp.MatchString(`^[\w./@:+=-]+$`, word); plain && err == nil {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
