package config_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestFileFromURL(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("/weir.yaml", func(w http.ResponseWriter, r *http.Request) {
		w.Write([]byte("proxy: {strategy: rr, maxcon: 1}\n"))
	})
	mux.HandleFunc("/fabio", func(w http.ResponseWriter, r *http.Request) {
		w.Write([]byte("proxy.strategy = rr\n"))
	})
	mux.HandleFunc("/large", func(w http.ResponseWriter, r *http.Request) {
		w.Write([]byte(strings.Repeat("#", 1<<20+1)))
	})
	srv := httptest.NewServer(mux)
	defer srv.Close()
	c, _, err := load(t, []string{"-cfg", srv.URL + "/fabio?x=y.toml"}, nil)
	if err != nil || c.Proxy.Strategy != "rr" {
		t.Errorf("properties by URL: %v", err)
	}
	for name, want := range map[string]string{
		"/weir.yaml": "proxy.maxcon (" + srv.URL + "/weir.yaml:1): unknown key, did you mean proxy.maxconn?",
		"/nowhere":   "cfg (flag): " + srv.URL + "/nowhere answers 404 Not Found",
		"/large":     "cfg (flag): " + srv.URL + "/large is larger than 1048576 bytes",
	} {
		_, _, err := load(t, []string{"-cfg", srv.URL + name}, nil)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", name, err, want)
		}
	}
}

func TestTwoConfigsInOneProcess(t *testing.T) {
	a, _, aerr := load(t, []string{"-proxy.strategy=rr"}, []string{"WEIR_UI_ACCESS=ro"})
	b, _, berr := load(t, nil, nil)
	if aerr != nil || berr != nil {
		t.Fatal(aerr, berr)
	}
	if a.Proxy.Strategy != "rr" || a.UI.Access != "ro" || b.Proxy.Strategy != "rnd" || b.UI.Access != "rw" {
		t.Errorf("one has an effect on the other: %s %s, %s %s", a.Proxy.Strategy, a.UI.Access, b.Proxy.Strategy, b.UI.Access)
	}
	a.Registry.Consul.ServiceStatus[0] = "critical"
	if b.Registry.Consul.ServiceStatus[0] != "passing" {
		t.Error("both share a list")
	}
}
