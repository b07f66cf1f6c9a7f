package app

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	"weir/admin"
	"weir/internal/testenv"
	"weir/registry/inproc"
	"weir/route"
)

// onePolicy runs a weir with a policy and v1 as the stable version of web.
func onePolicy(t *testing.T, policy string, stable route.Instance, args ...string) (source *inproc.Source, at Addresses) {
	t.Helper()
	source = inproc.New()
	source.Set([]route.Instance{stable})
	a := configured(t, args...)
	a.Source = source
	at = run(t, a)
	call(t, at, "PUT", "/api/v1/policies/web", map[string]any{"text": policy}, nil)
	rolloutIs(t, at, func(r admin.Rollout) bool { return r.Stable != nil && r.Stable.Key == "v1" })
	return source, at
}

// call asks the API.
func call(t *testing.T, at Addresses, method, path string, body, answer any) {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, "http://"+at.Admin.String()+path, bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer http.DefaultClient.CloseIdleConnections()
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if err == nil && answer != nil && resp.StatusCode == http.StatusOK {
		err = json.Unmarshal(got, answer)
	}
	if err != nil || method != "GET" && resp.StatusCode != http.StatusOK {
		t.Fatalf("%s %s: %v, %s: %s", method, path, err, resp.Status, got)
	}
}

// rolloutIs waits for the rollout of web to be as wanted.
func rolloutIs(t *testing.T, at Addresses, reached func(admin.Rollout) bool) (r admin.Rollout) {
	t.Helper()
	testenv.Eventually(t, 60*time.Second, func() error {
		r = admin.Rollout{}
		if call(t, at, "GET", "/api/v1/rollouts/service/web", nil, &r); !reached(r) {
			return fmt.Errorf("%s %s: %+v", r.Phase, r.Why, r)
		}
		return nil
	})
	return r
}

// TestTheIsolatedHostname reaches the candidate before it has any traffic, and is
// not counted when it has.
func TestTheIsolatedHostname(t *testing.T) {
	v1, v2 := instanceOf(t, "v1"), instanceOf(t, "v2")
	source, at := onePolicy(t, `
service: web
cohort: {by: "header:X-User"}
canary_host: "canary.{host}"
analysis: {unit: request, warmup: 0s}
guards: {max_weight_per_instance_ratio: 100}
detect: {stabilise: 1ms}
steps: [{pause: {}}, {set_weight: 50%}, {pause: {}}, {promote: {}}]
`, v1)
	source.Set([]route.Instance{v1, v2})
	proxy := at.Listeners[0].String()
	r := rolloutIs(t, at, func(r admin.Rollout) bool { return r.Step == 1 })
	want := admin.IsolatedRoute{Route: "canary.a.test/", Curl: "curl -H 'Host: canary.a.test' 'http://" + proxy + "/'"}
	if len(r.Isolated) != 1 || r.Isolated[0] != want {
		t.Errorf("isolated is %+v, want %+v", r.Isolated, want)
	}
	for range 20 {
		if production, alone := ask(t, proxy, "a.test"), ask(t, proxy, "canary.a.test"); production != "v1" || alone != "v2" {
			t.Fatalf("%s in production, %s on the isolated hostname", production, alone)
		}
	}
	call(t, at, "POST", "/api/v1/rollouts/service/web/promote", map[string]any{}, nil)
	rolloutIs(t, at, func(r admin.Rollout) bool { return r.Step == 3 && r.AppliedGeneration == r.Generation })
	for range 20 {
		ask(t, proxy, "canary.a.test")
	}
	for range 10 {
		ask(t, proxy, "a.test")
	}
	for range 20 {
		ask(t, proxy, "canary.a.test")
	}
	rolloutIs(t, at, func(r admin.Rollout) bool {
		if r.Observed != nil && r.Observed.All > 10 {
			t.Fatalf("%d requests were counted, want 10", r.Observed.All)
		}
		return r.Observed != nil && r.Observed.All == 10
	})
}

// TestTheIsolatedHostnameOfTLS that is passed through to the candidate.
func TestTheIsolatedHostnameOfTLS(t *testing.T) {
	const host, alone = "tls.test", "canary.tls.test"
	both := map[string]*testenv.Backend{}
	var instances []route.Instance
	for _, version := range []string{"v1", "v2"} {
		both[version] = testenv.TLSBackend(t, version, host, alone)
		instances = append(instances, route.Instance{Service: "web", ID: version, Node: "n1", Address: "127.0.0.1", Port: portOf(t, both[version]), Up: true,
			Tags: []string{"urlprefix-" + host + "/ proto=tcp+sni", "version=" + version}})
	}
	policy := closed + "\ncanary_host: 'canary.{host}'"
	source, at := onePolicy(t, policy, instances[0], "-proxy.addr", "127.0.0.1:0;proto=tcp+sni")
	source.Set(instances)
	r := rolloutIs(t, at, func(r admin.Rollout) bool { return r.Step == 1 && r.AppliedGeneration == r.Generation })
	if len(r.Isolated) != 1 || !strings.Contains(r.Isolated[0].Curl, "'https://canary.tls.test:") {
		t.Errorf("isolated is %+v", r.Isolated)
	}
	for name, version := range map[string]string{host: "v1", alone: "v2"} {
		for range 10 {
			conn, err := tls.Dial("tcp", at.Listeners[0].String(), &tls.Config{ServerName: name, RootCAs: both[version].Roots})
			if err != nil { // who answers has another certificate
				t.Fatalf("%s, which is %s's: %v", name, version, err)
			}
			conn.Close()
		}
	}
}

// closed is a policy that lets nobody stand in for stable.
const closed = `
service: web
analysis: {warmup: 0s}
guards: {max_weight_per_instance_ratio: 100, stable_lost: fail_closed}
detect: {stabilise: 1ms}
steps: [{pause: {}}, {set_weight: 50%}, {pause: {}}, {promote: {}}]
`

// TestStableIsLost refuses the clients of stable, in each protocol, while only the
// candidate is up.
func TestStableIsLost(t *testing.T) {
	v1, v2 := instanceOf(t, "v1"), instanceOf(t, "v2")
	for _, in := range []*route.Instance{&v1, &v2} {
		in.Tags = append(in.Tags, "urlprefix-tls.test/ proto=tcp+sni")
	}
	source, at := onePolicy(t, closed, v1, "-proxy.addr", "127.0.0.1:0;proto=http,127.0.0.1:0;proto=tcp+sni", "-proxy.h2c=true")
	source.Set([]route.Instance{v1, v2})
	rolloutIs(t, at, func(r admin.Rollout) bool { return r.Step == 1 })
	v1.Up = false
	source.Set([]route.Instance{v1, v2})
	r := rolloutIs(t, at, func(r admin.Rollout) bool { return r.Phase == "stable_lost" })
	if !strings.Contains(r.Why, "no instance of v1 is up: its part of the clients is refused") {
		t.Errorf("it says %q", r.Why)
	}
	proxy := at.Listeners[0].String()
	req, err := http.NewRequestWithContext(t.Context(), "GET", "http://"+proxy+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Host = "a.test"
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	http.DefaultClient.CloseIdleConnections()
	if resp.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("a request gets %s", resp.Status)
	}
	if err := invoke(t, proxy); status.Code(err) != codes.Unavailable {
		t.Errorf("a call gets %v", err)
	}
	conn, err := net.Dial("tcp", at.Listeners[1].String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Write(testenv.ClientHello(t, "tls.test")); err != nil {
		t.Fatal(err)
	}
	if n, err := conn.Read(make([]byte, 1)); n > 0 || err == nil {
		t.Errorf("a TLS connection gets %d bytes (%v)", n, err)
	}
}

// invoke makes a gRPC call to a.test.
func invoke(t *testing.T, addr string) error {
	t.Helper()
	client, err := grpc.NewClient(addr, grpc.WithTransportCredentials(insecure.NewCredentials()), grpc.WithAuthority("a.test"))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	return client.Invoke(ctx, "/test.Service/Method", nil, nil, grpc.ForceCodec(noCodec{}))
}

// noCodec sends empty messages.
type noCodec struct{}

func (noCodec) Marshal(any) ([]byte, error) { return nil, nil }
func (noCodec) Unmarshal([]byte, any) error { return nil }
func (noCodec) Name() string                { return "proto" }
