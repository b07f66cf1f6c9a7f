package interop

import (
	"fmt"
	"testing"

	"go.uber.org/goleak"
	"google.golang.org/grpc/grpclog"
)

func TestMain(m *testing.M) {
	grpclog.SetLoggerV2(verdict{grpclog.NewLoggerV2(discard{}, discard{}, discard{})})
	goleak.VerifyTestMain(m)
}

// discard throws gRPC's log away.
type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

// failure is what a case of the suite says when it fails.
type failure string

// verdict is a logger that makes a panic of what the suite's cases do when they
// fail: end the process.
type verdict struct{ grpclog.LoggerV2 }

func (verdict) Fatal(args ...any)                 { panic(failure(fmt.Sprint(args...))) }
func (verdict) Fatalln(args ...any)               { panic(failure(fmt.Sprintln(args...))) }
func (verdict) Fatalf(format string, args ...any) { panic(failure(fmt.Sprintf(format, args...))) }

// judged calls do and fails the test with what the suite found.
func judged(t *testing.T, do func()) {
	t.Helper()
	defer func() {
		if r := recover(); r != nil {
			text, ok := r.(failure)
			if !ok {
				panic(r)
			}
			t.Error(string(text))
		}
	}()
	do()
}
