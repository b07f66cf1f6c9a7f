package app

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"weir/internal/testenv"
)

// sorted are the lines of an access log.
func sorted(log *testenv.Output) []string {
	return slices.Sorted(strings.Lines(log.String()))
}

// everything is a server with a WebSocket that echoes one message, gRPC, and the
// rest by HTTP.
func everything(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == "/socket":
		conn, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		defer conn.CloseNow()
		if kind, data, err := conn.Read(r.Context()); err == nil {
			conn.Write(r.Context(), kind, data)
		}
		conn.Close(websocket.StatusNormalClosure, "")
	case strings.HasPrefix(r.Header.Get("Content-Type"), "application/grpc"):
		io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/grpc")
		w.Header().Set("Trailer:Grpc-Status", "5")
	default:
		io.WriteString(w, "hello")
	}
}

// TestEverythingIsInTheAccessLog: what targets answer and what weir does, in every
// protocol.
func TestEverythingIsInTheAccessLog(t *testing.T) {
	s := &http.Server{Handler: http.HandlerFunc(everything), Protocols: &http.Protocols{}}
	s.Protocols.SetHTTP1(true)
	s.Protocols.SetUnencryptedHTTP2(true)
	backend, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve(backend) }()
	defer func() { s.Close(); <-served }()
	passed := testenv.TLSBackend(t, "passed", "tls.test")
	routes := strings.NewReplacer("{web}", backend.Addr().String(), "{dead}", testenv.RefusedAddr(t), "{tls}", passed.Addr).Replace(`
route add web a.test/ http://{web}/
route add call a.test/test.Service/ grpc://{web}/
route add old a.test/old https://x.test$path opts "redirect=301"
route add closed a.test/closed http://{web}/ opts "deny=ip:127.0.0.0/8"
route add locked a.test/locked http://{web}/ opts "auth=nobody"
route add dead a.test/dead http://{dead}/
route add none a.test/none http://{web}/ weight 0
route add pass tls.test/ tcp://{tls}`)
	var out testenv.Output
	a := configured(t, "-registry.static.routes", routes, "-proxy.h2c=true", "-log.access.target=stdout", "-proxy.retry.wait=0",
		"-proxy.addr", "127.0.0.1:0;proto=http,127.0.0.1:0;proto=tcp+sni,127.0.0.1:0;proto=tcp",
		"-log.access.format=$request_proto $request_method $request_host $request_uri $response_status $upstream_service $upstream_attempts $grpc_status $response_body_size")
	a.AccessLog = &out
	at := run(t, a)
	web := at.Listeners[0].String()
	for _, path := range []string{"/", "/old/x", "/closed", "/locked", "/dead", "/none", "/%zz"} {
		fmt.Fprintf(dial(t, at.Listeners[0]), "GET %s HTTP/1.1\r\nHost: a.test\r\n\r\n", path)
	}
	fmt.Fprintf(dial(t, at.Listeners[0]), "GET / HTTP/1.1\r\nHost: b.test\r\n\r\nGET / HTTP/3.1\r\n\r\n")
	if err := invoke(t, web); err == nil {
		t.Error("a call is answered without an error")
	}
	echo(t, web)
	conn, err := tls.Dial("tcp", at.Listeners[1].String(), &tls.Config{ServerName: "tls.test", RootCAs: passed.Roots})
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
	for _, l := range at.Listeners[1:] {
		dial(t, l).Write(testenv.ClientHello(t, "nobody.test"))
	}
	want := []string{
		"HTTP/1.0 GET - / 505 - 0 - ", // and the size of a text
		"HTTP/1.1 GET - /%zz 400 - 0 - ",
		"HTTP/1.1 GET a.test / 200 web 1 - 5\n",
		"HTTP/1.1 GET a.test /closed 403 closed 0 - ",
		"HTTP/1.1 GET a.test /dead 502 dead 1 - ",
		"HTTP/1.1 GET a.test /locked 401 locked 0 - ",
		"HTTP/1.1 GET a.test /none 503 none 0 - ",
		"HTTP/1.1 GET a.test /old/x 301 old 0 - 0\n",
		"HTTP/1.1 GET a.test /socket 101 web 1 - ",
		"HTTP/1.1 GET b.test / 404 - 0 - ",
		"HTTP/2.0 POST a.test /test.Service/Method 200 call 1 5 0\n",
		"TCP - - - - - 0 - 0\n",
		"TLS - nobody.test - - - 0 - 0\n",
		"TLS - tls.test - - pass 1 - ",
	}
	testenv.Eventually(t, 30*time.Second, func() error { return begin(want, sorted(&out)) })
}

// begin reports whether the lines are as many as those that are wanted, and each
// begins like that.
func begin(want, got []string) error {
	if slices.EqualFunc(want, got, func(w, g string) bool { return strings.HasPrefix(g, w) }) {
		return nil
	}
	return fmt.Errorf("the lines are\n%swant\n%s", strings.Join(got, ""), strings.Join(want, "\n"))
}

// echo sends a message on a WebSocket and gets it back.
func echo(t *testing.T, addr string) {
	t.Helper()
	conn, _, err := websocket.Dial(t.Context(), "ws://"+addr+"/socket", &websocket.DialOptions{Host: "a.test"})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.CloseNow()
	if err := conn.Write(t.Context(), websocket.MessageText, []byte("x")); err != nil {
		t.Fatal(err)
	}
	if _, data, err := conn.Read(t.Context()); err != nil || string(data) != "x" {
		t.Fatal(err, data)
	}
	conn.Close(websocket.StatusNormalClosure, "")
	http.DefaultClient.CloseIdleConnections()
}

// TestABadAccessLogIsNamed at the start, and by a check.
func TestABadAccessLogIsNamed(t *testing.T) {
	folder := t.TempDir()
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{"-log.access.format=$nobody"}, "log.access.format: there is no field $nobody"},
		{[]string{"-log.access.filter=status"}, `log.access.filter: "status" is not a condition`},
		{[]string{"-log.access.target=syslog", "-log.access.syslog.addr=log.test"}, "log.access.syslog.addr: "},
		{[]string{"-log.access.target=file", "-log.access.file.path=" + folder}, "log.access.file.path: "},
	} {
		a := configured(t, c.args...)
		if err := a.Run(t.Context()); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%q: error %v, want one with %s", c.args, err, c.says)
		}
		if err := Check(a.Config); !strings.Contains(c.args[0], "file") && (err == nil || !strings.Contains(err.Error(), c.says)) {
			t.Errorf("%q: the check says %v, want %s", c.args, err, c.says)
		}
	}
}
