// Command openapi prints the OpenAPI document of the admin API, from which the
// pages' types are made.
package main

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"

	"weir/admin"
	"weir/rollout/controller"
	"weir/route"
)

func main() {
	a := &admin.Admin{Live: &route.Live{}, Rollouts: &controller.Controller{}, Metrics: http.NotFoundHandler(), Log: slog.New(slog.DiscardHandler)}
	answer := httptest.NewRecorder()
	a.Handler("").ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/api/v1/openapi.json", nil))
	if _, err := io.Copy(os.Stdout, answer.Body); err != nil {
		os.Exit(1)
	}
}
