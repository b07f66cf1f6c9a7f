package config_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/spf13/pflag"

	"weir/config"
)

// TestReload changes a file under a process that runs.
func TestReload(t *testing.T) {
	file := filepath.Join(t.TempDir(), "weir.properties")
	write := func(text string) config.Sources {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		flags := pflag.NewFlagSet("test", pflag.ContinueOnError)
		config.AddFlags(flags)
		if err := flags.Parse([]string{"--cfg", file, "--proxy.maxconn", "77"}); err != nil {
			t.Fatal(err)
		}
		return config.Sources{Flags: flags}
	}
	old, _, err := config.Load(t.Context(), write("proxy.addr = :1\nregistry.consul.token = secret\nregistry.timeout = 1s\n"))
	if err != nil {
		t.Fatal(err)
	}
	src := write("proxy.addr = :2,:3\nregistry.consul.token = other\nregistry.timeout = 1000ms\nproxy.header.requestid = X-Id\n")
	now, changes, _, err := config.Reload(t.Context(), src, old)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"proxy.addr", "proxy.header.requestid"}; !slices.Equal(changes.Now, want) {
		t.Errorf("at once change %v, want %v", changes.Now, want)
	}
	if want := []string{"registry.consul.token"}; !slices.Equal(changes.Start, want) {
		t.Errorf("at the next start change %v, want %v", changes.Start, want)
	}
	if len(now.Listen) != 2 || now.Proxy.Header.RequestID != "X-Id" || now.Registry.Consul.Token != "secret" || now.Proxy.MaxConn != 77 {
		t.Errorf("the configuration is %+v", now)
	}
	if _, _, _, err := config.Reload(t.Context(), write("proxy.adr = :2\n"), now); err == nil {
		t.Error("a bad file is taken")
	}
	back, changes, _, err := config.Reload(t.Context(), write("proxy.addr = :2,:3\nregistry.consul.token = secret\nregistry.timeout = 1s\nproxy.header.requestid = X-Id\n"), now)
	if err != nil || len(changes.Now)+len(changes.Start) != 0 || back.Registry.Consul.Token != "secret" {
		t.Errorf("what was taken back changes %+v, %v", changes, err)
	}
}
