package config

import (
	"fmt"
	"io"
	"log/slog"
	"net/url"
)

// Place is a path, or a URL that may hold a password or a token. It prints
// without what may be secret; only string(place) gives the text.
type Place string

// String returns the path, or the URL without its user and its query.
func (p Place) String() string {
	u, err := url.Parse(string(p))
	if err != nil {
		return Secret(p).String()
	}
	if u.Scheme == "" || u.Host == "" {
		return string(p)
	}
	shown := (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
	if u.User != nil || u.RawQuery != "" {
		shown += " " + Secret("?").String()
	}
	return shown
}

// Format covers the verbs that would print the text beneath.
func (p Place) Format(f fmt.State, _ rune) { io.WriteString(f, p.String()) }

// MarshalText covers encoding/json and everything else that encodes text.
func (p Place) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// LogValue covers log/slog.
func (p Place) LogValue() slog.Value { return slog.StringValue(p.String()) }

func setPlace(at *Place) func(string) error {
	return func(s string) error { *at = Place(s); return nil }
}
