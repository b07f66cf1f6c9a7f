package nomadstory

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"

	"github.com/coder/websocket"
)

// long are connections that stay open, at least one to each of some tasks.
type long struct {
	s     *story
	conns []*websocket.Conn
	names []string // of the tasks that they are with
}

// connect opens WebSockets until there are some with every version.
func (s *story) connect(versions ...string) *long {
	s.t.Helper()
	l, missing := &long{s: s}, map[string]bool{}
	for _, v := range versions {
		missing[v] = true
	}
	client := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return s.dial(ctx, site) }}}
	for range 400 {
		conn, _, err := websocket.Dial(s.t.Context(), "ws://"+site+"/", &websocket.DialOptions{HTTPClient: client})
		if err != nil {
			s.t.Fatal(err)
		}
		s.t.Cleanup(func() { conn.CloseNow() })
		l.conns = append(l.conns, conn)
		l.names = append(l.names, "")
		l.talk(len(l.conns) - 1)
		version, _, _ := strings.Cut(l.names[len(l.names)-1], " ")
		if delete(missing, version); len(missing) == 0 && len(l.conns) >= 8 {
			return l
		}
	}
	s.t.Fatalf("no connection to %v", missing)
	return nil
}

// talk says something on a connection, which must be answered by the task that
// answered first.
func (l *long) talk(i int) {
	l.s.t.Helper()
	ctx, cancel := context.WithTimeout(l.s.t.Context(), within)
	defer cancel()
	err := l.conns[i].Write(ctx, websocket.MessageText, []byte("hello"))
	if err == nil {
		var said []byte
		_, said, err = l.conns[i].Read(ctx)
		name, _, _ := strings.Cut(string(said), " heard ")
		if l.names[i] == "" {
			l.names[i] = name
		} else if err == nil && name != l.names[i] {
			err = fmt.Errorf("it went over to %s", name)
		}
	}
	if err != nil {
		l.s.t.Errorf("a long connection to %s: %v", l.names[i], err)
	}
}

// goOn fails unless all connections are still open, to the same tasks.
func (l *long) goOn() {
	l.s.t.Helper()
	for i := range l.conns {
		l.talk(i)
	}
}
