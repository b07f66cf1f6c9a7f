package admin

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"weir/intent"
	"weir/route"
)

const canaryAt5 = `{"shares":{"canary":"5%"}}`

func TestWriteWaitsForTheTableOnlySoLong(t *testing.T) {
	h := serve(t, twoVersions)
	h.publisher.deaf.Store(true)
	r := h.ask(t, http.MethodPut, "/api/v1/weights/service/web", canaryAt5)
	var written WeightsWritten
	r.into(t, &written)
	if r.status != 200 || written.Applied || written.Index != 1 {
		t.Errorf("%d %+v, want an index and not applied", r.status, written)
	}
}

func TestWritesWithoutAnIndexDoNotLoseEachOther(t *testing.T) {
	h := serve(t, twoVersions)
	var wg sync.WaitGroup
	for i := range 5 {
		wg.Go(func() {
			r := h.ask(t, http.MethodPut, "/api/v1/weights/service/web", fmt.Sprintf(`{"shares":{"canary":"%d%%"}}`, i))
			if r.status != 200 {
				t.Errorf("%d %s", r.status, r.body)
			}
		})
	}
	wg.Wait()
	var now WeightsState
	h.ask(t, http.MethodGet, "/api/v1/weights/service/web", "").into(t, &now)
	if now.Index != 5 {
		t.Errorf("index %d after five writes", now.Index)
	}
}

func TestExactlyOneOfManyWritesWithAnIndexWins(t *testing.T) {
	h := serve(t, twoVersions)
	var wg sync.WaitGroup
	statuses := make(chan int, 8)
	for range cap(statuses) {
		wg.Go(func() {
			statuses <- h.ask(t, http.MethodPut, "/api/v1/weights/service/web", `{"shares":{"canary":"5%"},"index":0}`).status
		})
	}
	wg.Wait()
	close(statuses)
	count := map[int]int{}
	for status := range statuses {
		count[status]++
	}
	if count[200] != 1 || count[409] != cap(statuses)-1 {
		t.Error(count)
	}
}

// broken is a store that cannot be reached.
type broken struct{ Intents }

var errAway = errors.New("dial tcp 127.0.0.1:8500: connection refused")

func (broken) Get(context.Context, route.Scope) (intent.Entry, error) {
	return intent.Entry{}, errAway
}
func (broken) List(context.Context) ([]intent.Entry, []route.Problem, error) {
	return nil, nil, errAway
}

func TestStoreAwayIsSaid(t *testing.T) {
	h := serve(t, twoVersions, func(a *Admin) {
		a.Intents = broken{}
		a.Overrides = &overrides{err: errAway}
	})
	for request, body := range map[string]string{
		"GET /api/v1/weights":                "",
		"GET /api/v1/weights/service/web":    "",
		"PUT /api/v1/weights/service/web":    canaryAt5,
		"DELETE /api/v1/weights/service/web": "",
		"POST /api/v1/cutover":               `{"scope":"service/web","variant":"canary"}`,
		"GET /api/manual":                    "",
		"GET /api/paths":                     "",
		"PUT /api/manual":                    `{"value":"","version":"0"}`,
		"GET /manual":                        "",
	} {
		method, path, _ := strings.Cut(request, " ")
		r := h.ask(t, method, path, body)
		if r.status != http.StatusServiceUnavailable || !strings.Contains(r.body, errAway.Error()) {
			t.Errorf("%s: %d %s", request, r.status, r.body)
		}
	}
}
