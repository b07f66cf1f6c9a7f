package admin

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"weir/rollout/controller"
)

// Peer is a proxy of the fleet as this one knows it.
type Peer struct {
	Name      string     `json:"name" example:"edge-1:9998"`
	Admin     string     `json:"admin" example:"10.0.0.1:9998" doc:"Where others reach its admin listener"`
	Since     time.Time  `json:"since,omitzero" doc:"When it announced itself"`
	Leads     bool       `json:"leads,omitempty" doc:"It lets rollouts go on"`
	Self      bool       `json:"self,omitempty" doc:"It gives this answer"`
	Announced bool       `json:"announced" doc:"The store hears from it; if not, it is gone or cut off, or nothing rolls out yet"`
	Table     *PeerTable `json:"table,omitempty" doc:"Its routing table, as it tells when it is asked now; absent: it does not tell"`
	Silent    string     `json:"silent,omitempty" doc:"Why it does not answer"`
}

// PeerTable is the routing table of a proxy.
type PeerTable struct {
	Generation   uint64    `json:"generation" doc:"Counts the tables of that proxy alone"`
	Published    time.Time `json:"published,omitzero" doc:"Since when it is in use"`
	Routes       int       `json:"routes"`
	StaleSeconds float64   `json:"stale_seconds" doc:"How old what it uses of its worst source may be; 0 while all can be read"`
	Differs      bool      `json:"differs" doc:"It leads to other targets or with other shares than that of the leader or, where none leads, of the proxy that gives this answer"`
	Behind       []string  `json:"behind" nullable:"false" example:"[\"service/web\"]" doc:"Scopes of rollouts of which it lacks the generation that the leader's table has"`
}

type peersOutput struct {
	Body struct {
		Peers []Peer `json:"peers" nullable:"false" doc:"By name"`
	}
}

func (a *Admin) registerPeers(api huma.API) {
	huma.Register(api, huma.Operation{OperationID: "list-peers", Method: http.MethodGet, Path: "/api/v1/peers",
		Summary: "Proxies of the fleet, which of them leads, and how far their tables are", Tags: []string{"rollouts"},
		Description: "All are asked, which takes up to two seconds where one does not answer."},
		func(ctx context.Context, _ *struct{}) (*peersOutput, error) {
			out, fleet, told := &peersOutput{}, a.Rollouts.Fleet(), a.Rollouts.Tell(ctx)
			first := told[foremost(fleet)].Answer
			for _, p := range fleet {
				peer := Peer{Name: p.Name, Admin: p.Admin, Since: p.Since, Leads: p.Leads, Self: p.Self, Announced: p.Announced}
				if t := told[p.Name]; t.Err != nil {
					peer.Silent = t.Err.Error()
				} else {
					peer.Table = tableOf(t.Answer, first)
				}
				out.Body.Peers = append(out.Body.Peers, peer)
			}
			return out, nil
		})
}

// foremost is the name of the leader or, where none is known, of this proxy.
func foremost(fleet []controller.Peer) (name string) {
	for _, p := range fleet {
		if p.Leads {
			return p.Name
		}
		if p.Self {
			name = p.Name
		}
	}
	return name
}

// tableOf compares the table of a proxy with that of the foremost.
func tableOf(of, first controller.Answer) *PeerTable {
	if of.Table == nil {
		return nil
	}
	t := &PeerTable{Generation: of.Table.Generation, Published: of.Table.Published, Routes: of.Table.Routes, StaleSeconds: of.Table.StaleSeconds,
		Differs: first.Table != nil && of.Table.Digest != first.Table.Digest, Behind: []string{}}
	for scope, s := range first.Scopes {
		if of.Scopes[scope].Generation < s.Generation {
			t.Behind = append(t.Behind, scope)
		}
	}
	slices.SortFunc(t.Behind, cmp.Compare)
	return t
}
