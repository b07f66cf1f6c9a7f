package controller_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"weir/rollout"
	"weir/route"
)

// onHost is the lines of a proxy's table that begin with a host.
func (p *proxy) onHost(host string) string {
	var lines []string
	for line := range strings.Lines(p.table()) {
		if strings.HasPrefix(line, host) {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	return strings.Join(lines, "\n")
}

// TestThePolicyMakesAnIsolatedHostname for a candidate whose tags are stable's, as
// long as its instances are there.
func TestThePolicyMakesAnIsolatedHostname(t *testing.T) {
	const tags = "urlprefix-a.test/ strip=/x|urlprefix-a.test:8443/api proto=tcp+sni weight=0.5|urlprefix-:9000 proto=tcp|urlprefix-/all"
	synctest.Test(t, func(t *testing.T) {
		var v1, v2 []route.Instance
		for version, list := range map[string]*[]route.Instance{"v1": &v1, "v2": &v2} {
			for _, in := range instances(version, 2) {
				in.Tags = append(strings.Split(tags, "|"), "version="+version)
				*list = append(*list, in)
			}
		}
		p := newFleet().start(t, memory(t), "edge-1", v1)
		p.put(t, "web", byHand+"\ncanary_host: 'canary.{host}'")
		time.Sleep(time.Minute)
		if got := p.onHost("canary."); got != "" {
			t.Errorf("without a candidate there is %s", got)
		}
		p.source.Set(slices.Concat(v1, v2))
		time.Sleep(time.Minute)
		const want = `canary.a.test:8443/api  web/canary  50%  tcp://10.0.2.1:80  variant=canary
canary.a.test:8443/api  web/canary  50%  tcp://10.0.2.2:80  variant=canary
canary.a.test/  web/canary  50%  10.0.2.1:80  strip=/x variant=canary
canary.a.test/  web/canary  50%  10.0.2.2:80  strip=/x variant=canary`
		if got := p.onHost("canary."); got != want {
			t.Errorf("the candidate has\n%s\nwant\n%s", got, want)
		}
		for _, source := range []string{":9000", "/all"} {
			if !slices.ContainsFunc(p.publisher.Problems(), func(problem route.Problem) bool {
				return problem.Source == "policy" && strings.Contains(problem.Reason, "the route "+source+" has no host")
			}) {
				t.Errorf("no problem names %s: %v", source, p.publisher.Problems())
			}
		}
		p.do(t, rollout.Command{Verb: rollout.Abort})
		time.Sleep(time.Minute)
		if got := p.onHost("canary."); got != want {
			t.Errorf("after an abort it has\n%s", got)
		}
		p.source.Set(v1)
		time.Sleep(time.Minute)
		if got := p.onHost("canary."); got != "" {
			t.Errorf("after the candidate left there is\n%s", got)
		}
	})
}

// TestATagMayMakeTheIsolatedHostnameToo: the policy adds nothing to it, nor does
// it make one of the isolated one.
func TestATagMayMakeTheIsolatedHostnameToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stable := tagged("web", "s1", "urlprefix-a.test/", "version=v1")
		canary := tagged("web", "canary1", "urlprefix-a.test/ variant=canary", "urlprefix-canary.a.test/ strip=/y", "version=v2")
		p := newFleet().start(t, memory(t), "edge-1", []route.Instance{stable, canary})
		p.put(t, "web", byHand+"\ncanary_host: 'canary.{host}'")
		time.Sleep(time.Minute)
		if got := p.onHost("canary."); got != "canary.a.test/  web/canary  100%  10.0.0.1:1007  strip=/y variant=canary" {
			t.Error(got)
		}
	})
}

// TestStableIsLost for the candidate serves alone, or its own clients alone where
// the policy says so. Neither is a promotion.
func TestStableIsLost(t *testing.T) {
	for guard, want := range map[string]string{"fail_open": "canary 100%", "fail_closed": "canary 10% stable 0%"} {
		synctest.Test(t, func(t *testing.T) {
			p := newFleet().start(t, memory(t), "edge-1", instances("v1", 1))
			p.put(t, "web", strings.Replace(short, "guards: {", "guards: {stable_lost: "+guard+", ", 1))
			p.at(t, rollout.Healthy, "stable 100%")
			both := slices.Concat(instances("v1", 1), instances("v2", 1))
			p.source.Set(both)
			p.at(t, rollout.Progressing, "canary 10% stable 90%")
			p.source.Set(instances("v2", 1))
			p.at(t, rollout.Progressing, want)
			time.Sleep(time.Hour)
			if s := p.at(t, rollout.Progressing, want); s.Phase != rollout.StableLost || s.Weight != 1000 {
				t.Errorf("%s: %s at %s", guard, s.Phase, s.Weight)
			}
			p.source.Set(both)
			p.at(t, rollout.Progressing, "canary 10% stable 90%")
		})
	}
}
