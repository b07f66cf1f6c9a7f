package registry_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"weir/internal/testenv"
	"weir/registry"
	"weir/registry/consul"
	"weir/registry/custom"
	"weir/registry/file"
	"weir/route"
	"weir/store/consulkv"
)

// several is a publisher that reads Consul, a file and a server of JSON.
type several struct {
	bench

	consul *testenv.Consul
	relay  *testenv.Relay
	path   string       // of the file
	answer atomic.Value // of the server; empty: it answers 500
}

func startSeveral(t *testing.T, c *testenv.Consul) *several {
	t.Helper()
	s := &several{consul: c, relay: testenv.NewRelay(t, c), path: filepath.Join(t.TempDir(), "routes")}
	s.write(t, "route add "+c.Name("web")+" a.test/ http://10.0.0.2:80/")
	s.answer.Store(`[{"cmd":"route add","service":"json","src":"b.test/","dst":"http://10.0.0.3:80/"}]`)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		text := s.answer.Load().(string)
		if text == "" {
			w.WriteHeader(http.StatusInternalServerError)
		}
		fmt.Fprint(w, text)
	}))
	t.Cleanup(server.Close)
	retry := 10 * time.Millisecond
	prefix := registry.TagPrefixes{c.Name("urlprefix-")}
	catalog, err := consul.New(consul.Config{Agent: consulkv.Agent{Address: s.relay.Addr, Retry: retry}, TagPrefix: prefix})
	if err != nil {
		t.Fatal(err)
	}
	list, err := custom.New(custom.Config{URL: server.URL + "/", Poll: retry, Retry: retry, Timeout: within})
	if err != nil {
		t.Fatal(err)
	}
	s.bench = start(t, registry.Config{
		Sources: []registry.Source{catalog, file.Source{Path: s.path}, list}, Options: route.Options{TagPrefix: prefix[0]},
	})
	return s
}

func (s *several) write(t *testing.T, text string) {
	t.Helper()
	if err := os.WriteFile(s.path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// away waits until these sources cannot be read, by the first words of their
// names, and the others can.
func (s *several) away(t *testing.T, names ...string) {
	t.Helper()
	testenv.Eventually(t, within, func() error {
		var got []string
		for _, source := range s.Status().Sources {
			if source.Err != "" {
				kind, _, _ := strings.Cut(source.Name, " ")
				got = append(got, kind)
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(names) {
			return fmt.Errorf("away are %v, want %v: %+v", got, names, s.Status().Sources)
		}
		return nil
	})
}

const (
	fromConsul = "a.test/  web/stable  50%  10.0.0.1:1000"
	fromFile   = "a.test/  web/stable  50%  10.0.0.2:80"
	fromJSON   = "b.test/  json/stable  100%  10.0.0.3:80"
)

// TestEachSourceMayFailAlone: it keeps what it knew, and the others go on.
func TestEachSourceMayFailAlone(t *testing.T) {
	c := testenv.SharedConsul(t)
	c.Register(service(c, "1", 1000, ""))
	s := startSeveral(t, c)
	all := []string{fromJSON, fromConsul, fromFile}
	s.until(t, c, all...)
	s.away(t)

	s.relay.Cut()
	s.away(t, "consul")
	s.until(t, c, all...)
	s.write(t, "route add "+c.Name("web")+" a.test/ http://10.0.0.2:81/")
	s.until(t, c, fromJSON, fromConsul, "a.test/  web/stable  50%  10.0.0.2:81")

	s.answer.Store("")
	s.away(t, "consul", "custom")
	s.until(t, c, fromJSON, fromConsul, "a.test/  web/stable  50%  10.0.0.2:81")
	if err := os.Remove(s.path); err != nil {
		t.Fatal(err)
	}
	s.away(t, "consul", "file", "custom")
	s.until(t, c, fromJSON, fromConsul, "a.test/  web/stable  50%  10.0.0.2:81")

	c.Register(service(c, "1", 1001, ""))
	s.relay.Mend()
	s.away(t, "file", "custom")
	s.until(t, c, fromJSON, "a.test/  web/stable  50%  10.0.0.1:1001", "a.test/  web/stable  50%  10.0.0.2:81")
	s.answer.Store("[]")
	s.away(t, "file")
	s.until(t, c, "a.test/  web/stable  50%  10.0.0.1:1001", "a.test/  web/stable  50%  10.0.0.2:81")
	s.write(t, "")
	s.away(t)
	s.until(t, c, "a.test/  web/stable  100%  10.0.0.1:1001")
}

// TestARestoredConsulBesideOthers: its index begins anew, theirs is not touched.
func TestARestoredConsulBesideOthers(t *testing.T) {
	c := testenv.StartConsul(t)
	for range 20 { // drives the index up
		c.PutKV(c.Key("x"), time.Now().String())
	}
	c.Register(service(c, "1", 1000, ""))
	s := startSeveral(t, c)
	s.until(t, c, fromJSON, fromConsul, fromFile)
	c.Stop()
	s.away(t, "consul")
	s.until(t, c, fromJSON, fromConsul, fromFile)
	c.Restart() // empty
	only := "a.test/  web/stable  100%  10.0.0.2:80"
	s.until(t, c, fromJSON, only)
	s.away(t)
	s.answer.Store("[]")
	s.until(t, c, only)
	c.Register(service(c, "1", 1000, ""))
	s.until(t, c, fromConsul, fromFile)
}

// TestCommandsCountInTheOrderOfTheSources: those of a later one see what an
// earlier one has made.
func TestCommandsCountInTheOrderOfTheSources(t *testing.T) {
	c := testenv.SharedConsul(t)
	c.Register(service(c, "1", 1000, ""))
	s := startSeveral(t, c)
	s.answer.Store(`[7,{"cmd":"route del","service":"` + c.Name("web") + `","src":"a.test/","dst":"http://10.0.0.2:80/"}]`)
	s.until(t, c, "a.test/  web/stable  100%  10.0.0.1:1000")
	s.write(t, "nonsense\nroute add "+c.Name("web")+" a.test/ http://10.0.0.2:80/\nroute del json")
	testenv.Eventually(t, within, func() error {
		var got []string
		for _, p := range s.Problems() {
			kind, _, _ := strings.Cut(p.Source, " ")
			got = append(got, kind+p.Source[strings.LastIndexByte(p.Source, ':'):])
		}
		if want := "[file:1 custom:1]"; fmt.Sprint(got) != want {
			return fmt.Errorf("problems are of %v, want %v", got, want)
		}
		return nil
	})
	s.until(t, c, "a.test/  web/stable  100%  10.0.0.1:1000")
}
