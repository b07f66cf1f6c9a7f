package config

import (
	"fmt"
	"io"
	"log/slog"
)

// Secret is a token or password. It prints as [redacted], or as nothing when
// it is empty, wherever it is formatted, logged or marshalled. Only
// string(secret) gives the text.
type Secret string

// String returns "[redacted]", or "" for an empty secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return "[redacted]"
}

// Format covers the verbs that would print the text beneath, %#v and %d among
// them.
func (s Secret) Format(f fmt.State, _ rune) { io.WriteString(f, s.String()) }

// MarshalText covers encoding/json and everything else that encodes text.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue covers log/slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }
