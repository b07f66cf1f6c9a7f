package proxy

import (
	"context"
	"fmt"
	"net"

	"weir/proxy/tcp"
)

// socket is a listening socket in the form in which a protocol takes connections
// from it.
type socket interface {
	Addr() net.Addr
	// next takes one connection and starts it. The error is net.ErrClosed after
	// close; any other passes. One goroutine calls it.
	next(*Server, *door) error
	// convert returns the socket in the form that conf takes connections in, as a
	// descriptor of its own; nil when it has that form.
	convert(conf *Listener) (socket, error)
	close() error
}

// netSocket gives connections of package net.
type netSocket struct{ *net.TCPListener }

// rawSocket gives connections that a tcp.Poller runs.
type rawSocket struct{ *tcp.Listener }

func (s netSocket) close() error { return s.Close() }
func (s rawSocket) close() error { return s.Close() }

func (s netSocket) convert(conf *Listener) (socket, error) {
	switch {
	case conf.Proto == "tcp-dynamic":
		return newPortsSocket(conf)
	case !conf.raw():
		return nil, nil
	}
	l, err := tcp.Share(s.TCPListener)
	if err != nil {
		return nil, err
	}
	return rawSocket{l}, nil
}

func (s rawSocket) convert(conf *Listener) (socket, error) {
	switch {
	case conf.Proto == "tcp-dynamic":
		return newPortsSocket(conf)
	case conf.raw():
		return nil, nil
	}
	l, err := s.Net()
	if err != nil {
		return nil, err
	}
	return netSocket{l}, nil
}

// listen opens the socket of a listener.
func listen(ctx context.Context, conf *Listener) (socket, error) {
	if conf.Proto == "tcp-dynamic" {
		return newPortsSocket(conf)
	}
	return listenAt(ctx, conf, conf.Addr)
}

// listenAt opens a socket as conf wants it at another address.
func listenAt(ctx context.Context, conf *Listener, addr string) (socket, error) {
	if conf.raw() {
		l, err := tcp.Listen(ctx, addr)
		if err != nil {
			return nil, err
		}
		return rawSocket{l}, nil
	}
	config := net.ListenConfig{KeepAlive: -1}
	l, err := config.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	return netSocket{l.(*net.TCPListener)}, nil
}

// raw reports whether the connections of a listener begin in the tcp engine.
func (l *Listener) raw() bool {
	switch l.Proto {
	case "tcp":
		return l.TLS == nil
	case "tcp+sni", "https+tcp+sni":
		return true
	}
	return false
}

func checkProto(proto string) error {
	switch proto {
	case "http", "https", "tcp", "tcp+sni", "https+tcp+sni", "tcp-dynamic", "prometheus":
		return nil
	}
	return fmt.Errorf("protocol %q, want http, https, tcp, tcp+sni, https+tcp+sni, tcp-dynamic or prometheus", proto)
}
