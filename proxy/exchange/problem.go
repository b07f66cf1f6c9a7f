package exchange

import (
	"bytes"
	"encoding/json"
	"net/http"
)

// retryAfter is what a 503 says, in seconds: instances come and go within that.
const retryAfter = "5"

// problem is weir's own answer to a request that it does not pass on: problem
// details (RFC 9457) where the client asks for JSON, else page, or text where
// that is empty. It tells the request ID, so that people can say which request
// they mean; no cache is to keep it.
func (x *Exchange) problem(status int, detail string, page []byte) error {
	x.identify()
	fields := make([]Field, 0, 8)
	add := func(name, value string) { fields = append(fields, Field{text(name), text(value)}) }
	body, kind := page, "text/html; charset=utf-8"
	switch {
	case status >= 400 && x.prefersJSON():
		body, kind = x.details(status, detail), "application/problem+json"
	case len(page) == 0:
		body, kind = x.plain(detail), "text/plain; charset=utf-8"
	}
	if status == 401 {
		if scheme := x.handler.Auth[x.Target.Auth()]; scheme != nil {
			add("WWW-Authenticate", scheme.Challenge())
		}
	}
	if status == 503 {
		add("Retry-After", retryAfter)
	}
	if x.ID != nil {
		fields = append(fields, Field{text(x.handler.Policy.RequestID), x.ID})
	}
	add("Content-Type", kind)
	add("X-Content-Type-Options", "nosniff")
	add("Cache-Control", "no-store")
	return x.own(status, body, fields)
}

// identify gives the request an ID where the policy wants one and could not give
// it yet.
func (x *Exchange) identify() {
	if x.ID == nil && x.handler.Policy.RequestID != "" {
		at := len(x.scratch)
		x.scratch = appendUUID(x.scratch)
		x.ID = x.scratch[at:]
	}
}

func (x *Exchange) plain(detail string) []byte {
	body := append([]byte(detail), '\n')
	if x.ID != nil {
		body = append(append(append(body, "request "...), x.ID...), '\n')
	}
	return body
}

func (x *Exchange) details(status int, detail string) []byte {
	body, err := json.Marshal(struct {
		Title   string `json:"title,omitempty"`
		Status  int    `json:"status"`
		Detail  string `json:"detail"`
		Request string `json:"request_id,omitempty"`
	}{http.StatusText(status), status, detail, string(x.ID)})
	if err != nil {
		return x.plain(detail) // text and numbers: never
	}
	return append(body, '\n')
}

// prefersJSON reports whether the client names JSON in Accept and does not like
// HTML as much. "*/*" names nothing.
func (x *Exchange) prefersJSON() bool {
	asked, html := 0, 0
	for _, f := range x.Fields {
		if !f.Is("accept") {
			continue
		}
		for name, q := range Weighted(f.Value) {
			switch {
			case EqualFold(name, "application/json"), EqualFold(name, "application/problem+json"), bytes.Equal(name, text("application/*")):
				asked = max(asked, q)
			case EqualFold(name, "text/html"), EqualFold(name, "text/*"):
				html = max(html, q)
			}
		}
	}
	return asked > html
}
