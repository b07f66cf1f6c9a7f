package admin

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// Peer is a proxy of the fleet as this one knows it.
type Peer struct {
	Name      string    `json:"name" example:"edge-1:9998"`
	Admin     string    `json:"admin" example:"10.0.0.1:9998" doc:"Where others reach its admin listener"`
	Since     time.Time `json:"since,omitzero" doc:"When it announced itself"`
	Leads     bool      `json:"leads,omitempty" doc:"It lets rollouts go on"`
	Self      bool      `json:"self,omitempty" doc:"It gives this answer"`
	Announced bool      `json:"announced" doc:"The store hears from it; if not, it is gone or cut off, or nothing rolls out yet"`
}

type peersOutput struct {
	Body struct {
		Peers []Peer `json:"peers" nullable:"false" doc:"By name"`
	}
}

func (a *Admin) registerPeers(api huma.API) {
	huma.Register(api, huma.Operation{OperationID: "list-peers", Method: http.MethodGet, Path: "/api/v1/peers",
		Summary: "Proxies of the fleet, and which of them leads", Tags: []string{"rollouts"}},
		func(context.Context, *struct{}) (*peersOutput, error) {
			out := &peersOutput{}
			for _, p := range a.Rollouts.Fleet() {
				out.Body.Peers = append(out.Body.Peers, Peer{p.Name, p.Admin, p.Since, p.Leads, p.Self, p.Announced})
			}
			return out, nil
		})
}
