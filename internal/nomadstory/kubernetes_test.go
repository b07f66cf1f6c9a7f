package nomadstory

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// deployments are two Kubernetes Deployments behind one hostname, whose pods
// are synced into Consul as the services shop-stable and shop-canary.
type deployments struct {
	*story
	pods []service
}

// scale gives a Deployment so many replicas.
func (d *deployments) scale(name string, replicas int) {
	d.t.Helper()
	var left []service
	for _, p := range d.pods {
		if p.Service != d.consul.Name(name) {
			left = append(left, p)
		}
	}
	for i := range replicas {
		left = append(left, service{ID: fmt.Sprintf("%s-%d", d.consul.Name(name), i), Service: d.consul.Name(name), AllocationID: name,
			JobVersion: map[string]int{"shop-stable": 1, "shop-canary": 2}[name], Tags: []string{d.consul.Name("urlprefix-") + site + "/"}, Status: "passing"})
	}
	d.pods = left
	d.register(left)
}

// TestTwoDeploymentsOnOneRoute: without a policy they share by their replicas,
// nine to one. A policy for the route gives exactly what it says, whatever the
// replicas are, and a person goes there and back by the command line.
func TestTwoDeploymentsOnOneRoute(t *testing.T) {
	d := &deployments{story: tell(t, true)}
	d.scope = site + "/"
	d.scale("shop-stable", 9)
	d.answers(site, "v1")
	d.visit()
	d.scale("shop-canary", 1)
	d.targets(10)
	d.share("v2", 0.1)
	d.scale("shop-canary", 9)
	d.targets(18)
	d.share("v2", 0.5)
	d.scale("shop-canary", 0)
	d.targets(9)

	stable, canary := d.consul.Name("shop-stable"), d.consul.Name("shop-canary")
	file := filepath.Join(t.TempDir(), "policy.yaml")
	text := "route: " + d.scope + "\ndetect: {stabilise: 1s}\nguards: {max_weight_per_instance_ratio: 10}\nsteps: [{set_weight: 25%}, {pause: {}}, {set_weight: 60%}, {pause: {}}, {set_weight: 100%}, {promote: {}}]\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	d.cli("policy", "put", "shop", "-f", file)
	d.is("healthy", stable, "", 0, "")
	d.scale("shop-canary", 1)
	d.is("paused", stable, canary, 2, "")
	d.share("v2", 0.25)
	d.scale("shop-canary", 6)
	d.targets(15)
	d.scale("shop-stable", 3)
	d.targets(9)
	d.is("paused", stable, canary, 2, "")
	d.share("v2", 0.25)

	d.does("pause", "paused by alice: lunch", "--reason", "lunch")
	d.does("resume", "wait until somebody promotes")
	d.does("abort", "aborted by alice")
	d.is("aborted", stable, canary, 0, "aborted by alice")
	d.only("v1", d.after(40))
	d.does("retry", "begun again by alice")
	d.is("paused", stable, canary, 2, "")
	d.does("promote", "give the candidate 60%")
	d.is("paused", stable, canary, 4, "")
	d.does("promote", "give the candidate 100%")
	d.does("status", canary+" is stable now", "--timeout", "3m")
	d.only("v2", d.after(40))
	d.does("undo", "back to revision 1", "--to-revision", "1")
	d.is("promoting", canary, stable, 0, "")
	d.only("v1", d.after(40))
	d.does("history", "aborted by alice")
}
