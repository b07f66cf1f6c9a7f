package exchange

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"weir/route"
)

// ready is a Sticky that has its secret.
func ready(t testing.TB, secret string) *Sticky {
	t.Helper()
	s := &Sticky{Secret: func(context.Context) ([]byte, error) { return []byte(secret), nil }}
	if err := s.fetch(context.Background()); err != nil {
		t.Fatal(err)
	}
	return s
}

// browser sends one request after the other, with the cookies that it was given.
type browser struct {
	handler *Handler
	target  *fakeTarget
	secure  bool
	cookies map[string]string
	last    *recorder
}

func browse(live *route.Live, s *Sticky) *browser {
	b := &browser{target: &fakeTarget{}, cookies: map[string]string{}}
	b.handler = &Handler{Chooser: &Chooser{Live: live, Sticky: s, Wait: 1}, Transports: map[string]Transport{"http": b.target}}
	return b
}

var setCookie = regexp.MustCompile(`^Set-Cookie: ([^=]+)=([^;]+)(.*)$`)

// get returns the target and the attributes of the cookie that was set, if any.
func (b *browser) get() (addr, attributes string) {
	req := request{uri: "/", host: "foo.test"}
	for name, value := range b.cookies {
		req.fields = append(req.fields, "Cookie: "+name+"="+value)
	}
	b.last, b.target.asked = &recorder{}, nil
	x := req.exchange(b.last)
	if b.secure {
		x.Client.TLS = &tls.ConnectionState{}
	}
	b.handler.Serve(x)
	for _, f := range b.last.fields {
		if m := setCookie.FindStringSubmatch(f); m != nil {
			b.cookies[m[1]], attributes = m[2], m[3]
		}
	}
	if len(b.target.asked) == 0 {
		return "", attributes
	}
	return b.target.asked[len(b.target.asked)-1], attributes
}

func TestClientsStayWithTheirTarget(t *testing.T) {
	b := browse(balancing(t, 20, "sticky=backend"), ready(t, "secret of a fleet"))
	first, attributes := b.get()
	if attributes != "; Path=/; HttpOnly; SameSite=Lax" || strings.Contains(b.cookies["backend"], "10.0") {
		t.Errorf("the cookie is %v with %q", b.cookies, attributes)
	}
	for range 20 {
		if addr, attributes := b.get(); addr != first || attributes != "" {
			t.Fatalf("it goes to %s and not to %s any more, with a cookie %q", addr, first, attributes)
		}
	}
	b.target.refuse = []string{first}
	second, attributes := b.get()
	if second == first || attributes == "" {
		t.Fatalf("%s is down: it goes to %s with a cookie %q", first, second, attributes)
	}
	b.target.refuse = nil
	if addr, attributes := b.get(); addr != second || attributes != "" {
		t.Errorf("%s is back: it goes to %s and not to %s any more", first, addr, second)
	}
	b.cookies, b.secure = map[string]string{}, true
	if _, attributes := b.get(); !strings.HasSuffix(attributes, "; Secure") {
		t.Errorf("over TLS the cookie has %q", attributes)
	}
}

// TestCookiesThatAreNotOurs are as none.
func TestCookiesThatAreNotOurs(t *testing.T) {
	live := balancing(t, 3, "sticky=backend")
	other := browse(live, ready(t, "secret of another fleet"))
	other.get()
	for _, value := range []string{"", "x", "10.0.0.1:80", strings.Repeat("A", 22), strings.Repeat("A", 23), strings.Repeat("=", 22), other.cookies["backend"]} {
		b := browse(live, ready(t, "secret of a fleet"))
		b.cookies["backend"] = value
		if addr, attributes := b.get(); addr == "" || attributes == "" {
			t.Errorf("with %q it goes to %s with a cookie %q", value, addr, attributes)
		}
	}
}

// TestWeightsGoBeforeCookies: new clients are spread by weights, and nobody stays
// with a target that is to have none.
func TestWeightsGoBeforeCookies(t *testing.T) {
	table := func(w string) *route.Live {
		var live route.Live
		built, _ := route.Build(route.Input{Commands: []route.Commands{{Text: `route add s foo.test/ http://10.0.0.1:80/ weight ` + w + ` opts "sticky=b"
route add s foo.test/ http://10.0.0.2:80/ opts "sticky=b"`}}})
		live.Store(built)
		return &live
	}
	s, first := ready(t, "secret of a fleet"), map[string]int{}
	for range 1000 {
		addr, _ := browse(table("0.2"), s).get()
		first[addr]++
	}
	if n := first["10.0.0.1:80"]; n < 120 || n > 280 {
		t.Errorf("%d of 1000 new clients got the target with 20 %%", n)
	}
	b := browse(table("1"), s)
	if addr, _ := b.get(); addr != "10.0.0.1:80" {
		t.Fatalf("it goes to %s", addr)
	}
	b.handler.Chooser.Live = table("0")
	if addr, attributes := b.get(); addr != "10.0.0.2:80" || attributes == "" {
		t.Errorf("it stays with %s, which has no weight any more", addr)
	}
}

// TestStickyInATrial: the draw says which variant, the cookie which target of it.
func TestStickyInATrial(t *testing.T) {
	s, by := ready(t, "secret of a fleet"), &lots{}
	scope := route.Scope{Kind: "service", Name: "web"}
	in := route.Input{Trials: map[route.Scope]*route.Trial{scope: {Candidate: "canary", Splitter: by}}, Intents: []route.Intent{{Scope: scope, Shares: map[string]route.Weight{"canary": 5000}}}}
	for i := range 20 {
		in.Instances = append(in.Instances, route.Instance{Service: "web", ID: fmt.Sprint(i), Variant: []string{"canary", "stable"}[i%2], Up: true,
			Address: fmt.Sprint("10.0.0.", i), Port: 80, Tags: []string{"urlprefix-foo.test/ sticky=b"}})
	}
	table, _ := route.Build(in)
	var live route.Live
	live.Store(table)
	b := browse(&live, s)
	for _, ticket := range []route.Ticket{{Variant: 0}, {Variant: 1<<64 - 1}, {Variant: 1<<64 - 1, Pinned: "canary"}, {Variant: 0, Pinned: "stable"}} {
		by.ticket = ticket
		first, _ := b.get()
		canary := slices.ContainsFunc(in.Instances, func(i route.Instance) bool { return i.Variant == "canary" && i.Address+":80" == first })
		if want := ticket.Pinned == "canary" || ticket.Pinned == "" && ticket.Variant == 0; canary != want {
			t.Errorf("%+v leads to %s", ticket, first)
		}
		for range 10 {
			if addr, _ := b.get(); addr != first {
				t.Fatalf("%+v: it goes to %s and not to %s any more", ticket, addr, first)
			}
		}
	}
}

// TestOwnAnswersSetNoCookie: nobody has answered whom to stay with.
func TestOwnAnswersSetNoCookie(t *testing.T) {
	b := browse(balancing(t, 1, "sticky=backend"), ready(t, "secret of a fleet"))
	b.target.refuse = []string{"10.0.0.0:80"}
	if _, attributes := b.get(); b.last.status != 502 || attributes != "" {
		t.Errorf("status %d with a cookie %q", b.last.status, attributes)
	}
}

// TestTheSecretIsFetchedWhenItIsWanted, and until it is there.
func TestTheSecretIsFetchedWhenItIsWanted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		s := &Sticky{Log: slog.New(slog.DiscardHandler), Secret: func(context.Context) ([]byte, error) {
			if asked++; asked < 3 {
				return nil, ErrNoTarget
			}
			return []byte("secret of a fleet"), nil
		}}
		go s.Run(t.Context())
		time.Sleep(10 * time.Second)
		if asked != 0 {
			t.Error("nobody wants it")
		}
		b := browse(balancing(t, 2, "sticky=backend"), s)
		if _, attributes := b.get(); attributes != "" {
			t.Error("there is a cookie before there is a secret")
		}
		time.Sleep(10 * time.Second)
		if _, attributes := b.get(); attributes == "" || asked != 3 {
			t.Errorf("asked %d times for the secret, and the cookie has %q", asked, attributes)
		}
	})
}
