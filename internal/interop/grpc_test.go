package interop

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/encoding/gzip"
	suite "google.golang.org/grpc/interop"
	pb "google.golang.org/grpc/interop/grpc_testing"

	"weir/internal/testenv"
)

// cases are those of gRPC's interoperability suite that need no cloud
// (https://github.com/grpc/grpc/blob/master/doc/interop-test-descriptions.md).
var cases = []struct {
	name string
	run  func(ctx context.Context, cc *grpc.ClientConn)
}{
	{"empty_unary", each(suite.DoEmptyUnaryCall)},
	{"large_unary", each(suite.DoLargeUnaryCall)},
	{"client_compressed_unary", each(suite.DoLargeUnaryCall, grpc.UseCompressor(gzip.Name))},
	{"client_streaming", each(suite.DoClientStreaming)},
	{"client_compressed_streaming", each(suite.DoClientStreaming, grpc.UseCompressor(gzip.Name))},
	{"server_streaming", each(suite.DoServerStreaming)},
	{"server_compressed_streaming", each(suite.DoServerStreaming, grpc.UseCompressor(gzip.Name))},
	{"ping_pong", each(suite.DoPingPong)},
	{"empty_stream", each(suite.DoEmptyStream)},
	{"cancel_after_begin", each(suite.DoCancelAfterBegin)},
	{"cancel_after_first_response", each(suite.DoCancelAfterFirstResponse)},
	{"timeout_on_sleeping_server", each(suite.DoTimeoutOnSleepingServer)},
	{"status_code_and_message", each(suite.DoStatusCodeAndMessage)},
	{"special_status_message", each(suite.DoSpecialStatusMessage)},
	{"custom_metadata", each(suite.DoCustomMetadata)},
	{"unimplemented_method", suite.DoUnimplementedMethod},
	{"unimplemented_service", func(ctx context.Context, cc *grpc.ClientConn) {
		suite.DoUnimplementedService(ctx, pb.NewUnimplementedServiceClient(cc))
	}},
}

// each makes a case of one of the suite's functions.
func each(do func(context.Context, pb.TestServiceClient, ...grpc.CallOption), opts ...grpc.CallOption) func(context.Context, *grpc.ClientConn) {
	return func(ctx context.Context, cc *grpc.ClientConn) { do(ctx, pb.NewTestServiceClient(cc), opts...) }
}

// TestGRPC runs the suite through both listeners to targets of all schemes.
func TestGRPC(t *testing.T) {
	for _, scheme := range []string{"grpcs", "grpc", "h2", "h2c"} {
		addr := startSuite(t, scheme == "grpcs" || scheme == "h2")
		w := startWeir(t, fmt.Sprintf(`route add test %s/ %s://%s/ opts "tlsskipverify=true"`, host, scheme, addr))
		for _, front := range []string{"tls", "plain"} {
			t.Run(front+" to "+scheme, func(t *testing.T) {
				cc := dial(t, w, front == "tls")
				for _, c := range cases {
					t.Run(c.name, func(t *testing.T) {
						ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
						defer cancel()
						judged(t, func() { c.run(ctx, cc) })
					})
				}
			})
		}
	}
}

// startSuite runs the suite's server and returns its address.
func startSuite(t *testing.T, secure bool) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var opts []grpc.ServerOption
	if secure {
		conf := &tls.Config{Certificates: []tls.Certificate{testenv.NewCert(t, host).TLS}}
		opts = append(opts, grpc.Creds(credentials.NewTLS(conf)))
	}
	srv := grpc.NewServer(opts...)
	pb.RegisterTestServiceServer(srv, suite.NewTestServer())
	ended := make(chan error, 1)
	go func() { ended <- srv.Serve(l) }()
	t.Cleanup(func() { srv.Stop(); <-ended })
	return l.Addr().String()
}

// dial connects to a listener of w.
func dial(t *testing.T, w weir, secure bool) *grpc.ClientConn {
	t.Helper()
	addr, creds := w.plain, insecure.NewCredentials()
	if secure {
		addr, creds = w.secure, credentials.NewTLS(w.tlsConfig())
	}
	cc, err := grpc.NewClient("passthrough:///"+addr, grpc.WithTransportCredentials(creds), grpc.WithAuthority(host))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cc.Close() })
	return cc
}
