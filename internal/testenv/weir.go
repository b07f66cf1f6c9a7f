package testenv

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"testing"
)

// sharedWeir is the environment variable in which WeirMain tells the tests of
// its process where weir is.
const sharedWeir = "TESTENV_WEIR"

// WeirMain is ConsulMain for a package whose tests also run weir itself. It is
// built once for all of them.
func WeirMain(m *testing.M) {
	consulMain(m, func(dir string) error {
		binary := filepath.Join(dir, "bin", "weir")
		os.Setenv(sharedWeir, binary)
		return buildWeir(context.Background(), binary)
	})
}

// SharedWeir returns the path of the binary that WeirMain built, which is alone
// in its folder.
func SharedWeir(t testing.TB) string {
	t.Helper()
	binary := os.Getenv(sharedWeir)
	if binary == "" {
		t.Fatal("the package's TestMain must call testenv.WeirMain")
	}
	return binary
}

// BuildWeir builds weir from this tree, with the race detector if the test has
// it, and returns the path of the binary, which is alone in its folder.
func BuildWeir(t testing.TB) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "weir")
	if err := buildWeir(t.Context(), binary); err != nil {
		t.Fatal(err)
	}
	return binary
}

func buildWeir(ctx context.Context, binary string) error {
	args := []string{"build", "-o", binary}
	if underRace() {
		args = append(args, "-race")
	}
	out, err := exec.CommandContext(ctx, "go", append(args, "weir/cmd/weir")...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("build weir: %w\n%s", err, out)
	}
	return nil
}

func underRace() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}
