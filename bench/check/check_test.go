package check_test

import (
	"context"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"weir/bench/backend"
	"weir/bench/check"
	"weir/bench/peers"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A backend that stands in for a peer answers everything and does nothing of a
// proxy's job.
func TestWhatIsNotAProxyIsFound(t *testing.T) {
	b, err := backend.Listen()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- b.Run(ctx) }()
	defer func() { cancel(); <-done }()

	r := &peers.Running{HTTP: b.Addrs.HTTP, HTTPS: b.Addrs.Stream, SNI: b.Addrs.Byte, Metrics: b.Addrs.HTTP}
	err = check.Peer(t.Context(), peers.Peer{Name: "nothing", SNI: true, GRPC: true}, r)
	for _, want := range []string{
		"nothing does not do the job",
		`no "x-forwarded-for: 127.0.0.1"`,
		`no "x-forwarded-proto: http"`,
		`no "x-forwarded-port:"`,
		"tls: ",
		"a client at 127.0.0.2 got 200, want 403",
		"other.example.com got 200, want 404",
		"metrics: 404",
		"TLS for other.example.com from 127.0.0.1 is not closed",
		"TLS for byte.example.com from 127.0.0.2 is not closed",
		"gRPC: ",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error is %v\nwant it to say %q", err, want)
		}
	}
}
