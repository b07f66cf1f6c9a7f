package e2e

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"testing"

	"weir/internal/testenv"
)

// instance is one allocation with two services: web by HTTP, and sni, which
// waits for a ClientHello and answers it with a line.
type instance struct {
	name string
	http *http.Server
	web  net.Listener
	sni  net.Listener
}

// begin starts an instance that listens and that Consul calls passing.
func (r *rollout) begin() *instance {
	r.t.Helper()
	r.made++
	i := &instance{name: fmt.Sprintf("alloc-%03d", r.made), web: listen(r.t), sni: listen(r.t)}
	i.http = &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, i.name) })}
	r.running.Go(func() { i.http.Serve(i.web) })
	r.running.Go(func() { testenv.HelloServer{Name: i.name, Hello: r.hello}.Serve(i.sni) })
	for service, l := range map[string]net.Listener{"web": i.web, "sni": i.sni} {
		tag := map[string]string{"web": rollWeb + "/", "sni": rollSNI + "/ proto=tcp+sni"}[service]
		r.consul.Register(testenv.Service{Name: r.consul.Name(service), ID: r.consul.Name(service + i.name), Address: "127.0.0.1",
			Port: l.Addr().(*net.TCPAddr).Port, Tags: []string{r.consul.Name("urlprefix-") + tag}})
	}
	return i
}

// deaf makes an instance stop listening and finish what it accepted, as a task
// does when it is signalled.
func (r *rollout) deaf(i *instance) {
	i.sni.Close()
	r.running.Go(func() { i.http.Shutdown(context.Background()) })
}

// gone takes an instance out of Consul.
func (r *rollout) gone(i *instance) {
	r.consul.Deregister(r.consul.Name("web" + i.name))
	r.consul.Deregister(r.consul.Name("sni" + i.name))
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}
