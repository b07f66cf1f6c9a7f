package app

import (
	"strings"
	"time"

	"weir/registry"
	"weir/route"
)

// troubled is a publisher whose problems are those of all parts.
type troubled struct {
	*registry.Publisher
	parts *parts
}

// Problems lists those of the table, then those of the certificates, of the ports
// that routes ask for, and of the last reload.
func (t troubled) Problems() []route.Problem {
	list := t.Publisher.Problems()
	for _, p := range t.parts.certs.Problems(time.Now()) {
		list = append(list, route.Problem{Source: "certificates", Text: p.Place, Reason: p.Reason})
	}
	list = append(list, t.parts.server.Problems()...)
	if at, err := t.parts.reloads.last(); err != nil {
		list = append(list, route.Problem{Source: "configuration", Text: "reload of " + at.Format(time.RFC3339),
			Reason: "refused, what was before goes on: " + strings.ReplaceAll(err.Error(), "\n", "; ")})
	}
	return list
}
