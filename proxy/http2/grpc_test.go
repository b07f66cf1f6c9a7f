package http2

import (
	"context"
	"errors"
	"io"
	"net"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	pb "google.golang.org/grpc/interop/grpc_testing"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// grpcTarget echoes payloads. A status asked for is the answer.
type grpcTarget struct {
	pb.UnimplementedTestServiceServer
	canceled chan error
}

func (g *grpcTarget) UnaryCall(ctx context.Context, in *pb.SimpleRequest) (*pb.SimpleResponse, error) {
	if s := in.GetResponseStatus(); s != nil {
		return nil, status.Error(codes.Code(s.Code), s.Message)
	}
	md, _ := metadata.FromIncomingContext(ctx)
	grpc.SetTrailer(ctx, metadata.Pairs("x-back-bin", string(md.Get("x-there-bin")[0])))
	return &pb.SimpleResponse{Payload: in.Payload}, nil
}

func (g *grpcTarget) FullDuplexCall(s grpc.BidiStreamingServer[pb.StreamingOutputCallRequest, pb.StreamingOutputCallResponse]) error {
	for {
		in, err := s.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			g.canceled <- err
			return err
		}
		if err := s.Send(&pb.StreamingOutputCallResponse{Payload: in.Payload}); err != nil {
			return err
		}
	}
}

func startGRPC(t *testing.T, secure bool) (pb.TestServiceClient, *grpcTarget) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv, g := grpc.NewServer(), &grpcTarget{canceled: make(chan error, 1)}
	pb.RegisterTestServiceServer(srv, g)
	ended := make(chan struct{})
	go func() { defer close(ended); srv.Serve(l) }()
	t.Cleanup(func() { srv.Stop(); joined(t, "a target", func() { <-ended }) })
	c := chainTo(t, target{url: "grpc://" + l.Addr().String()}, secure)
	return pb.NewTestServiceClient(dialGRPC(t, c)), g
}

func dialGRPC(t *testing.T, c *chain) *grpc.ClientConn {
	t.Helper()
	creds := insecure.NewCredentials()
	if c.conf != nil {
		creds = credentials.NewTLS(c.conf)
	}
	conn, err := grpc.NewClient("passthrough:///"+c.addr, grpc.WithTransportCredentials(creds))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func TestGRPC(t *testing.T) {
	bothWays(t, func(t *testing.T, secure bool) {
		client, g := startGRPC(t, secure)
		t.Run("unary", func(t *testing.T) { unary(t, client) })
		t.Run("status", func(t *testing.T) { statusOf(t, client) })
		t.Run("bidi", func(t *testing.T) { bidi(t, client) })
		t.Run("cancel", func(t *testing.T) { cancelStream(t, client, g) })
		t.Run("unimplemented", func(t *testing.T) {
			if _, err := client.EmptyCall(limited(t), &pb.Empty{}); status.Code(err) != codes.Unimplemented {
				t.Error(err)
			}
		})
	})
}

func unary(t *testing.T, client pb.TestServiceClient) {
	for _, size := range []int{0, 10, 20000, 271828, 3 << 20} {
		ctx := metadata.AppendToOutgoingContext(limited(t), "x-there-bin", "\x00\xff\n")
		var trailer metadata.MD
		out, err := client.UnaryCall(ctx, &pb.SimpleRequest{Payload: &pb.Payload{Body: make([]byte, size)}}, grpc.Trailer(&trailer))
		if err != nil {
			t.Fatal(err)
		}
		if len(out.Payload.Body) != size || trailer.Get("x-back-bin")[0] != "\x00\xff\n" {
			t.Errorf("%d bytes of %d, trailer %q", len(out.Payload.Body), size, trailer)
		}
	}
}

func statusOf(t *testing.T, client pb.TestServiceClient) {
	const text = "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n"
	_, err := client.UnaryCall(limited(t), &pb.SimpleRequest{ResponseStatus: &pb.EchoStatus{Code: 9, Message: text}})
	if s := status.Convert(err); s.Code() != 9 || s.Message() != text {
		t.Errorf("status %v", s)
	}
}

func bidi(t *testing.T, client pb.TestServiceClient) {
	s, err := client.FullDuplexCall(limited(t))
	if err != nil {
		t.Fatal(err)
	}
	for size := range 50 {
		body := make([]byte, size*1000)
		if err := s.Send(&pb.StreamingOutputCallRequest{Payload: &pb.Payload{Body: body}}); err != nil {
			t.Fatal(err)
		}
		in, err := s.Recv()
		if err != nil || len(in.Payload.GetBody()) != len(body) {
			t.Fatal(in, err)
		}
	}
	s.CloseSend()
	if _, err := s.Recv(); err != io.EOF {
		t.Error(err)
	}
}

func cancelStream(t *testing.T, client pb.TestServiceClient, g *grpcTarget) {
	ctx, cancel := context.WithCancel(limited(t))
	s, err := client.FullDuplexCall(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Send(&pb.StreamingOutputCallRequest{Payload: &pb.Payload{Body: []byte("x")}}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Recv(); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := next(t, g.canceled); status.Code(err) != codes.Canceled { // the target is told
		t.Error(err)
	}
}
