package admin

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

// Setting is a key of the configuration and what counts for it.
type Setting struct {
	Key     string `json:"key" example:"ui.addr"`
	Value   string `json:"value" doc:"[redacted] for a secret"`
	Default string `json:"default"`
	From    string `json:"from,omitempty" example:"flag" doc:"flag, env with the name of a variable, or a place in a file; absent: the default"`
}

type configOutput struct {
	Body struct {
		Settings []Setting `json:"settings" nullable:"false" doc:"All keys that have an effect"`
	}
}

func (a *Admin) registerConfig(api huma.API) {
	huma.Register(api, huma.Operation{
		OperationID: "get-config", Method: http.MethodGet, Path: "/api/v1/config", Tags: []string{"status"},
		Summary: "The configuration of this proxy, and where it is from",
	}, func(context.Context, *struct{}) (*configOutput, error) {
		out := &configOutput{}
		out.Body.Settings = append([]Setting{}, a.Settings()...)
		return out, nil
	})
}
