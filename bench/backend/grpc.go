package backend

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"sync"

	"golang.org/x/net/http2"
)

// Bytes that a gRPC client may send before it hears of room. The backend gives
// back what it read when half is used up.
const grpcWindow = 1 << 20

// grpcServer answers each unary call with the same message. It never reads
// header blocks, so it needs no HPACK state: what it sends are literals.
type grpcServer struct {
	listener      net.Listener
	head, trailer []byte // header blocks
	message       []byte
}

// GRPCMessage is a request and an answer of the gRPC backend: a message of
// 64 bytes in the framing of gRPC.
func GRPCMessage() []byte {
	const length = 64
	frame := make([]byte, 5+length)
	binary.BigEndian.PutUint32(frame[1:], length)
	copy(frame[5:], []byte{0x0a, length - 2}) // protobuf: field 1, bytes
	return frame
}

func listenGRPC() (*grpcServer, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("gRPC backend: %w", err)
	}
	const status200 = "\x88" // indexed field 8 of the static table, RFC 7541
	return &grpcServer{
		listener: l,
		head:     literal([]byte(status200), "content-type", "application/grpc"),
		trailer:  literal(nil, "grpc-status", "0"),
		message:  GRPCMessage(),
	}, nil
}

// literal appends a header field that is not indexed (RFC 7541 section 6.2.2).
// Both texts must be shorter than 127 bytes.
func literal(b []byte, name, value string) []byte {
	b = append(append(b, 0, byte(len(name))), name...)
	return append(append(b, byte(len(value))), value...)
}

func (s *grpcServer) addr() string { return s.listener.Addr().String() }

// run serves until ctx ends and closes all connections.
func (s *grpcServer) run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	var serving sync.WaitGroup
	defer serving.Wait()
	defer cancel()
	stop := context.AfterFunc(ctx, func() { s.listener.Close() })
	defer stop()
	for {
		c, err := s.listener.Accept()
		if err != nil {
			return err
		}
		serving.Go(func() {
			stop := context.AfterFunc(ctx, func() { c.Close() })
			defer stop()
			defer c.Close()
			s.serve(c) // an error is the end of the connection
		})
	}
}

// grpcConn is one client.
type grpcConn struct {
	*grpcServer
	in     *bufio.Reader
	out    *bufio.Writer
	framer *http2.Framer
	unread uint32 // bytes of the connection's window that are used up
}

func (s *grpcServer) serve(c net.Conn) error {
	g := &grpcConn{grpcServer: s, in: bufio.NewReaderSize(c, 32<<10), out: bufio.NewWriterSize(c, 32<<10)}
	if _, err := g.in.Discard(len(http2.ClientPreface)); err != nil {
		return err
	}
	g.framer = http2.NewFramer(g.out, g.in)
	g.framer.SetReuseFrames()
	if err := g.framer.WriteSettings(http2.Setting{ID: http2.SettingMaxConcurrentStreams, Val: 1000}); err != nil {
		return err
	}
	if err := g.framer.WriteWindowUpdate(0, grpcWindow); err != nil {
		return err
	}
	for {
		if g.in.Buffered() == 0 {
			if err := g.out.Flush(); err != nil {
				return err
			}
		}
		f, err := g.framer.ReadFrame()
		if err != nil {
			return err
		}
		if err := g.take(f); err != nil {
			return err
		}
	}
}

// take does what a frame asks for.
func (g *grpcConn) take(f http2.Frame) error {
	switch f := f.(type) {
	case *http2.DataFrame:
		if err := g.giveBack(f.Length); err != nil {
			return err
		}
		if f.StreamEnded() {
			return g.respond(f.StreamID)
		}
	case *http2.SettingsFrame:
		if !f.IsAck() {
			return g.framer.WriteSettingsAck()
		}
	case *http2.PingFrame:
		if !f.IsAck() {
			return g.framer.WritePing(true, f.Data)
		}
	case *http2.GoAwayFrame:
		return io.EOF
	}
	return nil
}

// giveBack opens the connection's window again. A call is much smaller than
// its stream's window, which therefore never needs it.
func (g *grpcConn) giveBack(n uint32) error {
	if g.unread += n; g.unread < grpcWindow/2 {
		return nil
	}
	n, g.unread = g.unread, 0
	return g.framer.WriteWindowUpdate(0, n)
}

// respond sends the whole answer to one call. Clients here always leave room
// for it in both windows.
func (g *grpcConn) respond(stream uint32) error {
	if err := g.framer.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: g.head, EndHeaders: true}); err != nil {
		return err
	}
	if err := g.framer.WriteData(stream, false, g.message); err != nil {
		return err
	}
	return g.framer.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: g.trailer, EndHeaders: true, EndStream: true})
}
