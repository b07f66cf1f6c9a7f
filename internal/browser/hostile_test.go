//go:build browser

package browser

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"weir/admin"
	"weir/internal/testenv"
)

//go:embed testdata/hostile.txt
var hostile string

// TestHostileTexts are shown as what they are, wherever they come from: tags, lines
// of override texts, policies, names and reasons of people, header fields.
func TestHostileTexts(t *testing.T) {
	w := start(t)
	corpus := strings.Split(strings.TrimSpace(hostile), "\n")
	b := testenv.HTTPBackend(t, "v1")
	for i, text := range corpus {
		w.consul.Register(testenv.Service{Name: "shop", ID: w.consul.Name(fmt.Sprint("shop-", i)), Address: b.Host, Port: b.Port,
			Tags: []string{w.prefix + "shop.test/" + strings.ReplaceAll(text, " ", "_"), "version=" + text, text}})
		w.consul.Register(testenv.Service{Name: "bad", ID: w.consul.Name(fmt.Sprint("bad-", i)), Address: b.Host, Port: b.Port,
			Tags: []string{w.prefix + "bad.test/ weight=" + text}})
	}
	w.consul.PutKV(w.consul.Key("config"), "# "+strings.Join(corpus, "\n# ")+"\n")
	w.put("/api/v1/policies/hostile", map[string]any{"text": "# " + strings.Join(corpus, "\n# ") + "\nservice: hostile\n"}, &admin.Policy{})
	keys := w.keys(len(corpus) / 2)
	for _, text := range corpus {
		w.put("/api/v1/weights/service/shop", map[string]any{"shares": map[string]string{"stable": "100%"}, "reason": text, "by": text}, &admin.WeightsState{})
	}
	w.browse("hostile", map[string]any{"corpus": corpus, "keys": keys}, nil)
}

// keys waits for so many routes at least, and names them all.
func (w *world) keys(least int) (keys []string) {
	w.t.Helper()
	testenv.Eventually(w.t, within, func() error {
		var list admin.RouteList
		if err := w.api("GET", "/api/v1/routes", "", &list); err != nil {
			return err
		}
		keys = nil
		for _, r := range list.Routes {
			keys = append(keys, r.Key)
		}
		if len(keys) < least {
			return fmt.Errorf("there are %d routes, want %d", len(keys), least)
		}
		return nil
	})
	return keys
}

// put writes something by the API.
func (w *world) put(path string, what, into any) {
	w.t.Helper()
	body, err := json.Marshal(what)
	if err == nil {
		err = w.api("PUT", path, string(body), into)
	}
	if err != nil {
		w.t.Fatal(err)
	}
}
