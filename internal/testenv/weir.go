package testenv

import (
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"testing"
)

// BuildWeir builds weir from this tree, with the race detector if the test has
// it, and returns the path of the binary, which is alone in its folder.
func BuildWeir(t testing.TB) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "weir")
	args := []string{"build", "-o", binary}
	if underRace() {
		args = append(args, "-race")
	}
	out, err := exec.CommandContext(t.Context(), "go", append(args, "weir/cmd/weir")...).CombinedOutput()
	if err != nil {
		t.Fatalf("build weir: %v\n%s", err, out)
	}
	return binary
}

func underRace() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}
