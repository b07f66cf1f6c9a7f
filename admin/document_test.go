package admin

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// document is what the tests read of the OpenAPI document.
type document struct {
	OpenAPI    string
	Paths      map[string]map[string]*operation
	Components struct{ Schemas map[string]map[string]any }

	schemas *jsonschema.Compiler
}

// operation is one of a document.
type operation struct {
	method, path string

	ID         string `json:"operationId"`
	Parameters []struct {
		Name, In string
		Required bool
		Schema   map[string]any
		Example  any
	}
	RequestBody *struct{ Content map[string]*media }
	Responses   map[string]*struct{ Content map[string]*media }
}

// media is a body of one type.
type media struct {
	pointer string // to its schema

	Schema  map[string]any
	Example json.RawMessage
}

const documentURL = "http://weir/openapi.json"

// readDocument asks for the document.
func readDocument(t testing.TB, h *harness) *document {
	t.Helper()
	r := h.ask(t, http.MethodGet, "/api/v1/openapi.json", "")
	doc := &document{schemas: jsonschema.NewCompiler()}
	if err := json.Unmarshal([]byte(r.body), doc); err != nil {
		t.Fatal(err)
	}
	all, err := jsonschema.UnmarshalJSON(strings.NewReader(r.body))
	if err == nil {
		err = doc.schemas.AddResource(documentURL, all)
	}
	if err != nil {
		t.Fatal(err)
	}
	doc.schemas.DefaultDraft(jsonschema.Draft2020) // which OpenAPI 3.1 is made of
	doc.schemas.AssertFormat()
	for path, methods := range doc.Paths {
		for method, o := range methods {
			o.method, o.path = strings.ToUpper(method), path
			at := "#/paths/" + escaped(path) + "/" + method
			if o.RequestBody != nil {
				setPointers(o.RequestBody.Content, at+"/requestBody")
			}
			for status, r := range o.Responses {
				setPointers(r.Content, at+"/responses/"+status)
			}
		}
	}
	return doc
}

func setPointers(content map[string]*media, at string) {
	for kind, m := range content {
		m.pointer = at + "/content/" + escaped(kind) + "/schema"
	}
}

// escaped is a part of a JSON pointer in a URL.
func escaped(part string) string {
	return strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D").Replace(part)
}

// operations lists them by path and method.
func (d *document) operations() (list []*operation) {
	for _, methods := range d.Paths {
		for _, o := range methods {
			list = append(list, o)
		}
	}
	slices.SortFunc(list, func(a, b *operation) int { return cmp.Or(cmp.Compare(a.path, b.path), cmp.Compare(a.method, b.method)) })
	return list
}

// check compares a body with the schema there. What is not JSON is a string.
func (d *document) check(t testing.TB, pointer, kind, body string) {
	t.Helper()
	schema, err := d.schemas.Compile(documentURL + pointer)
	if err != nil {
		t.Fatal(err)
	}
	var v any = body
	if strings.HasSuffix(kind, "json") {
		v, err = jsonschema.UnmarshalJSON(strings.NewReader(body))
	}
	if err == nil {
		err = schema.Validate(v)
	}
	if err != nil {
		t.Errorf("%v\n%s", err, body)
	}
}
