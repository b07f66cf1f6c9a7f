package http1

import (
	"bytes"
	"errors"
)

// errMore says that the message goes on in bytes that have not come yet.
var errMore = errors.New("incomplete")

// lines cuts a head into lines as its bytes arrive. The bytes seen so far must
// stay where they are.
type lines struct {
	pos  int // of the first line that was not returned
	seen int // no line ends before
}

// next returns the next line of b without CRLF. Bytes that cannot become part
// of a good line are refused before the line is complete.
func (l *lines) next(b []byte) ([]byte, error) {
	i := bytes.IndexByte(b[l.seen:], '\n')
	if i < 0 {
		return nil, l.partial(b)
	}
	start, end := l.pos, l.seen+i
	l.pos, l.seen = end+1, end+1
	if end == start || b[end-1] != '\r' {
		return nil, errBareLF
	}
	line := b[start : end-1]
	if !isValue(line) {
		return nil, errControl
	}
	return line, nil
}

// partial checks what there is of an incomplete line.
func (l *lines) partial(b []byte) error {
	rest := b[l.seen:]
	if n := len(rest); n > 0 && rest[n-1] == '\r' {
		rest = rest[:n-1]
	}
	if !isValue(rest) {
		return errControl
	}
	l.seen += len(rest)
	return errMore
}
