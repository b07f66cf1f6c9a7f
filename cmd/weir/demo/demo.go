package demo

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"weir/cmd/weir/app"
	"weir/config"
	"weir/registry/inproc"
	"weir/route"
)

// The names that the demo serves.
const (
	host       = "web.example.com"
	canaryHost = "canary.web.example.com"
	tlsHost    = "tls.example.com"
	canaryTLS  = "canary.tls.example.com"
)

// Command is "weir demo".
func Command(version string) *cobra.Command {
	var consulAddr string
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Serve two versions of a service on loopback and print what to try",
		Long: `Starts three instances of v1 and one of v2, over HTTP and over TLS, and weir in
front of them: HTTP on 127.0.0.1:9999, TCP+SNI on 127.0.0.1:9996, admin on
127.0.0.1:9998. Nothing else is needed; with --consul the instances are
registered in a running Consul agent, and weir learns of them from there.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return run(cmd.Context(), cmd.OutOrStdout(), consulAddr, version)
		},
	}
	cmd.Flags().StringVar(&consulAddr, "consul", "", "address of a running Consul agent, such as 127.0.0.1:8500")
	return cmd
}

// run serves the demo until ctx ends.
func run(ctx context.Context, out io.Writer, consulAddr, version string) error {
	dir, err := os.MkdirTemp("", "weir-demo")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	backends, instances, err := start()
	if err != nil {
		return err
	}
	life, end := context.WithCancel(context.WithoutCancel(ctx))
	var running sync.WaitGroup
	defer running.Wait()
	defer end()
	for _, b := range backends {
		running.Go(func() { b.run(life) })
	}
	weir, err := newApp(consulAddr, dir, version)
	if err != nil {
		return err
	}
	if consulAddr == "" {
		source := inproc.New()
		source.Set(instances)
		weir.Source = source
	} else {
		leave, err := register(consulAddr, instances)
		if err != nil {
			return err
		}
		defer leave()
	}
	weir.Started = func(app.Addresses) { fmt.Fprint(out, text(os.Args[0])) }
	return weir.Run(ctx)
}

// newApp configures weir as a command line would.
func newApp(consulAddr, dir, version string) (*app.App, error) {
	args := []string{
		"-proxy.addr", "127.0.0.1:9999;proto=http,127.0.0.1:9996;proto=tcp+sni",
		"-ui.addr", "127.0.0.1:9998",
		"-proxy.shutdownwait", "1s",
		"-log.level", "WARN",
	}
	if consulAddr == "" {
		args = append(args, "-registry.backend", "static", "-store.path", filepath.Join(dir, "weights.db"))
	} else {
		args = append(args, "-registry.consul.addr", consulAddr, "-store.consul.prefix", prefix, "-registry.consul.register.enabled=false")
	}
	flags := pflag.NewFlagSet("demo", pflag.ContinueOnError)
	config.AddFlags(flags)
	if err := flags.Parse(config.NormalizeArgs(args)); err != nil {
		return nil, err
	}
	conf, _, err := config.Load(context.Background(), config.Sources{Flags: flags})
	if err != nil {
		return nil, err
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: conf.Log.Level}))
	return &app.App{Config: conf, Version: version, Log: log}, nil
}

// start makes the instances: web over HTTP and tls over TLS.
func start() ([]*backend, []route.Instance, error) {
	cert, err := selfSigned(tlsHost, canaryTLS)
	if err != nil {
		return nil, nil, err
	}
	var backends []*backend
	var instances []route.Instance
	for i, version := range []string{"v1", "v1", "v1", "v2"} {
		for _, service := range []string{"web", "tls"} {
			id := fmt.Sprintf("%s-%d", service, i+1)
			tags := []string{"urlprefix-" + host + "/", "version=" + version}
			certificate := cert
			if service == "web" {
				certificate = nil
			} else {
				tags[0] = "urlprefix-" + tlsHost + "/ proto=tcp+sni"
			}
			if version == "v2" {
				tags = append(tags, map[string]string{"web": "urlprefix-" + canaryHost + "/", "tls": "urlprefix-" + canaryTLS + "/ proto=tcp+sni"}[service])
			}
			b, err := newBackend(id, version, certificate)
			if err != nil {
				return nil, nil, err
			}
			backends = append(backends, b)
			instances = append(instances, route.Instance{Service: service, ID: id, Node: "demo", Datacenter: "dc1",
				Address: "127.0.0.1", Port: b.port(), Tags: tags, Up: true})
		}
	}
	return backends, instances, nil
}
