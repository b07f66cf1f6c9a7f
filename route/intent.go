package route

import (
	"fmt"
	"strings"
	"time"
)

// Scope says what an intent is about: all routes of a service, or one route.
// A route's intent beats its service's.
type Scope struct {
	Kind string // "service" or "route"
	Name string // service name, or route key such as "app.example.com/"
}

// String gives "service/web" or "route/app.example.com/"; ParseScope reads it back.
func (s Scope) String() string { return s.Kind + "/" + s.Name }

// ParseScope reads what String prints.
func ParseScope(text string) (Scope, error) {
	kind, name, ok := strings.Cut(text, "/")
	if !ok || name == "" || kind != "service" && kind != "route" {
		return Scope{}, fmt.Errorf("scope %q is neither service/NAME nor route/HOST/PATH", text)
	}
	return Scope{kind, name}, nil
}

// Intent is what a person or a rollout asked for: the shares of variants. A
// variant that Shares does not name gets what is left (the stable one first,
// else those not named, by their own arithmetic).
type Intent struct {
	Scope   Scope             `json:"scope"`
	Shares  map[string]Weight `json:"shares"`           // by variant; 0 means none
	By      string            `json:"by,omitempty"`     // author
	Reason  string            `json:"reason,omitempty"` // free text
	At      time.Time         `json:"at"`
	Expires time.Time         `json:"expires,omitzero"` // zero: never. Who calls Build leaves out expired ones
}
