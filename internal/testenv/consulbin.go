package testenv

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
)

// ConsulBinary returns the path of a Consul agent: the one that the environment
// variable TEST_CONSUL names, else one built from internal/tools/consul and kept
// in the user's cache. The first build takes minutes; callers in other processes
// wait for it instead of building again.
func ConsulBinary(ctx context.Context) (string, error) {
	if path := os.Getenv("TEST_CONSUL"); path != "" {
		if _, err := os.Stat(path); err != nil {
			return "", fmt.Errorf("TEST_CONSUL: %w", err)
		}
		return path, nil
	}
	tool, err := consulTool()
	if err != nil {
		return "", err
	}
	sums, err := os.ReadFile(filepath.Join(tool, "go.sum"))
	if err != nil {
		return "", err
	}
	cache, err := cacheDir(tool)
	if err != nil {
		return "", err
	}
	binary := filepath.Join(cache, fmt.Sprintf("consul-%.6x", sha256.Sum256(sums)))
	unlock, err := lockFile(binary + ".lock")
	if err != nil {
		return "", err
	}
	defer unlock()
	if _, err := os.Stat(binary); !errors.Is(err, fs.ErrNotExist) {
		return binary, err
	}
	return binary, buildConsul(ctx, tool, binary)
}

// consulTool finds the tool module, upwards from the working directory, which
// in a test is the folder of the package.
func consulTool() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for ; ; dir = filepath.Dir(dir) {
		tool := filepath.Join(dir, "internal", "tools", "consul")
		if _, err := os.Stat(filepath.Join(tool, "go.mod")); err == nil {
			return tool, nil
		}
		if dir == filepath.Dir(dir) {
			return "", errors.New("internal/tools/consul is not above the working directory")
		}
	}
}

// cacheDir is weir's folder in the user's cache, or .cache at the root of the
// module on a machine where the user has none.
func cacheDir(tool string) (string, error) {
	dir, err := os.UserCacheDir()
	if err != nil {
		dir = filepath.Join(tool, "..", "..", "..", ".cache")
	}
	dir = filepath.Join(dir, "weir")
	return dir, os.MkdirAll(dir, 0o755)
}

// lockFile waits until this process alone holds the lock of that name.
func lockFile(name string) (unlock func(), err error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		f.Close()
		return nil, fmt.Errorf("lock %s: %w", name, err)
	}
	return func() { f.Close() }, nil
}

// buildConsul builds into a temporary name first, so that a build that was
// interrupted is never taken for a binary.
func buildConsul(ctx context.Context, tool, binary string) error {
	var out bytes.Buffer
	build := exec.CommandContext(ctx, "go", "build", "-o", binary+".new", "github.com/hashicorp/consul")
	build.Dir, build.Stdout, build.Stderr = tool, &out, &out
	build.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off", "CGO_ENABLED=0")
	if err := build.Run(); err != nil {
		return fmt.Errorf("build consul in %s: %w\n%s", tool, err, out.Bytes())
	}
	return os.Rename(binary+".new", binary)
}
