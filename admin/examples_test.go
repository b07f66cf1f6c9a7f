package admin

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/crypto/bcrypt"

	"weir/admin/auth"
	"weir/route"
)

// alice is who logs in, by the password in the example of login.
const alicesPassword = "correct horse battery staple"

// exampleWorld is a weir with something of everything that examples are about:
// weights of web, an override text, a policy of app, and a rollout of it that
// waits at its first step.
func exampleWorld(t testing.TB, change ...func(*Admin)) *harness {
	h := serve(t, twoVersions, change...)
	h.source.Set(instances(t, "app v1 3"))
	h.must(t, http.MethodPut, "/api/v1/weights/service/web", `{"shares":{"canary":"5%"},"by":"alice"}`)
	h.must(t, http.MethodPut, "/api/v1/override?path=/canary", `{"text":"route weight web web.test/ weight 0.2 tags \"v1\""}`)
	h.must(t, http.MethodPut, "/api/v1/policies/app", exampleBody(t, "put-policy"))
	h.await(t, "service/app", "healthy")
	h.source.Set(append(instances(t, "app v1 3\napp v2 1"), route.Instance{Service: "old", ID: "old-1", Node: "n2", Address: "10.0.2.1", Port: 80, Up: true,
		Tags: []string{"urlprefix-old.test/ weight=140%"}}))
	h.await(t, "service/app", "paused")
	return h
}

// must sends a request as somebody who may do everything, which has to succeed.
func (h *harness) must(t testing.TB, method, path, body string) {
	t.Helper()
	if r := h.ask(t, method, path, body, "Authorization: Bearer wt_admin"); r.status >= 300 {
		t.Fatalf("%s %s: %d %s", method, path, r.status, r.body)
	}
}

func exampleBody(t testing.TB, operation string) string {
	t.Helper()
	var e example
	text, err := examples.ReadFile("examples/" + operation + ".json")
	if err == nil {
		err = json.Unmarshal(text, &e)
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(e.Body)
}

// before are what has to happen before an operation makes sense.
var before = map[string]func(t testing.TB, h *harness){
	"resume-rollout":    func(t testing.TB, h *harness) { h.command(t, "pause", "{}") },
	"release-rollout":   func(t testing.TB, h *harness) { h.command(t, "set-weight", `{"weight":"12.5%"}`) },
	"retry-rollout":     func(t testing.TB, h *harness) { h.command(t, "abort", "{}"); h.await(t, "service/app", "aborted") },
	"emergency-rollout": func(t testing.TB, h *harness) { h.turn(t, true) },
}

func (h *harness) command(t testing.TB, verb, body string) {
	t.Helper()
	h.must(t, http.MethodPost, "/api/v1/rollouts/service/app/"+verb, body)
}

// withLogin makes an Admin where alice may log in.
func withLogin(t testing.TB) func(*Admin) {
	hash, err := bcrypt.GenerateFromPassword([]byte(alicesPassword), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "htpasswd")
	if err := os.WriteFile(file, append([]byte("alice:"), hash...), 0o600); err != nil {
		t.Fatal(err)
	}
	return func(a *Admin) {
		a.Auth = login(t, auth.Config{Htpasswd: file}, "people: [{name: alice, role: operator}]")
	}
}

// TestEveryExampleRuns runs the example of each operation of the document, as
// somebody would who reads nothing else: what reads all in one world, and what
// writes in a new one each. The answer must be the one that the document has the
// example of, and both must be as its schema says.
func TestEveryExampleRuns(t *testing.T) {
	shared := exampleWorld(t, withLogin(t))
	doc := readDocument(t, shared)
	for _, o := range doc.operations() {
		t.Run(o.ID, func(t *testing.T) {
			h := shared
			if o.method != http.MethodGet {
				h = exampleWorld(t, withLogin(t))
			}
			if do := before[o.ID]; do != nil {
				do(t, h)
			}
			o.run(t, doc, h)
		})
	}
	files, err := filepath.Glob("examples/*.json")
	if err != nil || len(files) != len(doc.operations()) {
		t.Errorf("%d examples for %d operations: %v", len(files), len(doc.operations()), err)
	}
}

// run sends the example of an operation and checks the answer.
func (o *operation) run(t *testing.T, doc *document, h *harness) {
	path, headers := o.example(t)
	body := ""
	if o.RequestBody != nil {
		body = o.RequestBody.Content["application/json"].example(t, doc)
	}
	if o.ID == "events" {
		l, _ := h.listen(t, path[strings.Index(path, "?"):], append(headers, "Authorization: Bearer wt_admin")...)
		l.done() // whose types of events TestEventsAreAsDescribed compares
		return
	}
	if o.ID != "login" {
		headers = append(headers, "Authorization: Bearer wt_admin")
	}
	r := h.ask(t, o.method, path, body, headers...)
	want, ok := o.Responses[fmt.Sprint(r.status)]
	if !ok || r.status >= 300 {
		t.Fatalf("%s %s: %d %s", o.method, path, r.status, r.body)
	}
	kind := r.header.Get("Content-Type")
	if kind == "" && r.body == "" && len(want.Content) == 0 {
		return
	}
	media := want.Content[kind]
	if media == nil {
		t.Fatalf("the answer is of type %q, which the document does not know", kind)
	}
	doc.check(t, media.pointer, kind, r.body)
	if *update && kind == "application/json" {
		o.rewrite(t, r.body)
		return
	}
	media.example(t, doc)
}

// example is the path of the operation with its query, and its header fields.
func (o *operation) example(t *testing.T) (path string, headers []string) {
	path, query := o.path, url.Values{}
	for _, p := range o.Parameters {
		var texts []string
		switch v := p.Example.(type) {
		case nil:
			t.Errorf("parameter %s has no example", p.Name)
		case []any:
			for _, one := range v {
				texts = append(texts, fmt.Sprint(one))
			}
		default:
			texts = []string{fmt.Sprint(v)}
		}
		for _, text := range texts {
			switch p.In {
			case "path":
				path = strings.ReplaceAll(path, "{"+p.Name+"}", url.PathEscape(text))
			case "query":
				query.Add(p.Name, text)
			case "header":
				headers = append(headers, p.Name+": "+text)
			}
		}
	}
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	return path, headers
}

// example is the example of a body, which must be as its schema says.
func (m *media) example(t *testing.T, doc *document) string {
	t.Helper()
	if m == nil || m.Example == nil {
		t.Error("a body has no example")
		return ""
	}
	doc.check(t, m.pointer, "application/json", string(m.Example))
	return string(m.Example)
}

// rewrite puts the answer into the file of the example.
func (o *operation) rewrite(t *testing.T, answer string) {
	t.Helper()
	file := "examples/" + o.ID + ".json"
	text, err := os.ReadFile(file)
	var e example
	if err == nil {
		err = json.Unmarshal(text, &e)
	}
	for _, blot := range [][2]string{
		{`"20\d\d-\d\d-\d\dT[^"]*"`, `"2026-11-21T18:03:55Z"`},
		{`"[A-Z2-7]{26}"`, `"J7QH2K3M5N6P7R2S3T4V5W6X7Y"`},
		{`("client":\s*"127.0.0.1:)\d+`, "${1}40112"},
		{`("csrf":\s*)"[^"]*"`, `${1}"U2lk_VFkCe41TApeTCI-fnhq2lFD3XV-Owe48-56uEY"`},
		{`(^\{"generation":|"table":\{"generation":)\d+`, "${1}7"},
		{`(_seconds":\s*)[0-9.e-]+`, "${1}1.5"},
		{`("expires":\s*)"[^"]*"`, `${1}"2026-11-21T19:33:55Z"`},
	} {
		answer = regexp.MustCompile(blot[0]).ReplaceAllString(answer, blot[1])
	}
	e.Answer = json.RawMessage(answer)
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	if err == nil {
		err = encoder.Encode(e)
	}
	if err == nil {
		err = os.WriteFile(file, b.Bytes(), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestEventsAreAsDescribed: the document has the type of each event's data.
func TestEventsAreAsDescribed(t *testing.T) {
	h := exampleWorld(t, func(a *Admin) { a.Meter = func() Meter { return traffic{{Service: "web", Requests: 1}} } })
	doc := readDocument(t, h)
	all := doc.operations()
	stream := all[slices.IndexFunc(all, func(o *operation) bool { return o.ID == "events" })].Responses["200"].Content["text/event-stream"]
	l, _ := h.listen(t, "")
	left := map[string]int{"table": 1, "rollouts": 2, "problems": 3, "traffic": 4}
	for len(left) > 0 {
		e, ok := l.next("")
		if !ok {
			t.Fatal("the stream ends before", left)
		}
		if at, ok := left[e.name]; ok {
			doc.check(t, fmt.Sprint(stream.pointer, "/oneOf/", at), "application/json", e.data)
			delete(left, e.name)
		}
	}
}
