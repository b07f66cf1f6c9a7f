package policy

import (
	"fmt"
	"slices"
	"strings"

	"weir/rollout/verdict"
	"weir/route"
)

// checker collects what is wrong with a policy as a whole.
type checker struct{ problems Problems }

func (c *checker) wrong(path, value, want string) {
	c.problems = append(c.problems, Problem{Path: path, Value: value, Want: want})
}

// unless notes a problem if ok is false.
func (c *checker) unless(ok bool, path, value, want string) {
	if !ok {
		c.wrong(path, value, want)
	}
}

// check finds what is wrong although each value can be read.
func (p *Policy) check() Problems {
	c := &checker{}
	c.scope(p)
	c.cohort(&p.Cohort)
	for i := range p.Match {
		c.match(&p.Match[i], fmt.Sprintf("match[%d]", i))
	}
	c.analysis(p)
	c.steps(p)
	c.unless(p.Group == "" || isToken(p.Group), "group", p.Group, "want a name of letters, digits and signs without blanks, quotes and slashes")
	c.times(p)
	return c.problems
}

// scope checks what the policy is for, and its isolated hostname.
func (c *checker) scope(p *Policy) {
	if p.Route != "" && p.Service != "" {
		c.wrong("service", p.Service, "want either a route or a service, and route is given, too")
	}
	if _, err := route.ParseTag("", "", p.Route); p.Route != "" && (err != nil || strings.Contains(p.Route, " ")) {
		c.wrong("route", p.Route, "want a host and path such as app.example.com/, a path, or :PORT")
	}
	if strings.ContainsAny(p.Service, " /\"") {
		c.wrong("service", p.Service, "want the name of a service, without blanks, quotes and slashes")
	}
	if p.CanaryHost == "" {
		return
	}
	host := p.IsolatedHost("app.example.com")
	_, err := route.ParseTag("", "", host+"/")
	c.unless(err == nil && host != "app.example.com" && !strings.ContainsAny(host, "/{} "),
		"canary_host", p.CanaryHost, "want a host name other than the route's, such as canary.{host}")
}

// IsolatedHost is the hostname that reaches only the candidate of the route with
// that host; empty for none.
func (p *Policy) IsolatedHost(host string) string {
	return strings.ReplaceAll(p.CanaryHost, "{host}", host)
}

func (c *checker) cohort(k *Cohort) {
	c.unless(isToken(k.Cookie), "cohort.cookie", k.Cookie, "want the name of a cookie")
	switch {
	case k.Mode == Cohorts && k.Session != "":
		c.wrong("cohort.session_cookie", k.Session, "it belongs to mode: new_sessions")
	case k.Mode == NewSessions && !isToken(k.Session):
		c.wrong("cohort.session_cookie", k.Session, "want the name of the application's session cookie for mode: new_sessions")
	case k.Mode == NewSessions && k.By != ByCookie:
		c.wrong("cohort.by", string(k.By), "want cookie for mode: new_sessions, which tells new clients by it")
	}
}

func (c *checker) match(m *Match, path string) {
	name := m.Header + m.Cookie
	if (m.Header == "") == (m.Cookie == "") {
		c.wrong(path, "", "want either a header or a cookie")
	} else {
		c.unless(isToken(name), path, name, "want the name of a header field or cookie")
	}
	c.unless(m.To == "canary" || m.To == "stable", path+".to", m.To, "want canary or stable")
}

// analysis checks what the verdict goes by.
func (c *checker) analysis(p *Policy) {
	for i, e := range p.Analysis.BadEvents {
		c.unless(!slices.Contains(p.Analysis.BadEvents[:i], e), fmt.Sprintf("analysis.bad_events[%d]", i), e.String(), "it is named twice")
	}
	if err := p.Rules().Check(); err != nil && len(c.problems) == 0 {
		c.wrong("analysis", "", err.Error())
	}
}

// times checks durations against each other.
func (c *checker) times(p *Policy) {
	d := p.Deadlines
	c.unless(d.Progress > 0, "deadlines.progress", d.Progress.String(), "want more than 0s")
	c.unless(p.Guards.AckTimeout > 0, "guards.ack_timeout", p.Guards.AckTimeout.String(), "want more than 0s")
	c.unless(p.Drain.Promote.Max > 0, "drain.promote.max", p.Drain.Promote.Max.String(), "want more than 0s")
	c.unless(p.Drain.Abort.Max > 0, "drain.abort.max", p.Drain.Abort.Max.String(), "want more than 0s")
	if least := p.least(); least >= d.Total {
		c.wrong("deadlines.total", d.Total.String(), fmt.Sprintf("want more than %s, which the steps take at least", least))
	}
}

// Rules are what the verdict of a rollout goes by.
func (p *Policy) Rules() verdict.Rules {
	a := &p.Analysis
	r := verdict.Rules{Events: a.BadEvents, Unit: verdict.Clients, Alpha: a.Alpha, Beta: a.Beta,
		Tolerance: a.Tolerance, Margin: float64(a.Margin), BadRateMax: float64(a.SLO.BadRateMax)}
	if a.Unit == Requests || a.Unit == AutoUnit && p.Cohort.By == ByConn {
		r.Unit = verdict.Requests
	}
	return r
}
