package accesslog

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// condition is one part of a filter: status>=400, time>=500ms, service=web,
// uri!=/health*.
type condition struct {
	subject string
	op      string
	number  int64  // of status, or nanoseconds of time
	text    string // else; without the star
	prefix  bool   // it ended in a star
}

// ops are the comparisons, the longer ones first, so that >= is not read as >.
func ops() []string { return []string{">=", "<=", "!=", "=", "<", ">"} }

// parseFilter reads conditions with commas between them.
func parseFilter(text string) ([]condition, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	var list []condition
	for item := range strings.SplitSeq(text, ",") {
		c, err := parseCondition(strings.TrimSpace(item))
		if err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return list, nil
}

func parseCondition(item string) (c condition, err error) {
	at := strings.IndexAny(item, "<>!=")
	if at < 0 {
		return c, fmt.Errorf("%q is not a condition such as status>=400, time>=500ms, service=web or uri!=/health*", item)
	}
	c.subject = item[:at]
	value := ""
	for _, op := range ops() {
		if rest, ok := strings.CutPrefix(item[at:], op); ok {
			c.op, value = op, rest
			break
		}
	}
	switch c.subject {
	case "status":
		c.number, err = strconv.ParseInt(value, 10, 16)
	case "time":
		var d time.Duration
		d, err = time.ParseDuration(value)
		c.number = int64(d)
	case "service", "host", "uri", "client":
		if c.op != "=" && c.op != "!=" {
			return c, fmt.Errorf("%q: %s can only be compared by = and !=", item, c.subject)
		}
		c.text, c.prefix = strings.CutSuffix(value, "*")
	default:
		return c, fmt.Errorf("%q: there is no %q, write status, time, service, host, uri or client", item, c.subject)
	}
	if err != nil || value == "" || c.op == "" {
		return c, fmt.Errorf("%q: %q is not a value that %s can be compared with", item, value, c.subject)
	}
	return c, nil
}

// holds reports whether e is as the condition says.
func (c *condition) holds(e *entry) bool {
	switch c.subject {
	case "status":
		return c.compare(int64(e.status()))
	case "time":
		return c.compare(int64(e.took))
	case "service":
		return c.matches(e.service())
	case "client":
		return c.matches(e.remote().Addr().String())
	}
	switch {
	case e.x == nil && c.subject == "uri":
		return c.matches("")
	case e.x == nil:
		return c.matches(e.s.ServerName)
	case c.subject == "uri":
		return c.matches(string(e.x.URI))
	}
	return c.matches(string(e.x.Host))
}

func (c *condition) compare(n int64) bool {
	switch c.op {
	case ">=":
		return n >= c.number
	case "<=":
		return n <= c.number
	case "<":
		return n < c.number
	case ">":
		return n > c.number
	case "!=":
		return n != c.number
	}
	return n == c.number
}

func (c *condition) matches(text string) bool {
	same := text == c.text
	if c.prefix {
		same = strings.HasPrefix(text, c.text)
	}
	return same == (c.op == "=")
}
