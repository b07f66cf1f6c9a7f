package conformance

import (
	"fmt"
	"net"
	"net/url"
	"strconv"
	"testing"

	"weir/internal/testenv"
)

// register puts the case's services and keys into an agent that holds nothing
// else, and returns the flags that use it.
func (c *run) register(t *testing.T) []string {
	agent := testenv.SharedConsul(t)
	for _, s := range c.Services {
		agent.Put("/v1/agent/service/register", c.registration(t, s))
		t.Cleanup(func() { agent.Deregister(s.ID) })
		if s.Maintenance {
			agent.Put("/v1/agent/service/maintenance/"+url.PathEscape(s.ID)+"?enable=true", nil)
		}
	}
	for key, value := range c.KV {
		agent.PutKV(key, c.expand(value))
	}
	t.Cleanup(func() { agent.DeleteKV("?recurse=true") })
	return []string{"-registry.backend=consul", "-registry.consul.addr=" + agent.Addr, "-registry.consul.register.enabled=false"}
}

func (c *run) registration(t *testing.T, s service) map[string]any {
	host, port, err := net.SplitHostPort(c.vars[s.Upstream+".addr"])
	if err != nil {
		t.Fatal(err)
	}
	number, _ := strconv.Atoi(port)
	var checks []map[string]any
	for i, status := range s.Checks {
		checks = append(checks, map[string]any{"CheckID": fmt.Sprint(s.ID, "-", i), "TTL": "600s", "Status": status})
	}
	var tags []string
	for _, tag := range s.Tags {
		tags = append(tags, c.expand(tag))
	}
	if s.NoAddress {
		host = ""
	}
	return map[string]any{"ID": s.ID, "Name": s.Name, "Address": host, "Port": number, "Tags": tags, "Checks": checks}
}
