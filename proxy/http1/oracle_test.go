package http1

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"
)

// heard is a request as net/http understood it, with a rune for each byte of its
// fields.
type heard struct {
	method, target, host, body string
	fields, trailers           []string // "name: value", names in lower case, sorted
}

// oracle has net/http's server read raw. It returns what the handler got, or nil
// when raw is not exactly one request in the eyes of net/http.
func oracle(raw []byte) *heard {
	var got []*heard
	srv := http.Server{DisableGeneralOptionsHandler: true, Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		got = append(got, hear(r))
	})}
	c := &tape{in: bytes.NewReader(raw), closed: make(chan struct{})}
	srv.Serve(&once{conn: c})
	if len(got) != 1 || strings.Contains(c.out.String(), "HTTP/1.1 4") || strings.Contains(c.out.String(), "HTTP/1.1 5") {
		return nil
	}
	return got[0]
}

func hear(r *http.Request) *heard {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil
	}
	return &heard{r.Method, originForm(r), r.Host, string(body), flat(r.Header), flat(r.Trailer)}
}

// originForm is the target without scheme and authority.
func originForm(r *http.Request) string {
	_, rest, absolute := strings.Cut(r.RequestURI, "://")
	if !r.URL.IsAbs() || !absolute {
		return r.RequestURI
	}
	i := strings.IndexAny(rest, "/?")
	switch {
	case i < 0 && r.Method == "OPTIONS":
		return "*"
	case i < 0:
		return "/"
	case rest[i] == '?':
		return "/" + rest[i:]
	}
	return rest[i:]
}

func flat(h http.Header) (fields []string) {
	for name, values := range h {
		for _, v := range values {
			fields = append(fields, strings.ToLower(name)+": "+latin(v))
		}
	}
	slices.Sort(fields)
	return fields
}

// tape is a connection whose other side has sent everything and closed its side.
type tape struct {
	in     *bytes.Reader
	out    bytes.Buffer
	closed chan struct{}
}

func (c *tape) Read(p []byte) (int, error)       { return c.in.Read(p) }
func (c *tape) Write(p []byte) (int, error)      { return c.out.Write(p) }
func (c *tape) Close() error                     { close(c.closed); return nil }
func (c *tape) LocalAddr() net.Addr              { return &net.TCPAddr{} }
func (c *tape) RemoteAddr() net.Addr             { return &net.TCPAddr{} }
func (c *tape) SetDeadline(time.Time) error      { return nil }
func (c *tape) SetReadDeadline(time.Time) error  { return nil }
func (c *tape) SetWriteDeadline(time.Time) error { return nil }

// once is a listener that yields one connection and ends with it.
type once struct {
	conn *tape
	done bool
}

func (l *once) Accept() (net.Conn, error) {
	if l.done {
		<-l.conn.closed
		return nil, io.EOF
	}
	l.done = true
	return l.conn, nil
}
func (l *once) Close() error   { return nil }
func (l *once) Addr() net.Addr { return &net.TCPAddr{} }
