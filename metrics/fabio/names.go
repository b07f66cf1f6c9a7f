package fabio

import (
	"bytes"
	"fmt"
	"net/url"
	"strings"
	"text/template"

	"weir/route"
)

// Names are the templates of metrics.prefix and metrics.names, read.
type Names struct {
	prefix string
	target *template.Template
}

// where is what metrics.names may say of a route's target.
type where struct {
	TargetURL           *url.URL
	Service, Host, Path string
}

// ParseNames reads the templates. The prefix knows .Hostname and .Exec; target
// knows .Service, .Host, .Path and .TargetURL; both the function clean, which
// makes lower case of a text and _ of its dots and colons.
func ParseNames(prefix, target, hostname, exec string) (*Names, error) {
	if prefix == "default" { // fabio's old way to write it
		prefix = "{{clean .Hostname}}.{{clean .Exec}}"
	}
	begin, err := parse("metrics.prefix", prefix)
	if err != nil {
		return nil, err
	}
	n := &Names{}
	if n.prefix, err = execute(begin, struct{ Hostname, Exec string }{hostname, exec}); err != nil {
		return nil, err
	}
	if n.target, err = parse("metrics.names", target); err != nil {
		return nil, err
	}
	_, err = execute(n.target, where{TargetURL: &url.URL{Host: "127.0.0.1:80"}, Service: "s", Host: "h", Path: "/"})
	return n, err
}

func parse(name, text string) (*template.Template, error) {
	t, err := template.New(name).Funcs(template.FuncMap{"clean": clean}).Option("missingkey=error").Parse(text)
	if err != nil {
		return nil, fmt.Errorf("%s %q: %w", name, text, err)
	}
	return t, nil
}

func execute(t *template.Template, data any) (string, error) {
	var b bytes.Buffer
	if err := t.Execute(&b, data); err != nil {
		return "", fmt.Errorf("%s: %w", t.Name(), err)
	}
	return b.String(), nil
}

// clean makes a part of a name out of any text.
func clean(s string) string {
	if s == "" {
		return "_"
	}
	return strings.ToLower(strings.NewReplacer(".", "_", ":", "_").Replace(s))
}

// of names what is counted for a target by the template of metrics.names.
func (n *Names) of(service, host, path, target string) string {
	u, err := url.Parse(target)
	if err != nil {
		u = &url.URL{Host: target}
	}
	name, err := execute(n.target, where{u, service, host, path})
	if err != nil { // the template was tried with such values
		return service
	}
	return name
}

// place is a target on a route, as fabio labels it.
type place struct{ service, host, path, target string }

func placeOf(r *route.Route, t *route.Target) place {
	return place{t.Service(), r.Host(), r.Path(), t.URL()}
}

func (p place) values() []string { return []string{p.service, p.host, p.path, p.target} }
