package config_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"weir/config"
)

func TestNormalizeArgs(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"-proxy.addr :80", "--proxy.addr=:80"},
		{"-proxy.addr=:80", "--proxy.addr=:80"},
		{"--proxy.addr :80", "--proxy.addr=:80"},
		{"-runtime.gomaxprocs -1", "--runtime.gomaxprocs=-1"},
		{"-proxy.addr", "--proxy.addr"},
		{"-cfg f -insecure", "--cfg=f --insecure=true"},
		{"-insecure true -ui.access ro", "--insecure=true --ui.access=ro"},
		{"-insecure FALSE", "--insecure=FALSE"},
		{"-insecure routes", "--insecure=true routes"},
		{"-insecure=false", "--insecure=false"},
		{"-v", "--version"},
		{"-version", "--version"},
		{"--version", "--version"},
		{"-h", "-h"},
		{"-help", "--help"},
		{"-proxy.adr :80", "--unknown-key=proxy.adr=:80"},
		{"-proxy.adr -v", "--unknown-key=proxy.adr --version"},
		{"-Proxy.Addr :80", "--unknown-key=Proxy.Addr=:80"},
		{"routes -json -v x", "routes -json -v x"},
		{"weight set web canary 10% -reason tried", "weight set web canary 10% -reason tried"},
		{"check -cfg f -ui.access ro", "check --cfg=f --ui.access=ro"},
		{"check -v", "check -v"},
		{"check a -cfg f", "check a --cfg=f"},
		{"-ui.access ro check -cfg f", "--ui.access=ro check --cfg=f"},
		{"-- -cfg f", "-- -cfg f"},
		{"- -cfg f", "- -cfg f"},
	} {
		in := strings.Fields(c.in)
		if got := config.NormalizeArgs(in, "check"); strings.Join(got, " ") != c.want {
			t.Errorf("%s: got %q, want %q", c.in, got, c.want)
		}
		if !slices.Equal(in, strings.Fields(c.in)) {
			t.Errorf("%s: the arguments were changed to %q", c.in, in)
		}
	}
}

// The server is the root command, so a value must not be taken for a command.
func TestArgsWorkWithCobra(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"-proxy.strategy", "rr", "-insecure", "true", "-ui.path", "routes"}, "server rr"},
		{[]string{"-proxy.strategy=rr", "check", "-ui.access", "ro"}, "check rr"},
		{[]string{"check", "-proxy.strategy", "rr"}, "check rr"},
		{[]string{"routes", "rr"}, "routes rr"},
	} {
		var got string
		run := func(name string) func(*cobra.Command, []string) error {
			return func(cmd *cobra.Command, _ []string) error {
				cfg, _, err := config.Load(cmd.Context(), config.Sources{Flags: cmd.Flags()})
				if err == nil {
					got = name + " " + cfg.Proxy.Strategy
				}
				return err
			}
		}
		root := &cobra.Command{Use: "weir", Args: cobra.NoArgs, RunE: run("server"), Version: "1"}
		check := &cobra.Command{Use: "check", RunE: run("check")}
		config.AddFlags(root.Flags())
		config.AddFlags(check.Flags())
		root.AddCommand(check, &cobra.Command{Use: "routes", RunE: func(_ *cobra.Command, args []string) error {
			got = "routes " + args[0]
			return nil
		}})
		root.SetArgs(config.NormalizeArgs(c.args, "check"))
		if err := root.ExecuteContext(t.Context()); err != nil || got != c.want {
			t.Errorf("%q: got %q, %v, want %q", c.args, got, err, c.want)
		}
	}
}
