package app

import (
	"os"
	"path/filepath"
	"testing"
)

func TestProfilesAreWritten(t *testing.T) {
	for mode, file := range map[string]string{"cpu": "cpu.pprof", "mem": "mem.pprof", "mutex": "mutex.pprof", "block": "block.pprof", "trace": "trace.out"} {
		t.Run(mode, func(t *testing.T) {
			dir := t.TempDir()
			t.Run("weir", func(t *testing.T) { run(t, configured(t, "-profile.mode", mode, "-profile.path", dir)) })
			if info, err := os.Stat(filepath.Join(dir, file)); err != nil || info.Size() == 0 {
				t.Errorf("%v, want a profile", err)
			}
		})
	}
}
