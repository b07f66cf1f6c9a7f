package exchange

import (
	"slices"
	"testing"
)

// TestConditions sends requests at routes that look at more than host and path.
func TestConditions(t *testing.T) {
	commands := `route add s a.test/ http://10.0.0.1:80/
route add s a.test/ http://10.0.0.2:80/ opts "method=POST"
route add s a.test/ http://10.0.0.3:80/ opts "header=X-Beta:yes*"
route add s a.test/ http://10.0.0.4:80/ opts "cookie=group:b query=debug"
route add s a.test/ http://10.0.0.5:80/ opts "header=X-Forwarded-Proto:https"
route add s a.test/ http://10.0.0.6:80/ opts "header=X-Real-Ip:192.0.2.1&X-Dear-Me"`
	for name, c := range map[string]struct {
		req    request
		target string
	}{
		"none met":               {request{uri: "/"}, "10.0.0.1:80"},
		"method":                 {request{method: "POST", uri: "/"}, "10.0.0.2:80"},
		"header":                 {request{uri: "/", fields: []string{"x-beta: yes, please"}}, "10.0.0.3:80"},
		"another value":          {request{uri: "/", fields: []string{"x-beta: no"}}, "10.0.0.1:80"},
		"cookie without query":   {request{uri: "/", fields: []string{"Cookie: a=1; group=b"}}, "10.0.0.1:80"},
		"cookie and query":       {request{uri: "/?x&debug=1", fields: []string{"Cookie: a=1", "Cookie: group=b"}}, "10.0.0.4:80"},
		"a stranger's word":      {request{uri: "/", fields: []string{"X-Forwarded-Proto: https"}}, "10.0.0.1:80"},
		"a trusted peer's word":  {request{uri: "/", fields: []string{"X-Forwarded-Proto: https"}, trusted: true}, "10.0.0.5:80"},
		"what weir says of them": {request{uri: "/", fields: []string{"X-Dear-Me: hello"}}, "10.0.0.6:80"},
	} {
		t.Run(name, func(t *testing.T) {
			target := &fakeTarget{}
			c.req.host = "a.test"
			if reply := serve(t, target, commands, c.req, Policy{}); reply.status != 200 || !slices.Equal(target.asked, []string{c.target}) {
				t.Errorf("status %d of %v, want %s", reply.status, target.asked, c.target)
			}
		})
	}
}

// TestConditionsHoldForTheNextTarget: a target that refuses is replaced by one of
// the same route, or of the route that the request has now.
func TestConditionsHoldForTheNextTarget(t *testing.T) {
	target := &fakeTarget{refuse: []string{"10.0.0.2:80", "10.0.0.3:80"}}
	reply := serve(t, target, `route add s a.test/ http://10.0.0.1:80/
route add s a.test/ http://10.0.0.2:80/ opts "header=x-beta"
route add s a.test/ http://10.0.0.3:80/ opts "header=x-beta"`, request{uri: "/", host: "a.test", fields: []string{"X-Beta: 1"}}, Policy{})
	if reply.status != 502 || slices.Contains(target.asked, "10.0.0.1:80") {
		t.Errorf("status %d of %v", reply.status, target.asked)
	}
}
