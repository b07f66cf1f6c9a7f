package conformance

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
)

// rules say what may come of a hostile request.
type rules struct {
	Name     string `json:"name"`
	Category string `json:"category"`
	Outcome  string `json:"outcome"` // forward, reject, or either
	Why      string `json:"why"`
	Ref      string `json:"ref"`

	Max     int      `json:"max"`      // requests that may reach the target
	Forward int      `json:"fwd"`      // requests that must
	Must    []string `json:"must"`     // patterns of what the target gets, where it gets something
	MustNot []string `json:"must_not"` // patterns of what it never gets
	SoftNot []string `json:"soft_not"`
	Auth    string   `json:"auth"` // whom the first request is for
}

// ending is how the proxy took it.
type ending struct {
	statuses []int // of the final answers
	ended    bool  // the connection, or the stream
}

func (e ending) refused() bool {
	return e.ended || len(e.statuses) > 0 && e.statuses[len(e.statuses)-1] >= 400
}

// judge lists what is not as the rules say. body is what the first request must
// carry, nil for any.
func (r rules) judge(got record, e ending, body []byte) (wrong []string) {
	not := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	for _, fault := range got.faults {
		not("the target got: %s", fault)
	}
	n := len(got.messages)
	if n > r.Max {
		not("%d requests reached the target, at most %d may", n, r.Max)
	}
	for _, pattern := range slices.Concat(r.MustNot, r.SoftNot) {
		if matches(pattern, got.raw) {
			not("the target got %s", pattern)
		}
	}
	if n > 0 {
		wrong = append(wrong, r.judgeFirst(got, body)...)
	}
	switch {
	case r.Outcome == "forward" && n < r.Forward:
		not("%d requests reached the target, want %d", n, r.Forward)
	case r.Outcome == "reject" && n > 0:
		not("it was accepted")
	case r.Outcome == "reject" && !e.refused(), r.Outcome == "either" && n == 0 && !e.refused() && len(e.statuses) == 0:
		not("it was neither served nor refused")
	}
	return wrong
}

func (r rules) judgeFirst(got record, body []byte) (wrong []string) {
	first := got.messages[0]
	for _, pattern := range r.Must {
		if !matches(pattern, got.raw) {
			wrong = append(wrong, "the target did not get "+pattern)
		}
	}
	if body != nil && !bytes.Equal(body, first.body) {
		wrong = append(wrong, fmt.Sprintf("the body is %.60q, want %.60q", first.body, body))
	}
	host := strings.TrimSuffix(strings.TrimSuffix(first.authority(), ":80"), ":443")
	if r.Auth != "" && !strings.EqualFold(host, r.Auth) {
		wrong = append(wrong, fmt.Sprintf("it is for %q, want %q", host, r.Auth))
	}
	return wrong
}

// matches looks for a pattern in bytes that may be of any encoding.
func matches(pattern string, raw []byte) bool {
	return regexp.MustCompile("(?i)" + pattern).MatchString(fromLatin1(raw))
}

// fromLatin1 makes each byte a character, toLatin1 is its reverse.
func fromLatin1(raw []byte) string {
	var b strings.Builder
	for _, c := range raw {
		b.WriteRune(rune(c))
	}
	return b.String()
}

func toLatin1(text string) string {
	var b strings.Builder
	for _, r := range text {
		b.WriteByte(byte(r))
	}
	return b.String()
}

// unpack reads bytes that are packed as base64, or as gzip and base64.
func unpack(plain, zipped string) ([]byte, error) {
	if zipped == "" {
		return base64.StdEncoding.DecodeString(plain)
	}
	z, err := gzip.NewReader(base64.NewDecoder(base64.StdEncoding, strings.NewReader(zipped)))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}
