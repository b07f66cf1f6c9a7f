// Package backend is what the measured proxies forward to: answers made
// beforehand, from one goroutine for each protocol, so that the backend costs
// less than any proxy. It believes its clients and is of no other use.
package backend

import (
	"context"
	"errors"
	"sync"
)

// Addrs are host:port of the running backend.
type Addrs struct {
	HTTP   string // HTTP/1.1: PathSmall, PathLarge, PathSeen
	GRPC   string // gRPC by HTTP/2 without TLS: a fixed answer to each unary call
	Byte   string // one byte for a TLS record, then it closes
	Stream string // Stream bytes for each TLS record
}

// Backend listens on four ports of 127.0.0.1.
type Backend struct {
	Addrs Addrs

	servers []*server
	grpc    *grpcServer
}

// Listen opens the ports. Run must be called once.
func Listen() (*Backend, error) {
	b := &Backend{}
	var errs []error
	for _, s := range []struct {
		addr   *string
		answer answer
		once   bool
	}{
		{&b.Addrs.HTTP, httpAnswer(), false},
		{&b.Addrs.Byte, helloAnswer([]byte{'!'}, 1), true},
		{&b.Addrs.Stream, helloAnswer(make([]byte, Large), Stream/Large), false},
	} {
		server, err := listen(s.answer, s.once)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		*s.addr, b.servers = server.addr(), append(b.servers, server)
	}
	grpc, err := listenGRPC()
	if err == nil {
		b.Addrs.GRPC, b.grpc = grpc.addr(), grpc
	}
	if err := errors.Join(append(errs, err)...); err != nil {
		b.close()
		return nil, err
	}
	return b, nil
}

func (b *Backend) close() {
	for _, s := range b.servers {
		s.close()
	}
	if b.grpc != nil {
		b.grpc.listener.Close()
	}
}

// Run serves until ctx ends and closes all. It returns why it ended.
func (b *Backend) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var running sync.WaitGroup
	for _, s := range b.servers {
		running.Go(func() { cancel(s.run(ctx)) })
	}
	running.Go(func() { cancel(b.grpc.run(ctx)) })
	running.Wait()
	return context.Cause(ctx)
}
