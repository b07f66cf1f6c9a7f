package procfs_test

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"go.uber.org/goleak"

	"weir/bench/procfs"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// stat writes the fields up to cstime.
func stat(name, parent, times string) string {
	return "1 (" + name + ") S " + parent + " 1 1 0 -1 0 0 0 0 0 " + times + " 20 0 1 0 5 0 0"
}

func proc(files map[string]string) procfs.FS {
	root := fstest.MapFS{}
	for name, text := range files {
		root[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return procfs.FS{Root: root}
}

func TestTree(t *testing.T) {
	p := proc(map[string]string{
		"version":    "not a process",
		"10/stat":    stat("nginx: master", "1", "1 2 3 4"),
		"10/status":  "Name:\tnginx\nVmRSS:\t    2048 kB\nThreads:\t1\n",
		"11/stat":    stat("odd) name (", "10", "10 20 0 0"),
		"11/status":  "VmRSS:\t1024 kB\n",
		"12/stat":    stat("grandchild", "11", "100 0 0 0"),
		"12/status":  "Name:\tended and not waited for\n",
		"100/stat":   stat("another", "1", "7000 0 0 0"),
		"100/status": "VmRSS:\t99999 kB\n",
	})
	got, err := p.Tree(10)
	if want := (procfs.Usage{CPU: 1400 * time.Millisecond, RSS: 3 << 20}); err != nil || got != want {
		t.Errorf("usage is %+v, %v, want %+v", got, err, want)
	}
}

func TestTreeNamesWhatIsWrong(t *testing.T) {
	for name, c := range map[string]struct{ file, want string }{
		"no such process": {stat("init", "0", "1 1 1 1"), "process 10 is not in /proc"},
		"cut short":       {"10 (x) S 1", "/proc/1/stat"},
		"not a number":    {stat("x", "0", "1 one 1 1"), "one"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := proc(map[string]string{"1/stat": c.file}).Tree(10)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error is %v, want one with %q", err, c.want)
			}
		})
	}
}

func TestTreeOfThisProcess(t *testing.T) {
	u, err := procfs.Machine().Tree(os.Getpid())
	if err != nil || u.RSS < 1<<20 {
		t.Errorf("usage is %+v, %v, want at least 1 MiB resident", u, err)
	}
}
