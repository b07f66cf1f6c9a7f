package route

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// maxEdits bounds the fields that one option names.
const maxEdits = 16

// Edits are what is done to the header fields of a message: first those of Remove
// and Set go, then those of Set come.
type Edits struct {
	Remove []string // names in lower case
	Set    []HeaderField
}

// HeaderField is a field that is set. Name is as written, Lower the same in lower
// case. The slices must not be changed.
type HeaderField struct {
	Lower       string
	Name, Value []byte
}

// RequestEdits are what is done to the request before the target gets it; nil for
// nothing.
func (t *Target) RequestEdits() *Edits { return t.settings.request }

// AnswerEdits are what is done to the answer before the client gets it, whoever
// has made it; nil for nothing.
func (t *Target) AnswerEdits() *Edits { return t.settings.answer }

// readEdit reads setheader=, delheader=, setrequestheader= and delrequestheader=.
func (s *settings) readEdit(o option) (err error) {
	at, request := &s.answer, strings.HasSuffix(o.key, "requestheader")
	if request {
		at = &s.request
	}
	if *at == nil {
		*at = &Edits{}
	}
	words := strings.Split(o.value, "&")
	if len(words) > maxEdits {
		return fmt.Errorf("%s= names more than %d fields", o.key, maxEdits)
	}
	for _, word := range words {
		if strings.HasPrefix(o.key, "del") {
			err = (*at).remove(word, request)
		} else {
			err = (*at).set(word, request)
		}
		if err != nil {
			return fmt.Errorf("%s=%s: %w", o.key, clip(o.value, 100), err)
		}
	}
	return nil
}

func (e *Edits) remove(name string, request bool) error {
	lower := strings.ToLower(name)
	if err := checkEdit(lower, request); err != nil {
		return err
	}
	e.Remove = append(e.Remove, lower)
	return nil
}

// set reads "NAME:VALUE" with a percent-encoded value.
func (e *Edits) set(text string, request bool) error {
	name, value, ok := strings.Cut(text, ":")
	lower := strings.ToLower(name)
	if !ok {
		return fmt.Errorf("%q is not NAME:VALUE", clip(text, 100))
	}
	if err := checkEdit(lower, request); err != nil {
		return err
	}
	if lower == "set-cookie" {
		return fmt.Errorf("%s would take the place of the target's cookies", name)
	}
	plain, err := url.PathUnescape(value)
	if err != nil {
		return err
	}
	if i := strings.IndexFunc(plain, unfit); i >= 0 || strings.TrimSpace(plain) != plain {
		return fmt.Errorf("the value of %s holds a control character, or a blank at an end", name)
	}
	e.Set = append(e.Set, HeaderField{lower, []byte(name), []byte(plain)})
	return nil
}

// unfit reports whether r cannot be in a field's value (RFC 9110 section 5.5).
func unfit(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }

// checkEdit says why a field is not for tags to edit: it belongs to a connection,
// to the framing of a message, or to weir.
func checkEdit(lower string, request bool) error {
	own := []string{"connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "content-length", "content-encoding",
		"upgrade", "http2-settings", "expect", "host", "proxy-authorization", "proxy-authenticate"}
	switch {
	case !isToken(lower) || strings.Contains(lower, "%"):
		return fmt.Errorf("%q is no name of a header field", clip(lower, 40))
	case slices.Contains(own, lower), strings.HasPrefix(lower, "sec-websocket-"):
		return fmt.Errorf("%s belongs to the connection", lower)
	case request && (strings.HasPrefix(lower, "x-forwarded-") || lower == "forwarded" || lower == "x-real-ip"):
		return fmt.Errorf("%s is what weir says of the client", lower)
	}
	return nil
}

// Drops reports whether a field goes; is compares its name with one in lower case.
func (e *Edits) Drops(is func(lower string) bool) bool {
	return slices.ContainsFunc(e.Remove, is) || slices.ContainsFunc(e.Set, func(f HeaderField) bool { return is(f.Lower) })
}
