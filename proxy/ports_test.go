package proxy

import (
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"weir/internal/testenv"
	"weir/route"
)

// dynamic adds a tcp-dynamic listener on 127.0.0.1 that looks at the table often.
func dynamic(s *Server) {
	l := s.Listeners[0]
	l.Addr, l.Proto, l.Refresh = "127.0.0.1:0", "tcp-dynamic", 5*time.Millisecond
	s.Listeners = append(s.Listeners, l)
}

// freePort is one that nobody listens on, at an address that only the test uses.
func freePort(t *testing.T, host string) (addr, port string) {
	t.Helper()
	l, err := net.Listen("tcp", host+":0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	addr = l.Addr().String()
	return addr, addr[strings.LastIndexByte(addr, ':'):]
}

// serves waits until somebody at addr sends what is wanted; "" is nobody.
func serves(t *testing.T, addr, want string) {
	t.Helper()
	testenv.Eventually(t, patience, func() error {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			if want == "" {
				return nil
			}
			return err
		}
		defer c.Close()
		c.SetDeadline(time.Now().Add(patience))
		got := make([]byte, len(want))
		if _, err := io.ReadFull(c, got); err != nil || string(got) != want || want == "" {
			return fmt.Errorf("got %q (%v), want %q", got, err, want)
		}
		return nil
	})
}

// Ports come and go with the table, at the address that the route names.
func TestPortsFollowTheTable(t *testing.T) {
	a, b := testenv.TCPBackend(t, "a"), testenv.TCPBackend(t, "b")
	w := start(t, "", dynamic)
	named, namedPort := freePort(t, "127.0.66.1")
	anywhere, port := freePort(t, "127.0.0.1")
	w.route(fmt.Sprintf("route add a %s/ tcp://%s\nroute add b %s tcp://%s\nroute add web 127.0.66.2:80/ http://%s", named, a.Addr, port, b.Addr, b.Addr))
	serves(t, named, "a")
	serves(t, anywhere, "b")
	serves(t, "127.0.0.1"+namedPort, "")
	c, err := net.Dial("tcp", anywhere)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	expectLine(t, c, "b")

	w.route(fmt.Sprintf("route add a %s/ tcp://%s", named, b.Addr))
	serves(t, anywhere, "")
	serves(t, named, "b")
	io.WriteString(c, "more\n") // what was open drains
	expectLine(t, c, "more")
	w.apply(w.at("tcp-dynamic"))
	serves(t, named, "")
}

// A port that cannot be opened is listed, harms no other, and is tried again.
func TestPortsThatAreTaken(t *testing.T) {
	a := testenv.TCPBackend(t, "a")
	w := start(t, "", dynamic)
	other, _ := freePort(t, "127.0.66.1")
	taken, err := net.Listen("tcp", "127.0.66.3:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	at := taken.Addr().String()
	w.route(fmt.Sprintf("route add a %s/ tcp://%s\nroute add a %s/ tcp://%s\nroute add a {tcp} tcp://%s", at, a.Addr, other, a.Addr, a.Addr))
	serves(t, other, "a")
	problems := w.Problems()
	if len(problems) != 1 || problems[0].Text != at || !strings.Contains(problems[0].Reason, "in use") {
		t.Errorf("problems %+v", problems)
	}
	expectLine(t, w.dial("tcp"), "a") // its port is left to it
	taken.Close()
	serves(t, at, "a")
	testenv.Holds(t, patience, "there are problems", func() bool { return len(w.Problems()) == 0 })
}

// What the listener says counts for its ports, at once when it changes.
func TestPortsServeAsConfigured(t *testing.T) {
	a := testenv.TCPBackend(t, "a")
	w := start(t, "", dynamic, func(s *Server) { of(s.Listeners, "tcp-dynamic").Refresh = time.Hour })
	addr, port := freePort(t, "127.0.0.1")
	w.route("route add a " + port + " tcp://" + a.Addr)
	listeners := w.at()
	w.apply(listeners)
	serves(t, addr, "a\n")
	w.open(0)
	of(listeners, "tcp-dynamic").MaxConns = 1
	w.apply(listeners)
	one, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer one.Close()
	expectLine(t, one, "a")
	testenv.Eventually(t, patience, func() error {
		two, err := net.Dial("tcp", addr)
		if err != nil {
			return err
		}
		defer two.Close()
		two.SetDeadline(time.Now().Add(patience))
		if n, _ := two.Read(make([]byte, 1)); n > 0 {
			return errStillOpen
		}
		return nil
	})
}

func TestTablePorts(t *testing.T) {
	table, problems := route.Build(route.Input{Commands: []route.Commands{{Text: `route add a :9000 tcp://127.0.0.1:1
route add a 127.0.0.1:9001/ tcp://127.0.0.1:1
route add a [::1]:443/ tcp://127.0.0.1:1
route add a 127.0.0.1:9002/ http://127.0.0.1:1
route add a 127.0.0.1:9003/x tcp://127.0.0.1:1
route add a web.test:9004/ tcp://127.0.0.1:1`}}})
	if got := strings.Join(table.Ports(), " "); got != "127.0.0.1:9001 :9000 [::1]:443" || len(problems) > 0 {
		t.Errorf("ports %s, problems %v", got, problems)
	}
	if r := table.Port(netip.MustParseAddrPort("[::1]:443").String()); r == nil || r.Host() != "[::1]:443" {
		t.Errorf("the route is %v", r)
	}
}
