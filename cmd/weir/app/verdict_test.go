package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"weir/internal/testenv"
	"weir/registry/inproc"
	"weir/rollout"
	"weir/rollout/verdict"
	"weir/route"
	"weir/store"
	"weir/store/embedded"
)

// judged gives a new version a half and waits for the verdict on it.
const judged = `
service: web
cohort: {by: "header:X-User"}
analysis: {unit: request, warmup: 0s, slo: {bad_rate_max: 100%}}
guards: {max_weight_per_instance_ratio: 100}
detect: {stabilise: 1ms}
steps: [{set_weight: 50%}, {analysis: {until: pass}}, {pause: {}}, {promote: {}}]
`

// users asks for / as one user after the other, at every proxy in turn, until
// the rollout is where it should be. It reports how many got an error.
func users(t *testing.T, proxies []string, reached func() error) (bad int) {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{}, Timeout: 10 * time.Second}
	defer client.CloseIdleConnections()
	n := 0
	testenv.Eventually(t, 60*time.Second, func() error {
		for range 50 {
			n++
			req, err := http.NewRequestWithContext(t.Context(), "GET", "http://"+proxies[n%len(proxies)]+"/", nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Host = "a.test"
			req.Header.Set("X-User", fmt.Sprint("user-", n))
			resp, err := client.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if resp.StatusCode == http.StatusInternalServerError {
				bad++
			}
		}
		return reached()
	})
	return bad
}

func portOf(t *testing.T, b *testenv.Backend) int {
	t.Helper()
	addr, err := net.ResolveTCPAddr("tcp", b.Addr)
	if err != nil {
		t.Fatal(err)
	}
	return addr.Port
}

// stateOf is the state of web in a store.
func stateOf(t *testing.T, s store.Store) (state rollout.State) {
	t.Helper()
	e, err := s.Get(t.Context(), "v1/rollouts/service/web/state")
	if err == nil {
		err = json.Unmarshal(e.Value, &state)
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		t.Fatal(err)
	}
	return state
}

// fleet runs two proxies with one store, the policy, and v1 as the stable version.
func fleet(t *testing.T, policy string) (s store.Store, source *inproc.Source, proxies []string) {
	t.Helper()
	opened, err := embedded.Open(filepath.Join(t.TempDir(), "weir.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { opened.Close() })
	source = inproc.New()
	source.Set([]route.Instance{instanceOf(t, "v1")})
	for range 2 {
		a := configured(t)
		a.Source, a.Store = source, opened
		proxies = append(proxies, run(t, a).Listeners[0].String())
	}
	if _, err := opened.CompareAndSet(t.Context(), "v1/policies/web", []byte(policy), 0); err != nil {
		t.Fatal(err)
	}
	testenv.Eventually(t, 10*time.Second, func() error {
		if got := stateOf(t, opened); got.Stable.Key != "v1" {
			return fmt.Errorf("stable is %q", got.Stable.Key)
		}
		return nil
	})
	return opened, source, proxies
}

// TestProxiesJudgeByWhatTheyServe lets two proxies that share a store judge a
// version by what both of them have served.
func TestProxiesJudgeByWhatTheyServe(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		over   func(rollout.State) bool
	}{
		"a bad one goes back": {500, func(s rollout.State) bool {
			return s.Stage == rollout.Aborted && s.Reason == rollout.VerdictFail && s.Weight == 0
		}},
		"a good one passes": {200, func(s rollout.State) bool {
			return s.Step == 2 && s.Weight == 5000 && s.Live.Verdict.Outcome == verdict.Pass
		}},
	} {
		t.Run(name, func(t *testing.T) {
			s, source, proxies := fleet(t, judged)
			v1 := instanceOf(t, "v1")
			v2 := instanceOf(t, "v2")
			v2.Port = portOf(t, testenv.HandlerBackend(t, "v2", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(c.status) })))
			source.Set([]route.Instance{v1, v2})
			bad := users(t, proxies, func() error {
				if got := stateOf(t, s); !c.over(got) {
					return fmt.Errorf("%s (%s) in step %d at %s: %+v", got.Phase, got.Reason, got.Step, got.Weight, got.Live.Verdict)
				}
				return nil
			})
			if (bad > 0) != (c.status == 500) {
				t.Errorf("%d users got an error", bad)
			}
		})
	}
}
