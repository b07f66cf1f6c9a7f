package route

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// maxLine bounds a line of the command language in bytes.
const maxLine = 64 << 10

// command is one line of the route command language.
type command struct {
	verb    string // add, del or weight
	service string
	source  source // zero: any
	dst     string
	weight  weight
	tags    []string
	opts    string
}

// names reports whether c, which is about t's route or all routes, is about t.
func (c command) names(t *Target) bool {
	if c.service != "" && c.service != t.service || c.dst != "" && c.dst != t.dest.url {
		return false
	}
	for _, tag := range c.tags {
		if !slices.Contains(t.tags, tag) {
			return false
		}
	}
	return true
}

var (
	errCommand = errors.New("a command begins with route add, route del or route weight")
	errAdd     = errors.New(`expected route add SERVICE SOURCE DESTINATION [weight W] [tags "T,T"] [opts "K=V K=V"]`)
	errDel     = errors.New(`expected route del SERVICE [SOURCE [DESTINATION]], route del SERVICE tags "T,T" or route del tags "T,T"`)
	errWeight  = errors.New(`expected route weight SERVICE SOURCE weight W [tags "T,T"] or route weight SOURCE weight W tags "T,T"`)
)

// parseCommand reads a line that is neither blank nor a comment.
func (o Options) parseCommand(line string) (c command, err error) {
	if len(line) > maxLine {
		return c, fmt.Errorf("line is %d bytes long, at most %d are allowed", len(line), maxLine)
	}
	words, err := splitWords(line)
	if err != nil {
		return c, err
	}
	if len(words) < 2 || words[0] != "route" {
		return c, errCommand
	}
	c.verb = words[1]
	switch c.verb {
	case "add":
		err = o.parseAdd(&c, words[2:])
	case "del":
		err = o.parseDel(&c, words[2:])
	case "weight":
		err = o.parseWeigh(&c, words[2:])
	default:
		err = errCommand
	}
	return c, err
}

func (o Options) parseAdd(c *command, words []string) (err error) {
	if len(words) < 3 {
		return errAdd
	}
	c.service, c.dst = words[0], words[2]
	if c.source, err = o.parseSource(words[1]); err != nil {
		return err
	}
	return c.parseClauses(words[3:], errAdd, "weight", "tags", "opts")
}

func (o Options) parseDel(c *command, words []string) (err error) {
	if n := len(words); n >= 2 && words[n-2] == "tags" && isQuoted(words[n-1]) {
		if n == 3 {
			c.service = words[0]
		}
		if err := c.parseClauses(words[n-2:], errDel, "tags"); err != nil || n > 3 {
			return errDel
		}
		if len(c.tags) == 0 {
			return errors.New("route del with no tags would delete everything; name at least one")
		}
		return nil
	}
	if len(words) < 1 || len(words) > 3 || isQuoted(words[len(words)-1]) {
		return errDel
	}
	c.service = words[0]
	if len(words) > 1 {
		c.source, err = o.parseSource(words[1])
	}
	if len(words) > 2 {
		c.dst = canonicalDest(words[2])
	}
	return err
}

func (o Options) parseWeigh(c *command, words []string) (err error) {
	switch {
	case len(words) >= 4 && words[2] == "weight":
		c.service = words[0]
		words = words[1:]
	case len(words) != 5 || words[1] != "weight":
		return errWeight
	}
	if c.source, err = o.parseSource(words[0]); err != nil {
		return err
	}
	return c.parseClauses(words[1:], errWeight, "weight", "tags")
}

// parseClauses reads what may follow, in this order.
func (c *command) parseClauses(words []string, usage error, allowed ...string) (err error) {
	for ; len(words) > 0 && err == nil; words = words[2:] {
		i := slices.Index(allowed, words[0])
		if i < 0 || len(words) < 2 || isQuoted(words[1]) == (words[0] == "weight") {
			return usage
		}
		switch value := strings.TrimPrefix(words[1], `"`); words[0] {
		case "weight":
			c.weight, err = parseWeightValue(value)
		case "tags":
			c.tags = splitTags(value)
		case "opts":
			c.opts = value
		}
		allowed = allowed[i+1:]
	}
	return err
}

// splitTags reads "a, b".
func splitTags(text string) []string {
	var tags []string
	for tag := range strings.SplitSeq(text, ",") {
		if tag = strings.TrimSpace(tag); tag != "" {
			tags = append(tags, tag)
		}
	}
	return tags
}

func isQuoted(word string) bool { return strings.HasPrefix(word, `"`) }

// space is what separates words.
const space = " \t\f\r"

// splitWords splits a line at white space. A "quoted text" is one word, marked
// by its opening quote; there are no escapes.
func splitWords(line string) (words []string, err error) {
	for line = strings.TrimSpace(line); line != ""; line = strings.TrimLeft(line, space) {
		word, text := line, line
		if line[0] == '"' {
			end := strings.IndexByte(line[1:], '"') + 1
			if rest := line[end+1:]; end == 0 || rest != "" && !strings.ContainsAny(rest[:1], space) {
				return nil, errors.New("a quoted text does not end, or something follows its closing quote")
			}
			word, text = line[:end+1], strings.ReplaceAll(line[1:end], "\t", " ")
		} else if end := strings.IndexAny(line, space); end >= 0 {
			word, text = line[:end], line[:end]
		}
		line = line[len(word):]
		if err := checkText(text); err != nil {
			return nil, err
		}
		if word[0] == '"' {
			text = `"` + text
		}
		words = append(words, text)
	}
	return words, nil
}
