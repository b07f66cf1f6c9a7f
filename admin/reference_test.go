package admin

import (
	"net/http"
	"strings"
	"testing"
)

// TestThePageOfTheAPI has every operation of the document, with its parameters
// and its example, and loads nothing but weir's style.
func TestThePageOfTheAPI(t *testing.T) {
	h := serve(t, twoVersions)
	page := h.ask(t, http.MethodGet, "/api/v1/docs", "").body
	for _, o := range readDocument(t, h).operations() {
		if !strings.Contains(page, `<h2 id="`+o.ID+`"><code>`+o.method+" "+o.path+"</code></h2>") {
			t.Errorf("the page does not have %s", o.ID)
		}
		for _, p := range o.Parameters {
			if !strings.Contains(page, "<code>"+p.Name+"</code> in "+p.In) {
				t.Errorf("the page does not have the parameter %s of %s", p.Name, o.ID)
			}
		}
	}
	for _, foreign := range []string{"<script", "http-equiv", `src="`, `href="http`} {
		if strings.Contains(page, foreign) {
			t.Errorf("the page has %s", foreign)
		}
	}
	if !strings.Contains(page, "&#34;canary&#34;") {
		t.Error("the page shows no example")
	}
}
