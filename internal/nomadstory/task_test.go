package nomadstory

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"testing"

	"github.com/coder/websocket"

	"weir/internal/testenv"
)

// task is the server of an allocation. It answers "vVERSION ALLOCATION", and
// echoes what comes by WebSocket.
type task struct {
	name   string
	port   int
	server *http.Server
	closed func() // the listener; later calls do nothing
	stop   func() // ends it with all its connections
	ended  sync.WaitGroup
}

// begin starts a task, which is to be stopped; cert is nil for one without TLS.
func begin(t *testing.T, version int, allocation string, cert *testenv.Cert) *task {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	k := &task{name: fmt.Sprintf("v%d %.8s", version, allocation), port: l.Addr().(*net.TCPAddr).Port}
	k.closed = sync.OnceFunc(func() { l.Close() })
	ctx, cancel := context.WithCancel(context.Background())
	k.server = &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { k.answer(ctx, w, r) }), ErrorLog: log.New(io.Discard, "", 0)}
	served := l
	if cert != nil {
		served = tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{cert.TLS}})
	}
	k.ended.Go(func() { k.server.Serve(served) })
	k.stop = func() {
		cancel()
		k.closed()
		k.server.Close()
		k.ended.Wait()
	}
	return k
}

func (k *task) answer(ctx context.Context, w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Upgrade") == "" {
		io.WriteString(w, k.name)
		return
	}
	conn, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	defer conn.CloseNow()
	for {
		kind, said, err := conn.Read(ctx)
		if err != nil {
			return
		}
		if conn.Write(ctx, kind, []byte(k.name+" heard "+string(said))) != nil {
			return
		}
	}
}

// leave is a task whose time is over: it takes no new connections and finishes
// what it has, which goes on until the end of the story.
func (k *task) leave() { k.closed() }
