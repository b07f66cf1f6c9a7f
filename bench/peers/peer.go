// Package peers starts the proxies that are measured, each set up by a template
// beside its Go file for the same job: routes by host and path to one backend,
// X-Forwarded-For, -Host, -Port and -Proto, an access rule that lets 127.0.0.1
// in, metrics on, access log off, as many threads as there are cores.
package peers

import (
	"embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"text/template"

	"weir/bench/backend"
)

//go:embed *.tmpl
var templates embed.FS

// Host names that the peers route.
const (
	WebHost    = "bench.example.com"
	GRPCHost   = "grpc.example.com"
	ByteHost   = "byte.example.com"
	StreamHost = "stream.example.com"
)

// Peer is a proxy.
type Peer struct {
	Name    string
	Path    string // of its program
	Install string // how to get the program
	SNI     bool   // passes TLS through by server name
	GRPC    bool   // forwards gRPC to a backend by HTTP/2 without TLS
	GoMem   bool   // its metrics hold go_memstats_mallocs_total

	template string   // name in this folder
	version  []string // arguments with which it prints its version
	args     func(config string) []string
}

// All returns the peers in the order of the report. Path is the name of the
// program, to be found by Find.
func All() []Peer { return []Peer{Weir(), HAProxy(), NGINX(), Caddy(), Fabio()} }

// Find looks for the program and returns its path, or says how to get it.
func (p Peer) Find() (string, error) {
	path, err := exec.LookPath(p.Path)
	if err != nil {
		return "", fmt.Errorf("%s is missing: %s", p.Name, p.Install)
	}
	return filepath.Abs(path)
}

// VersionText is the version of the program.
func (p Peer) VersionText() string {
	out, err := exec.Command(p.Path, p.version...).CombinedOutput()
	if err != nil {
		return "unknown: " + err.Error()
	}
	if number := regexp.MustCompile(`\d+(\.\d+)+[^\s/]*`).Find(out); number != nil {
		return string(number)
	}
	first, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	return first
}

// Site is what a configuration is made of.
type Site struct {
	Dir     string // of its files; cert.pem, key.pem and both.pem are there
	Cores   int
	Backend backend.Addrs

	HTTP, HTTPS, SNI, Metrics, Admin int // ports of 127.0.0.1

	Modules string // folder of nginx's loadable modules; empty: nothing to load
}

// Constants of the templates.
func (Site) WebHost() string     { return WebHost }
func (Site) GRPCHost() string    { return GRPCHost }
func (Site) ByteHost() string    { return ByteHost }
func (Site) StreamHost() string  { return StreamHost }
func (Site) MetricsPath() string { return "/metrics" }

// configure writes the peer's configuration and returns its path.
func (p Peer) configure(s Site) (string, error) {
	parsed, err := template.ParseFS(templates, p.template)
	if err != nil {
		return "", err
	}
	name := filepath.Join(s.Dir, strings.TrimSuffix(p.template, ".tmpl"))
	f, err := os.Create(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	if err := parsed.Execute(f, s); err != nil {
		return "", err
	}
	return name, f.Close()
}
