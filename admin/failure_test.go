package admin

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
)

// TestCodesAreDocumented: pages and programs in other languages go by them.
func TestCodesAreDocumented(t *testing.T) {
	text, err := os.ReadFile("../docs/ADMIN.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range codes() {
		if !strings.Contains(string(text), fmt.Sprintf("| `%s` | %d", c.Code, c.Status)) {
			t.Errorf("docs/ADMIN.md has no line for %s, which is a %d", c.Code, c.Status)
		}
	}
}

// TestWhatWasReadIsNamedByItsTag: every kind of thing that can be written has an
// ETag, which is good once, and then a 412 that has what is there now.
func TestWhatWasReadIsNamedByItsTag(t *testing.T) {
	h := exampleWorld(t)
	for _, c := range []struct{ read, write, first, second string }{
		{"/weights/service/web", "PUT /weights/service/web", `{"shares":{"canary":"6%"}}`, `{"shares":{"canary":"7%"}}`},
		{"/weights/service/web", "POST /cutover", `{"scope":"service/web","variant":"canary"}`, `{"scope":"service/web","variant":"stable"}`},
		{"/weights/route/web.test%2F", "PUT /weights/route/web.test%2F", `{"shares":{"canary":"6%"}}`, `{"shares":{"canary":"7%"}}`},
		{"/weights/route/web.test%2F", "DELETE /weights/route/web.test%2F", "", ""},
		{"/override?path=/canary", "PUT /override?path=/canary", `{"text":"# 1"}`, `{"text":"# 2"}`},
		{"/policies/app", "PUT /policies/app", exampleBody(t, "put-policy"), `{"text":"service: app"}`},
		{"/policies/app", "DELETE /policies/app", "", ""},
		{"/rollouts/service/app", "POST /rollouts/service/app/set-weight", `{"weight":"6%"}`, `{"weight":"7%"}`},
		{"/rollouts/service/app", "POST /rollouts/service/app/abort", "{}", "{}"},
	} {
		tag := h.ask(t, http.MethodGet, "/api/v1"+c.read, "").header.Get("ETag")
		method, path, _ := strings.Cut(c.write, " ")
		if r := h.ask(t, method, "/api/v1"+path, c.first, "If-Match: "+tag); r.status != 200 || r.header.Get("ETag") == tag {
			t.Errorf("%s with what is current, %s: %d %s, and then %s", c.write, tag, r.status, r.body, r.header.Get("ETag"))
		}
		r := h.ask(t, method, "/api/v1"+path, c.second, "If-Match: "+tag)
		var f struct {
			Failure
			Current map[string]any
		}
		if err := json.Unmarshal([]byte(r.body), &f); err != nil || r.status != 412 || f.Code != Changed || f.Current == nil || tag != `"`+f.Params["given"]+`"` {
			t.Errorf("%s with what is not current: %d %s, %v", c.write, r.status, r.body, err)
		}
	}
}
