package cli

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// maxEvent bounds one line of an event stream in bytes.
const maxEvent = 16 << 20

// message is one server-sent event.
type message struct {
	name string
	id   string // empty: none
	data []byte
}

// eventReader reads a stream of server-sent events, as the HTML standard says
// (9.2.6), but that a field "retry" says nothing to it.
type eventReader struct {
	lines *bufio.Scanner
	alive func() // called for every line, also for comments
}

func newEventReader(in io.Reader, alive func()) *eventReader {
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 0, 64<<10), maxEvent)
	return &eventReader{lines, alive}
}

// next returns the next event that has data. The error is io.EOF at the end.
func (r *eventReader) next() (e message, err error) {
	data := false
	for r.lines.Scan() {
		r.alive()
		line := r.lines.Bytes()
		if len(line) == 0 {
			if data {
				return e, nil
			}
			e = message{}
			continue
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		value = bytes.TrimPrefix(value, []byte(" "))
		switch string(name) {
		case "event":
			e.name = string(value)
		case "id":
			e.id = string(value)
		case "data":
			if data {
				e.data = append(e.data, '\n')
			}
			e.data, data = append(e.data, value...), true
		}
	}
	err = r.lines.Err()
	if err == nil {
		return message{}, io.EOF
	}
	if errors.Is(err, bufio.ErrTooLong) {
		err = fmt.Errorf("a line of the event stream is longer than %d bytes", maxEvent)
	}
	return message{}, err
}
