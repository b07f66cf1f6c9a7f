package peers

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"
	"go.uber.org/goleak"

	"weir/bench/backend"
	"weir/config"
	"weir/internal/testenv"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func site(t *testing.T) Site {
	t.Helper()
	cert, err := NewCertificate()
	if err != nil {
		t.Fatal(err)
	}
	dir, err := Folder(t.TempDir(), cert)
	if err != nil {
		t.Fatal(err)
	}
	return Site{Dir: dir, Cores: 2, HTTP: 20001, HTTPS: 20002, SNI: 20003, Metrics: 20004, Admin: 20005,
		Backend: backend.Addrs{HTTP: "127.0.0.1:1", GRPC: "127.0.0.1:2", Byte: "127.0.0.1:3", Stream: "127.0.0.1:4"}}
}

func TestConfigurationsNameThePorts(t *testing.T) {
	for _, p := range All() {
		t.Run(p.Name, func(t *testing.T) {
			name, err := p.configure(site(t))
			if err != nil {
				t.Fatal(err)
			}
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			want := []string{"20001", "20002", "20004", "127.0.0.1:1"}
			if p.SNI {
				want = append(want, "20003", "127.0.0.1:3", "127.0.0.1:4")
			}
			if p.GRPC {
				want = append(want, "127.0.0.1:2")
			}
			for _, w := range want {
				if !strings.Contains(string(text), w) {
					t.Errorf("%s lacks %q", filepath.Base(name), w)
				}
			}
		})
	}
}

func TestWeirTakesItsConfiguration(t *testing.T) {
	name, err := Weir().configure(site(t))
	if err != nil {
		t.Fatal(err)
	}
	flags := pflag.NewFlagSet("weir", pflag.ContinueOnError)
	config.AddFlags(flags)
	if err := flags.Parse([]string{"--cfg", name}); err != nil {
		t.Fatal(err)
	}
	conf, warnings, err := config.Load(t.Context(), config.Sources{Flags: flags})
	if err != nil || len(warnings) > 0 {
		t.Fatalf("loading gives %v and warnings %v", err, warnings)
	}
	if routes := strings.Count(conf.Registry.Static.Routes, "\n") + 1; len(conf.Listen) != 3 || routes != 4 {
		t.Errorf("there are %d listeners and %d routes, want 3 and 4: %q", len(conf.Listen), routes, conf.Registry.Static.Routes)
	}
}

func TestFindSaysHowToInstall(t *testing.T) {
	p := HAProxy()
	p.Path = filepath.Join(t.TempDir(), "haproxy")
	if _, err := p.Find(); err == nil || !strings.Contains(err.Error(), "apt-get install haproxy") {
		t.Errorf("error is %v, want one that says how to install it", err)
	}
}

// script is a peer that is a shell script with the ports as arguments.
func script(t *testing.T, text string) Peer {
	t.Helper()
	path := filepath.Join(t.TempDir(), "peer")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+text), 0o700); err != nil {
		t.Fatal(err)
	}
	return Peer{Name: "script", Path: path, template: "weir.properties.tmpl", version: []string{"-v"},
		args: func(config string) []string { return []string{config} }}
}

func TestStartSaysWhyAPeerEnded(t *testing.T) {
	p := script(t, "echo cannot bind >&2; exit 1\n")
	_, err := p.Start(t.Context(), site(t))
	if err == nil || !strings.Contains(err.Error(), "start script: it ended") || !strings.Contains(err.Error(), "cannot bind") {
		t.Errorf("error is %v, want one with what the program printed", err)
	}
}

func TestStopTakesChildrenWithIt(t *testing.T) {
	p := script(t, "sleep 1000 & echo $!; wait\n")
	r := &Running{done: make(chan struct{}), log: &tail{}}
	if err := r.exec(t.Context(), p, Site{Dir: t.TempDir()}, ""); err != nil {
		t.Fatal(err)
	}
	var child int
	testenv.Eventually(t, 10*time.Second, func() (err error) {
		child, err = strconv.Atoi(strings.TrimSpace(r.Log()))
		return err
	})
	r.Stop()
	testenv.Eventually(t, 10*time.Second, func() error {
		if text, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", child)); err == nil && len(text) > 0 {
			return fmt.Errorf("%s is still there", text)
		}
		return nil
	})
}

func TestVersionText(t *testing.T) {
	for printed, want := range map[string]string{
		"HAProxy version 2.6.12-1+deb12u4 2026/10/17 - https://haproxy.org/": "2.6.12-1+deb12u4",
		"nginx version: nginx/1.22.1":                                        "1.22.1",
		"weir version (devel)":                                               "weir version (devel)",
	} {
		p := script(t, "echo '"+printed+"'\n")
		if got := p.VersionText(); got != want {
			t.Errorf("version of %q is %q, want %q", printed, got, want)
		}
	}
}

func TestFreePortsAreApart(t *testing.T) {
	var a, b, c int
	if err := freePorts(&a, &b, &c); err != nil {
		t.Fatal(err)
	}
	if a == b || b == c || a == c {
		t.Errorf("ports are %d, %d and %d", a, b, c)
	}
	for _, port := range []int{a, b, c} {
		l, err := net.Listen("tcp", addr(port))
		if err != nil {
			t.Fatal(err)
		}
		l.Close()
	}
}
