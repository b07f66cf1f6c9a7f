package admin

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"weir/admin/auth"
)

func TestAWriteWithAKeyIsMadeOnce(t *testing.T) {
	h := serve(t, twoVersions)
	var wg sync.WaitGroup
	for range 5 {
		wg.Go(func() {
			r := h.ask(t, http.MethodPut, "/api/v1/weights/service/web", canaryAt5, "Idempotency-Key: k1")
			if r.status != 200 && r.status != 409 {
				t.Errorf("%d %s", r.status, r.body)
			}
		})
	}
	wg.Wait()
	first := h.ask(t, http.MethodPut, "/api/v1/weights/service/web", canaryAt5, "Idempotency-Key: k1")
	var written WeightsWritten
	if first.into(t, &written); written.Index != 1 || first.header.Get("Idempotent-Replayed") != "true" || first.header.Get("ETag") != `"1"` {
		t.Errorf("%+v %v", written, first.header)
	}
	for name, c := range map[string]struct {
		key, body string
		status    int
		want      string
	}{
		"another body": {"k1", `{"shares":{"canary":"6%"}}`, 422, "another write was made"},
		"a bad key":    {strings.Repeat("k", 101), canaryAt5, 400, "1 to 100"},
		"a spaced key": {"a b", canaryAt5, 400, "printable"},
		"another key":  {"k2", canaryAt5, 200, `"index":2`},
	} {
		r := h.ask(t, http.MethodPut, "/api/v1/weights/service/web", c.body, "Idempotency-Key: "+c.key)
		if r.status != c.status || !strings.Contains(r.body, c.want) {
			t.Errorf("%s: %d %s", name, r.status, r.body)
		}
	}
}

// TestAKeyIsOfOnePerson: nobody gets the answer to what somebody else wrote.
func TestAKeyIsOfOnePerson(t *testing.T) {
	h := serve(t, twoVersions, func(a *Admin) { a.Auth = login(t, auth.Config{}) })
	for token, want := range map[string]int{"wt_operator": 200, "wt_web": 200, "wt_viewer": 403} {
		r := h.ask(t, http.MethodPut, "/api/v1/weights/service/web", canaryAt5, "Idempotency-Key: k", "Authorization: Bearer "+token)
		if r.status != want || r.header.Get("Idempotent-Replayed") != "" {
			t.Errorf("%s: %d %s", token, r.status, r.body)
		}
	}
}

func TestWhatIsRememberedOfWritesIsBounded(t *testing.T) {
	var p replays
	for i := range 2 * maxReplays {
		p.begin(fmt.Sprint(i), [32]byte{})
	}
	if len(p.kept) > maxReplays {
		t.Error(len(p.kept))
	}
	if _, mine := p.begin(fmt.Sprint(2*maxReplays-1), [32]byte{}); mine {
		t.Error("the newest is forgotten")
	}
}
