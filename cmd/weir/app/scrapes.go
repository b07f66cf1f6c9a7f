package app

import (
	"net/http"

	"weir/metrics"
)

// scrapes answers on prometheus listeners, which have the metrics at a path and
// lead there from the root.
func (a *App) scrapes(observer *metrics.Collector) http.Handler {
	path := a.Config.Metrics.Prometheus.Path
	mux := http.NewServeMux()
	mux.Handle("GET "+path, observer.Handler())
	mux.Handle("GET /{$}", http.RedirectHandler(path, http.StatusPermanentRedirect))
	return mux
}
