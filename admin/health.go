package admin

import (
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// health serves /health. It is 200 once the first complete table is in use and
// until the shutdown begins. A table that has become stale does not make it
// unhealthy, since it still serves, but Weir-Stale-Seconds tells. Neither does a
// rollout whose document in the store does not count: Weir-Rollout-Problems tells
// how many there are.
func (a *Admin) health(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if stale := a.stale(); stale > 0 {
		w.Header().Set("Weir-Stale-Seconds", strconv.Itoa(int(stale.Seconds())))
	}
	if n := a.rolloutProblems(); n > 0 {
		w.Header().Set("Weir-Rollout-Problems", strconv.Itoa(n))
	}
	if reason := a.unhealthy(); reason != "" {
		w.WriteHeader(http.StatusServiceUnavailable)
		fmt.Fprintln(w, reason)
		return
	}
	fmt.Fprintln(w, "OK")
}

// unhealthy says why this proxy should get no traffic; empty when it should.
func (a *Admin) unhealthy() string {
	if a.Draining != nil && a.Draining() {
		return "shutting down"
	}
	if !a.Publisher.Status().Ready {
		return "waiting for the first complete routing table"
	}
	return ""
}

// stale is how old what is used of the worst source may be.
func (a *Admin) stale() (worst time.Duration) {
	for _, s := range a.Publisher.Status().Sources {
		worst = max(worst, s.Stale(time.Now()))
	}
	return worst
}

// rolloutProblems counts the rollouts whose document does not count.
func (a *Admin) rolloutProblems() (n int) {
	if a.Rollouts == nil {
		return 0
	}
	for _, r := range a.Rollouts.List() {
		if r.Problem != "" {
			n++
		}
	}
	return n
}
