package check

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"weir/bench/backend"
	"weir/bench/load"
	"weir/bench/peers"
)

// refusesStrangers checks the access rule.
func refusesStrangers(ctx context.Context, r *peers.Running) error {
	q := question{url: "http://" + r.HTTP, host: peers.WebHost, path: backend.PathSmall, from: stranger}
	if a, err := q.ask(ctx); err == nil && a.status != 403 {
		return fmt.Errorf("a client at %s got %d, want 403", stranger, a.status)
	}
	return nil
}

// routesByName checks that the host name matters.
func routesByName(ctx context.Context, r *peers.Running) error {
	q := question{url: "http://" + r.HTTP, host: "other.example.com", path: backend.PathSmall, from: friend}
	a, err := q.ask(ctx)
	if err == nil && a.status != 404 {
		err = fmt.Errorf("a request for %s got %d, want 404", q.host, a.status)
	}
	return err
}

// counts checks that there are metrics.
func counts(ctx context.Context, r *peers.Running) error {
	q := question{url: "http://" + r.Metrics, host: r.Metrics, path: "/metrics", from: friend}
	a, err := q.ask(ctx)
	if err == nil && (a.status != 200 || len(a.body) == 0) {
		err = fmt.Errorf("metrics: %d with %d bytes, want 200", a.status, len(a.body))
	}
	return err
}

// passesTLS checks that TLS connections go where their server name says, and
// nowhere for strangers and unknown names.
func passesTLS(ctx context.Context, r *peers.Running) error {
	var errs []error
	for _, c := range []struct {
		name, from string
		answered   bool
	}{
		{peers.ByteHost, friend, true}, {peers.StreamHost, friend, true},
		{peers.ByteHost, stranger, false}, {"other.example.com", friend, false},
	} {
		err := firstByte(ctx, r.SNI, c.name, c.from)
		if c.answered && err != nil {
			errs = append(errs, fmt.Errorf("TLS for %s: %w", c.name, err))
		}
		if !c.answered && (err == nil || os.IsTimeout(err)) {
			errs = append(errs, fmt.Errorf("TLS for %s from %s is not closed but: %v", c.name, c.from, err))
		}
	}
	return errors.Join(errs...)
}

// firstByte sends a ClientHello and reads one byte.
func firstByte(ctx context.Context, addr, name, from string) error {
	hello, err := load.ClientHello(name)
	if err != nil {
		return err
	}
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}, Timeout: timeout}
	c, err := dialer.DialContext(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(timeout))
	if _, err := c.Write(hello); err != nil {
		return err
	}
	_, err = c.Read(make([]byte, 1))
	return err
}

// calls checks gRPC with its own client: status and message arrive.
func calls(ctx context.Context, r *peers.Running) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	client, err := grpc.NewClient(r.HTTPS, grpc.WithAuthority(peers.GRPCHost),
		grpc.WithTransportCredentials(credentials.NewTLS(&tls.Config{InsecureSkipVerify: true, ServerName: peers.GRPCHost})))
	if err != nil {
		return fmt.Errorf("gRPC: %w", err)
	}
	defer client.Close()
	var got wrapperspb.BytesValue
	if err := client.Invoke(ctx, "/weir.bench.Echo/Unary", wrapperspb.Bytes(make([]byte, 62)), &got); err != nil {
		return fmt.Errorf("gRPC: %w", err)
	}
	if len(got.Value) == 0 {
		return errors.New("gRPC: the answer is empty")
	}
	return nil
}
