package exchange

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"weir/route"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// recorder is a Reply that keeps what it is told.
type recorder struct {
	status int
	fields []string
	body   bytes.Buffer
	ended  bool
	cut    bool
}

func (r *recorder) Interim(int, []Field) error { return nil }
func (r *recorder) Head(status int, fields []Field, _ int64, _ bool) error {
	r.status = status
	for _, f := range fields {
		r.fields = append(r.fields, fmt.Sprintf("%s: %s", f.Name, f.Value))
	}
	return nil
}
func (r *recorder) Write(p []byte) (int, error)     { return r.body.Write(p) }
func (r *recorder) Flush() error                    { return nil }
func (r *recorder) End([]Field) error               { r.ended = true; return nil }
func (r *recorder) Upgrade([]Field) (Stream, error) { return nil, errors.New("no upgrade here") }
func (r *recorder) Abort()                          { r.cut = true }

// fakeTarget is a Transport that refuses some addresses and else answers with
// what it was sent.
type fakeTarget struct {
	refuse []string
	drop   []string // read the request and end the connection
	fail   error
	asked  []string
}

func (f *fakeTarget) RoundTrip(x *Exchange, t *route.Target) error {
	f.asked = append(f.asked, t.Addr())
	if slices.Contains(f.refuse, t.Addr()) {
		return &AttemptError{ConnectFailed, t.Addr(), errors.New("connection refused")}
	}
	if slices.Contains(f.drop, t.Addr()) {
		return &AttemptError{SendFailed, t.Addr(), io.ErrUnexpectedEOF}
	}
	if f.fail != nil {
		return f.fail
	}
	if err := x.Head(200, nil, -1, false); err != nil {
		return err
	}
	fmt.Fprintf(x, "%s %s host=%s\n", x.Method, x.SendURI, x.SendHost)
	for _, field := range x.Fields {
		fmt.Fprintf(x, "%s: %s\n", field.Name, field.Value)
	}
	return x.End(nil)
}

type request struct {
	method, uri, host string
	fields            []string
	trusted           bool
}

// serve sends one request through a Handler over the given route commands.
func serve(t *testing.T, target *fakeTarget, commands string, req request, policy Policy) *recorder {
	t.Helper()
	table, problems := route.Build(route.Input{Commands: []route.Commands{{Source: "test", Text: commands}}})
	for _, p := range problems {
		t.Log(p)
	}
	var live route.Live
	live.Store(table)
	h := &Handler{Chooser: &Chooser{Live: &live, Wait: 1}, Policy: policy,
		Transports: map[string]Transport{"http": target},
		NoRoute:    func() (int, []byte) { return 404, nil }}
	reply := &recorder{}
	x := req.exchange(reply)
	if !h.Serve(x) && !reply.cut && x.Status != 499 {
		t.Error("answer is not whole and was not cut")
	}
	return reply
}

// exchange is the request as an engine makes it.
func (req request) exchange(reply Reply) *Exchange {
	x := &Exchange{Reply: reply, Client: &Client{IP: []byte("192.0.2.1"), Trusted: req.trusted,
		Remote: netip.MustParseAddrPort("192.0.2.1:4000"), Local: netip.MustParseAddrPort("192.0.2.9:80")}}
	x.Proto, x.Method, x.URI, x.Host = HTTP11, []byte(cmp.Or(req.method, "GET")), []byte(req.uri), []byte(req.host)
	for _, f := range req.fields {
		name, value, _ := strings.Cut(f, ": ")
		x.Fields = append(x.Fields, Field{[]byte(name), []byte(value)})
	}
	return x
}

func TestWhatTheTargetSees(t *testing.T) {
	forwarded := []string{
		"X-Forwarded-For: 192.0.2.1", "X-Real-Ip: 192.0.2.1", "X-Forwarded-Proto: http",
		"X-Forwarded-Host: foo.test", "X-Forwarded-Port: 80",
		"Forwarded: for=192.0.2.1; proto=http; by=192.0.2.9; httpproto=http/1.1",
	}
	for name, c := range map[string]struct {
		opts   string
		req    request
		policy Policy
		line   string
		fields []string
	}{
		"plain":        {"", request{uri: "/x?q=1", host: "foo.test"}, Policy{}, "GET /x?q=1 host=foo.test", forwarded},
		"empty query":  {"", request{uri: "/x?", host: "foo.test"}, Policy{}, "GET /x? host=foo.test", forwarded},
		"strip":        {"strip=/p", request{uri: "/p/x", host: "foo.test"}, Policy{}, "GET /x host=foo.test", append(slices.Clone(forwarded), "X-Forwarded-Prefix: /p")},
		"host":         {"host=other", request{uri: "/", host: "foo.test"}, Policy{}, "GET / host=other", forwarded},
		"dot segments": {"", request{uri: "/a/../b//c/", host: "foo.test"}, Policy{}, "GET /b/c/ host=foo.test", forwarded},
		"a stranger's word": {"", request{uri: "/", host: "foo.test", fields: []string{"X-Forwarded-For: 6.6.6.6", "x-real-ip: 6.6.6.6", "Forwarded: for=6.6.6.6", "X-Forwarded-Proto: https", "X-Forwarded-Prefix: /evil", "X-Forwarded-Server: evil"}},
			Policy{}, "GET / host=foo.test", forwarded},
		"a trusted peer's word": {"", request{uri: "/", host: "foo.test", trusted: true, fields: []string{"X-Forwarded-For: 7.7.7.7", "X-Real-Ip: 7.7.7.7", "Forwarded: for=7.7.7.7", "X-Forwarded-Proto: https", "X-Forwarded-Host: a", "X-Forwarded-Port: 1", "X-Forwarded-Prefix: /b"}},
			Policy{}, "GET / host=foo.test", []string{"X-Forwarded-For: 7.7.7.7, 192.0.2.1", "X-Real-Ip: 7.7.7.7", "X-Forwarded-Proto: https", "X-Forwarded-Host: a", "X-Forwarded-Port: 1",
				"Forwarded: for=7.7.7.7, for=192.0.2.1; proto=http; by=192.0.2.9; httpproto=http/1.1", "X-Forwarded-Prefix: /b"}},
		"for the proxy": {"", request{uri: "/", host: "foo.test", fields: []string{"Proxy-Authorization: Basic x"}}, Policy{}, "GET / host=foo.test", forwarded},
		"configured": {"", request{uri: "/", host: "foo.test", fields: []string{"X-Client: spoof", "X-Tls: spoof"}}, Policy{ClientIP: "X-Client", TLSField: "X-TLS", TLSValue: "on"},
			"GET / host=foo.test", append(slices.Clone(forwarded), "X-Client: 192.0.2.1")},
	} {
		reply := serve(t, &fakeTarget{}, `route add s foo.test/ http://10.0.0.1:80/ opts "`+c.opts+`"`, c.req, c.policy)
		want := c.line + "\n" + strings.Join(c.fields, "\n") + "\n"
		if got := reply.body.String(); got != want {
			t.Errorf("%s: the target saw\n%swant\n%s", name, got, want)
		}
	}
}

func TestRequestIDIsFresh(t *testing.T) {
	seen := map[string]bool{}
	for range 3 {
		reply := serve(t, &fakeTarget{}, "route add s foo.test/ http://10.0.0.1:80/",
			request{uri: "/", host: "foo.test", fields: []string{"X-Rid: mine"}}, Policy{RequestID: "X-Rid"})
		_, id, _ := strings.Cut(reply.body.String(), "X-Rid: ")
		if len(id) != 37 || id[14] != '4' || seen[id] {
			t.Errorf("request ID %q is not a fresh UUID", id)
		}
		seen[id] = true
	}
}

func TestOwnAnswers(t *testing.T) {
	for name, c := range map[string]struct {
		commands string
		req      request
		target   fakeTarget
		status   int
		fields   string
	}{
		"no route":           {"", request{uri: "/", host: "foo.test"}, fakeTarget{}, 404, "text/plain"},
		"bad escape":         {"", request{uri: "/%zz", host: "foo.test"}, fakeTarget{}, 400, ""},
		"denied":             {`route add s foo.test/ http://10.0.0.1:80/ opts "deny=ip:192.0.2.0/24"`, request{uri: "/", host: "foo.test"}, fakeTarget{}, 403, ""},
		"denied by XFF":      {`route add s foo.test/ http://10.0.0.1:80/ opts "deny=ip:9.9.9.0/24"`, request{uri: "/", host: "foo.test", fields: []string{"X-Forwarded-For: 1.1.1.1, 9.9.9.9"}}, fakeTarget{}, 403, ""},
		"unknown scheme":     {`route add s foo.test/ http://10.0.0.1:80/ opts "auth=nobody"`, request{uri: "/", host: "foo.test"}, fakeTarget{}, 401, ""},
		"redirect":           {`route add s foo.test/ https://bar.test$path opts "redirect=302"`, request{uri: "/a?b=c", host: "foo.test"}, fakeTarget{}, 302, "Location: https://bar.test/a?b=c"},
		"redirect to itself": {"route add s foo.test:80/ https://foo.test$path opts \"redirect=301\"\nroute add s foo.test/ http://10.0.0.1:80/", request{uri: "/a?b", host: "foo.test", fields: []string{"X-Forwarded-Proto: https"}}, fakeTarget{}, 200, ""},
		"not to itself":      {"route add s foo.test:80/ https://foo.test$path opts \"redirect=301\"\nroute add s foo.test/ http://10.0.0.1:80/", request{uri: "/a?b", host: "foo.test"}, fakeTarget{}, 301, "https://foo.test/a?b"},
		"not HTTP":           {`route add s foo.test/ tcp://10.0.0.1:80`, request{uri: "/", host: "foo.test"}, fakeTarget{}, 502, ""},
		"all refuse":         {`route add s foo.test/ http://10.0.0.1:80/`, request{uri: "/", host: "foo.test"}, fakeTarget{refuse: []string{"10.0.0.1:80"}}, 502, ""},
		"too slow":           {`route add s foo.test/ http://10.0.0.1:80/`, request{uri: "/", host: "foo.test"}, fakeTarget{fail: &AttemptError{ResponseTimeout, "", errors.New("slow")}}, 504, ""},
		"full":               {`route add s foo.test/ http://10.0.0.1:80/`, request{uri: "/", host: "foo.test"}, fakeTarget{fail: &AttemptError{SendFailed, "", ErrInFlight}}, 503, ""},
		"drained to zero":    {`route add s foo.test/ http://10.0.0.1:80/ weight 0`, request{uri: "/", host: "foo.test"}, fakeTarget{}, 503, ""},
	} {
		reply := serve(t, &c.target, c.commands, c.req, Policy{})
		if reply.status != c.status || !reply.ended || !strings.Contains(strings.Join(reply.fields, "\n"), c.fields) {
			t.Errorf("%s: %d %q ended=%v, want %d with %q", name, reply.status, reply.fields, reply.ended, c.status, c.fields)
		}
	}
}

func TestAnotherTargetWhenOneRefuses(t *testing.T) {
	for range 20 {
		target := &fakeTarget{refuse: []string{"10.0.0.1:80"}}
		reply := serve(t, target, "route add s foo.test/ http://10.0.0.1:80/\nroute add s foo.test/ http://10.0.0.2:80/",
			request{method: "POST", uri: "/", host: "foo.test"}, Policy{})
		if reply.status != 200 || target.asked[len(target.asked)-1] != "10.0.0.2:80" {
			t.Fatalf("status %d after asking %v", reply.status, target.asked)
		}
	}
}

func TestAnotherTargetWhenOneDrops(t *testing.T) {
	const commands = "route add s foo.test/ http://10.0.0.1:80/\nroute add s foo.test/ http://10.0.0.2:80/"
	for name, c := range map[string]struct {
		method string
		drop   []string
		status int
		asked  int // targets, at most
	}{
		"one of two":       {"GET", []string{"10.0.0.1:80"}, 200, 2},
		"all":              {"GET", []string{"10.0.0.1:80", "10.0.0.2:80"}, 502, 2},
		"what acts twice":  {"POST", []string{"10.0.0.1:80", "10.0.0.2:80"}, 502, 1},
		"whatever happens": {"PATCH", []string{"10.0.0.1:80", "10.0.0.2:80"}, 502, 1},
	} {
		target := &fakeTarget{drop: c.drop}
		reply := serve(t, target, commands, request{method: c.method, uri: "/", host: "foo.test"}, Policy{})
		if reply.status != c.status || len(target.asked) > c.asked {
			t.Errorf("%s: status %d after asking %v", name, reply.status, target.asked)
		}
	}
}
