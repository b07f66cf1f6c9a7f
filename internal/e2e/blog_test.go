package e2e

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"weir/internal/testenv"
)

// The names and tags of the job file.
const (
	site       = "mysite-sni-1.com"
	canarySite = "canary." + site
	stableTag  = "urlprefix-" + site + "/ proto=tcp+sni"
	canaryTag  = "urlprefix-" + canarySite + "/ proto=tcp+sni"
)

// blog is the job of the blog post: an HTTPS service behind TCP+SNI.
type blog struct {
	*weir
	t       *testing.T
	consul  *testenv.Consul
	service string
}

// run starts n allocations of a version.
func (b *blog) run(n int, version string, meta map[string]string, tags ...string) (tasks []*task) {
	b.t.Helper()
	for range n {
		tasks = append(tasks, alloc(b.t, b.consul, testenv.TLSBackend(b.t, version, site, canarySite), b.service, meta, tags...))
	}
	return tasks
}

// up waits until a host has this many targets.
func (b *blog) up(host string, n int) {
	b.t.Helper()
	testenv.Eventually(b.t, within, func() error {
		if text := b.weir.api("GET", "/api/routes?raw", "").body; strings.Count(text, " "+host+"/ ") != n {
			return fmt.Errorf("want %d targets of %s in\n%s", n, host, text)
		}
		return nil
	})
}

// only fails unless a host is answered by this version alone.
func (b *blog) only(host, version string) {
	b.t.Helper()
	if got := b.tally(0, "https://"+host+"/", 60); got[version] != 60 {
		b.t.Errorf("%s is answered by %v, want %s", host, got, version)
	}
}

// closed waits until a host gets its connection closed in the handshake.
func (b *blog) closed(host string) {
	b.t.Helper()
	testenv.Eventually(b.t, within, func() error {
		if name, err := b.get(0, "https://"+host+"/"); !errors.Is(err, io.EOF) {
			return fmt.Errorf("%s is answered by %q (%v), want the end of the connection", host, name, err)
		}
		return nil
	})
}

// TestTheScenarioThatStartedThisProject is a canary with the same tags, a
// canary under a name of its own, its promotion, and a blue/green cutover and
// back, on a real agent.
func TestTheScenarioThatStartedThisProject(t *testing.T) {
	t.Parallel()
	c := testenv.SharedConsul(t)
	flags := consulFlags(c, c.Addr)
	flags[slices.Index(flags, "-registry.consul.tagprefix")+1] = "urlprefix-"
	b := &blog{t: t, consul: c, service: c.Name("mysite"), weir: start(t, "tcp+sni", flags...)}

	old := b.run(3, "v1.0.1", nil, stableTag)
	b.up(site, 3)
	b.only(site, "v1.0.1")
	b.closed(canarySite)

	same := b.run(1, "v1.0.2", nil, stableTag)
	b.up(site, 4)
	binomial(t, "the canary with the same tag", b.tally(0, "https://"+site+"/", 400)["v1.0.2"], 400, 0.25)
	same[0].stop()
	b.up(site, 3)

	canary := b.run(1, "v1.0.2", nil, canaryTag)
	b.up(canarySite, 1)
	b.only(canarySite, "v1.0.2")
	b.only(site, "v1.0.1")

	canary[0].promote(stableTag)
	b.up(site, 4)
	b.closed(canarySite)
	binomial(t, "the promoted canary", b.tally(0, "https://"+site+"/", 400)["v1.0.2"], 400, 0.25)
	for _, a := range old {
		a.stop()
	}
	b.up(site, 1)
	b.only(site, "v1.0.2")
	canary[0].stop()

	b.run(3, "blue", map[string]string{"version": "1.0.2"}, stableTag)
	b.run(3, "green", map[string]string{"version": "1.0.3"}, stableTag)
	b.up(site, 6)
	binomial(t, "green without anybody's asking", b.tally(0, "https://"+site+"/", 400)["green"], 400, 0.5)
	b.cutover("1.0.2", "", "blue")
	b.cutover("1.0.3", "blue", "green")
	b.cutover("1.0.2", "green", "blue")
}

// cutover gives one variant everything while a client connects without a pause,
// whose connections must all go to from and then, from one moment on, to to. A
// connection made before stays where it is. An empty from checks only the end.
func (b *blog) cutover(variant, from, to string) {
	b.t.Helper()
	kept := b.keep(site)
	stop, seen := make(chan struct{}), make(chan []string)
	go func() {
		var names []string
		for {
			name, err := b.get(0, "https://"+site+"/")
			if err != nil {
				name = err.Error()
			}
			names = append(names, name)
			select {
			case <-stop:
				seen <- names
				return
			default:
			}
		}
	}()
	out := b.cli("cutover", b.service, variant, "--reason", "scenario")
	close(stop)
	names := <-seen
	if !strings.Contains(out, variant+"=100%") || !strings.Contains(out, "Undo with: weir weight ") {
		b.t.Errorf("weir cutover printed\n%s", out)
	}
	if runs := slices.Compact(names); from != "" && !strings.Contains(from+" "+to, strings.Join(runs, " ")) {
		b.t.Errorf("during the cutover connections went to %q, want %s and then %s", runs, from, to)
	}
	b.only(site, to)
	kept()
}
