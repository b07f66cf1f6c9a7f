package conformance

import (
	"bufio"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"syscall"
)

// answer is what a request brought.
type answer struct {
	closed  bool  // the connection ended, or was refused, without a byte
	err     error // of the connection or the handshake
	status  int
	target  string
	header  http.Header
	body    string
	seen    seen // by the target
	tlsPeer string
}

// ask sends a request as the case writes it, byte for byte, on a connection of
// its own.
func (c *run) ask(r request) answer {
	conn, err := dial(c.proxy.addr(r.Listener))
	if err != nil {
		return answer{closed: true}
	}
	defer conn.Close()
	switch r.Listener {
	case "tcp":
		return c.askLine(conn, r)
	case "http", "admin":
		return c.askHTTP(conn, r)
	}
	secure := tls.Client(conn, &tls.Config{ServerName: r.serverName(), InsecureSkipVerify: true, NextProtos: []string{"http/1.1"}})
	if err := secure.Handshake(); err != nil {
		return answer{err: err, closed: ended(err)}
	}
	a := c.askHTTP(secure, r)
	a.tlsPeer = c.world.peers[string(secure.ConnectionState().PeerCertificates[0].Raw)]
	return a
}

func (r request) serverName() string {
	if r.SNI != nil {
		return *r.SNI
	}
	host, _, err := net.SplitHostPort(r.Host)
	if err != nil {
		return r.Host
	}
	return host
}

// ended reports whether err is the end of the connection.
func ended(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}

// askLine sends the body alone and reads all that comes.
func (c *run) askLine(conn io.ReadWriter, r request) (a answer) {
	io.WriteString(conn, c.expand(r.Body))
	text, err := io.ReadAll(conn)
	if len(text) == 0 {
		return answer{closed: err == nil || ended(err), err: err}
	}
	a.body = string(text)
	a.target, _, _ = strings.Cut(a.body, " ")
	return a
}

func (c *run) askHTTP(conn io.ReadWriter, r request) (a answer) {
	head, rest := c.compose(r)
	io.WriteString(conn, head)
	br := bufio.NewReader(conn)
	resp, err := http.ReadResponse(br, &http.Request{Method: r.Method})
	if err != nil {
		return answer{err: err, closed: ended(err)}
	}
	defer resp.Body.Close()
	a.status, a.header, a.target = resp.StatusCode, resp.Header, resp.Header.Get("X-Target")
	var body []byte
	if resp.StatusCode == http.StatusSwitchingProtocols {
		io.WriteString(conn, rest)
		body, a.err = io.ReadAll(br)
	} else {
		body, a.err = io.ReadAll(resp.Body)
	}
	a.body = string(body)
	if json.Unmarshal(body, &a.seen) != nil {
		a.seen = seen{}
	}
	return a
}

// compose writes a request: what goes out at once, and what only an upgraded
// connection gets.
func (c *run) compose(r request) (head, rest string) {
	method, path, body := r.Method, c.expand(r.Path), c.expand(r.Body)
	if method == "" {
		method = http.MethodGet
	}
	if path == "" {
		path = "/"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\n", method, path, c.expand(r.Host))
	has := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(r.Headers)) {
		fmt.Fprintf(&b, "%s: %s\r\n", name, c.expand(r.Headers[name]))
		has[strings.ToLower(name)] = true
	}
	if !has["connection"] {
		b.WriteString("Connection: close\r\n")
	}
	if has["upgrade"] {
		return b.String() + "\r\n", body
	}
	if body != "" {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(body))
	}
	return b.String() + "\r\n" + body, ""
}
