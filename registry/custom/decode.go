package custom

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"

	"weir/route"
)

const (
	maxSize = 64 << 20 // of an answer, in bytes
	maxText = 200      // of an entry that a problem shows, in bytes
)

// list is an answer: its entries as route commands, one a line.
type list struct {
	text     string
	problems []route.Problem // with the entries whose lines are empty
}

// decode reads a list of entries, or null. It fails when that is no such JSON as
// a whole; an entry that is none harms only itself. Entries are counted from 1.
func decode(body io.Reader, source string) (l list, err error) {
	d := json.NewDecoder(body)
	first, err := d.Token()
	switch {
	case err != nil:
		return l, notJSON(err)
	case first == nil: // as fabio's API says when it has none
		return l, end(d)
	case first != json.Delim('['):
		return l, fmt.Errorf("the answer begins with %v, want a list", first)
	}
	var text strings.Builder
	for n := 1; d.More(); n++ {
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			return list{}, notJSON(err)
		}
		line, service, err := commandOf(raw)
		if err != nil {
			l.problems = append(l.problems, route.Problem{Source: fmt.Sprintf("%s:%d", source, n), Service: service, Text: clip(raw), Reason: err.Error()})
		}
		text.WriteString(line + "\n")
	}
	if _, err := d.Token(); err != nil {
		return list{}, notJSON(err)
	}
	l.text = text.String()
	return l, end(d)
}

// end fails if something follows the list.
func end(d *json.Decoder) error {
	switch _, err := d.Token(); {
	case err == io.EOF:
		return nil
	case err != nil:
		return notJSON(err)
	}
	return errors.New("the answer goes on behind the list")
}

func notJSON(err error) error {
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("the answer is not JSON: %w", err)
}

// commandOf reads one entry anew: nothing of another is in it.
func commandOf(raw json.RawMessage) (line, service string, err error) {
	var e entry
	if err := json.Unmarshal(raw, &e); err != nil {
		return "", e.Service, plain(err)
	}
	line, err = e.command()
	return line, e.Service, err
}

// plain says what is wrong with an entry in words of JSON.
func plain(err error) error {
	var wrong *json.UnmarshalTypeError
	switch {
	case !errors.As(err, &wrong):
		return err
	case wrong.Field == "":
		return errors.New("it is no object")
	}
	want := map[reflect.Kind]string{reflect.Float64: "number", reflect.Slice: "list of texts"}[wrong.Type.Kind()]
	return fmt.Errorf("%s is a %s, want a %s", strings.ToLower(wrong.Field), wrong.Value, cmp.Or(want, "text"))
}

func clip(raw []byte) string {
	if len(raw) > maxText {
		raw = append(raw[:maxText:maxText], "…"...)
	}
	return strings.Join(strings.Fields(strings.ToValidUTF8(string(raw), "?")), " ")
}
