package exchange

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"weir/route"
)

// telling is a Transport whose target tells something of itself in its head.
type telling struct {
	fakeTarget
	saw []string // the fields of the last request
}

func (f *telling) RoundTrip(x *Exchange, t *route.Target) error {
	f.saw = nil
	for _, field := range x.Fields {
		f.saw = append(f.saw, fmt.Sprintf("%s: %s", field.Name, field.Value))
	}
	if slices.Contains(f.refuse, t.Addr()) {
		return f.fakeTarget.RoundTrip(x, t)
	}
	fields := []Field{{[]byte("server"), []byte("x/1")}, {[]byte("X-Frame-Options"), []byte("SAMEORIGIN")}, {[]byte("Via"), []byte("a")}, {[]byte("X-FRAME-options"), []byte("b")}}
	if err := x.Head(200, fields, 0, false); err != nil {
		return err
	}
	return x.End(nil)
}

func TestHeaderEdits(t *testing.T) {
	target := &telling{}
	text := `route add s foo.test/ http://10.0.0.1:80/ opts "lb=rr setheader=X-Frame-Options:DENY&X-New:a%20b delheader=Server setrequestheader=X-Team:one delrequestheader=X-Debug"
route add s foo.test/ http://10.0.0.2:80/ opts "setrequestheader=X-Debug:2"`
	h := &Handler{Chooser: &Chooser{Live: built(text)}, Transports: map[string]Transport{"http": target}}
	get := func() *recorder {
		reply := &recorder{}
		h.Serve(request{uri: "/", host: "foo.test", fields: []string{"x-debug: 1", "X-TEAM: mine", "Accept: */*"}}.exchange(reply))
		return reply
	}
	if got, want := strings.Join(get().fields, "|"), "Via: a|X-Frame-Options: DENY|X-New: a b"; got != want {
		t.Errorf("the client got %s, want %s", got, want)
	}
	if saw := strings.Join(target.saw, "|"); !strings.HasPrefix(saw, "Accept: */*|X-Forwarded-For") || !strings.HasSuffix(saw, "|X-Team: one") || strings.Contains(saw, "mine") {
		t.Errorf("the target got %s", saw)
	}
	for range 2 { // at the second the first target is asked first, and refuses
		target.refuse = []string{"10.0.0.1:80"}
		get()
		if saw := strings.Join(target.saw, "|"); !strings.HasPrefix(saw, "X-TEAM: mine|Accept: */*|") || !strings.HasSuffix(saw, "|X-Debug: 2") {
			t.Errorf("the second target got %s", saw)
		}
	}
}

// built is the table of route commands.
func built(text string) *route.Live {
	table, _ := route.Build(route.Input{Commands: []route.Commands{{Text: text}}})
	var live route.Live
	live.Store(table)
	return &live
}

// TestOwnAnswersAreEdited too: who wants a header on all answers means those.
func TestOwnAnswersAreEdited(t *testing.T) {
	for _, opts := range []string{"redirect=302", "deny=ip:192.0.2.1", "auth=none"} {
		reply := serve(t, &fakeTarget{}, `route add s a.test/ http://b.test/ opts "setheader=X-Frame-Options:DENY `+opts+`"`, request{uri: "/", host: "a.test"}, Policy{})
		if !slices.Contains(reply.fields, "X-Frame-Options: DENY") {
			t.Errorf("%s: status %d with %v", opts, reply.status, reply.fields)
		}
	}
}
