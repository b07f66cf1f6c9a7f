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
			Tags: []string{w.prefix + "shop.test/", "version=" + text, text}})
		w.consul.Register(testenv.Service{Name: "bad", ID: w.consul.Name(fmt.Sprint("bad-", i)), Address: b.Host, Port: b.Port,
			Tags: []string{w.prefix + "bad.test/ weight=" + text}})
	}
	w.consul.PutKV(w.consul.Key("config"), "# "+strings.Join(corpus, "\n# ")+"\n")
	for _, text := range corpus {
		w.put("/api/v1/weights/service/shop", map[string]any{"shares": map[string]string{"stable": "100%"}, "reason": text, "by": text}, &admin.WeightsState{})
	}
	w.put("/api/v1/policies/hostile", map[string]any{"text": "# " + strings.Join(corpus, "\n# ") + "\nservice: hostile\n"}, &admin.Policy{})
	w.browse("hostile", map[string]any{"corpus": corpus}, nil)
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
