package http2

import (
	"bytes"
	"encoding/json"
	"net"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestH2Spec runs every case of h2spec, the strict ones too.
func TestH2Spec(t *testing.T) {
	tool := filepath.Join(t.TempDir(), "h2spec")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", tool, ".")
	build.Dir = "../../internal/tools/h2spec"
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build of h2spec: %v\n%s", err, out)
	}
	t.Run("plain", func(t *testing.T) { h2spec(t, tool, serve(t, handle(answer), false)) })
	t.Run("tls", func(t *testing.T) { h2spec(t, tool, serve(t, handle(answer), true)) })
}

func h2spec(t *testing.T, tool string, f *front) {
	t.Parallel()
	_, port, _ := net.SplitHostPort(f.addr)
	args := []string{port}
	if f.conf != nil {
		args = append(args, "tls")
	}
	cmd := exec.CommandContext(t.Context(), tool, args...)
	var log bytes.Buffer
	cmd.Stderr = &log
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("h2spec: %v\n%s", err, log.Bytes())
	}
	passed := 0
	for dec := json.NewDecoder(bytes.NewReader(out)); dec.More(); {
		var r struct {
			Case, Desc, Error string
			Skipped           bool
		}
		if err := dec.Decode(&r); err != nil {
			t.Fatal(err)
		}
		t.Run(r.Case, func(t *testing.T) {
			if r.Error != "" || r.Skipped {
				t.Errorf("%s: skipped %v\n%s", r.Desc, r.Skipped, r.Error)
			}
		})
		passed++
	}
	if passed < 145 {
		t.Errorf("only %d cases were run", passed)
	}
}
