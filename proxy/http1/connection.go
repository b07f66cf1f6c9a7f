package http1

import (
	"bytes"
	"iter"

	"weir/proxy/exchange"
)

// maxNamed bounds the fields that a Connection field can have removed.
const maxNamed = 32

// connection is what the Connection fields of a head say.
type connection struct {
	close, keepAlive, upgrade bool
	named                     [][]byte // other options: names of fields to remove
}

// tokens iterates over the elements of a comma-separated list.
func tokens(list []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for len(list) > 0 {
			token := list
			if i := bytes.IndexByte(list, ','); i >= 0 {
				token, list = list[:i], list[i+1:]
			} else {
				list = nil
			}
			if token = trim(token); len(token) > 0 && !yield(token) {
				return
			}
		}
	}
}

// options takes the value of a Connection field (RFC 9110 section 7.6.1).
func (c *connection) options(value []byte) error {
	for token := range tokens(value) {
		switch {
		case exchange.EqualFold(token, "close"):
			c.close = true
		case exchange.EqualFold(token, "keep-alive"):
			c.keepAlive = true
		case exchange.EqualFold(token, "upgrade"):
			c.upgrade = true
		case exchange.EqualFold(token, "te"):
		case len(c.named) == maxNamed:
			return errConnection
		default:
			c.named = append(c.named, token)
		}
	}
	return nil
}

// without removes the fields that Connection named.
func (c *connection) without(fields []exchange.Field) []exchange.Field {
	if len(c.named) == 0 {
		return fields
	}
	kept := fields[:0]
	for _, f := range fields {
		if !c.names(f.Name) {
			kept = append(kept, f)
		}
	}
	return kept
}

func (c *connection) names(field []byte) bool {
	for _, n := range c.named {
		if bytes.EqualFold(n, field) {
			return true
		}
	}
	return false
}
