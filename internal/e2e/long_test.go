package e2e

import (
	"bufio"
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	pb "google.golang.org/grpc/interop/grpc_testing"

	"weir/internal/testenv"
)

// lifetime ends a long connection that nothing else ends.
const lifetime = 5 * time.Minute

// long is a connection that stays open, through weir to an instance.
type long struct {
	kind, version string
	// talk says something and returns which version answers. It fails when the
	// connection is at its end.
	talk func() (version string, err error)
	// ended waits for that end.
	ended func() error
}

// kinds are those of long connections: how one is opened to a weir, and how an
// instance of a version is started that takes it.
var kinds = map[string]struct {
	tag   string // PORT stands for the port of the TCP listener
	serve func(t *testing.T, version string) (addr string)
	open  func(t *testing.T, w *weir) (*long, error)
}{
	"websocket": {"ws.test/", serveSocket, openSocket},
	"grpc":      {"grpc.test/ proto=grpc", serveCalls, openCall},
	"sni": {"sni.test/ proto=tcp+sni", func(t *testing.T, version string) string {
		return testenv.TLSBackend(t, version, "sni.test").Addr
	}, openTLS},
	"tcp": {":PORT proto=tcp", func(t *testing.T, version string) string {
		return testenv.HTTPBackend(t, version).Addr
	}, openTCP},
}

// serveSocket answers each message of a WebSocket with its version.
func serveSocket(t *testing.T, version string) string {
	return testenv.HandlerBackend(t, version, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := websocket.Accept(w, r, nil)
		if err != nil {
			return // Accept has answered
		}
		defer c.CloseNow()
		for {
			if _, _, err := c.Read(r.Context()); err != nil || c.Write(r.Context(), websocket.MessageText, []byte(version)) != nil {
				return
			}
		}
	})).Addr
}

func openSocket(t *testing.T, w *weir) (*long, error) {
	ctx := limited(t)
	c, _, err := websocket.Dial(ctx, "ws://"+w.listen[0]+"/", &websocket.DialOptions{Host: "ws.test"})
	if err != nil {
		return nil, err
	}
	t.Cleanup(func() { c.CloseNow() })
	read := func() (string, error) {
		_, b, err := c.Read(ctx)
		return string(b), err
	}
	return &long{
		talk: func() (string, error) {
			if err := c.Write(ctx, websocket.MessageText, []byte("who?")); err != nil {
				return "", err
			}
			return read()
		},
		ended: func() error { _, err := read(); return err },
	}, nil
}

// calls answers each message of a stream with its version.
type calls struct {
	pb.UnimplementedTestServiceServer
	version string
}

func (c calls) FullDuplexCall(s grpc.BidiStreamingServer[pb.StreamingOutputCallRequest, pb.StreamingOutputCallResponse]) error {
	for {
		if _, err := s.Recv(); err != nil {
			return err
		}
		if err := s.Send(&pb.StreamingOutputCallResponse{Payload: &pb.Payload{Body: []byte(c.version)}}); err != nil {
			return err
		}
	}
}

func serveCalls(t *testing.T, version string) string {
	l, s := listen(t), grpc.NewServer()
	pb.RegisterTestServiceServer(s, calls{version: version})
	ended := make(chan struct{})
	go func() { defer close(ended); s.Serve(l) }()
	t.Cleanup(func() { s.Stop(); <-ended })
	return l.Addr().String()
}

func openCall(t *testing.T, w *weir) (*long, error) {
	conn, err := grpc.NewClient("passthrough:///"+w.listen[0], grpc.WithTransportCredentials(insecure.NewCredentials()), grpc.WithAuthority("grpc.test"))
	if err != nil {
		return nil, err
	}
	t.Cleanup(func() { conn.Close() })
	s, err := pb.NewTestServiceClient(conn).FullDuplexCall(limited(t))
	if err != nil {
		return nil, err
	}
	read := func() (string, error) {
		m, err := s.Recv()
		return string(m.GetPayload().GetBody()), err
	}
	return &long{
		talk: func() (string, error) {
			if err := s.Send(&pb.StreamingOutputCallRequest{}); err != nil {
				return "", err
			}
			return read()
		},
		ended: func() error { _, err := read(); return err },
	}, nil
}

func openTLS(t *testing.T, w *weir) (*long, error) {
	c := tls.Client(dial(t, w.listen[1]), &tls.Config{ServerName: "sni.test", InsecureSkipVerify: true}) // each instance has its own
	return overHTTP(c), nil
}

func openTCP(t *testing.T, w *weir) (*long, error) { return overHTTP(dial(t, w.listen[2])), nil }

// overHTTP talks to a server of HTTP by what is no HTTP to weir.
func overHTTP(c net.Conn) *long {
	c.SetDeadline(time.Now().Add(lifetime))
	r := bufio.NewReader(c)
	return &long{
		talk:  func() (string, error) { return testenv.Exchange(c, r, "any.test") },
		ended: func() error { _, err := io.Copy(io.Discard, r); return err },
	}
}

func limited(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), lifetime)
	t.Cleanup(cancel)
	return ctx
}

// isBroken reports whether a TCP connection ended by a reset.
func isBroken(err error) bool { return err != nil && strings.Contains(err.Error(), "connection reset") }
