package admin

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// reference is the OpenAPI document as a page, which needs no script and loads
// nothing from elsewhere.
type reference struct {
	Base, About string
	Operations  []operationHelp // by tag, path and method
}

// operationHelp is an operation on the page.
type operationHelp struct {
	ID, Tag, Method, Path, Summary, Description string
	Parameters                                  []fieldHelp
	Body                                        []fieldHelp
	Example                                     string // of the body
	Answers                                     []answerHelp
}

// answerHelp is one answer to an operation.
type answerHelp struct {
	Status, Description, Example string
	Fields                       []fieldHelp
}

// fieldHelp is a parameter or a part of a body.
type fieldHelp struct {
	Name, In, Kind, Doc, Example string
	Required                     bool
}

// serveReference serves the page of the document.
func (a *Admin) serveReference(doc *huma.OpenAPI) http.HandlerFunc {
	help := &reference{Base: a.base(), About: doc.Info.Description}
	for _, o := range operations(doc) {
		help.Operations = append(help.Operations, helpOf(doc, o))
	}
	slices.SortFunc(help.Operations, func(a, b operationHelp) int {
		return cmp.Or(cmp.Compare(a.Tag, b.Tag), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Method, b.Method))
	})
	return func(w http.ResponseWriter, _ *http.Request) { a.page(w, http.StatusOK, "reference.html", help) }
}

func helpOf(doc *huma.OpenAPI, o *huma.Operation) operationHelp {
	h := operationHelp{ID: o.OperationID, Method: o.Method, Path: o.Path, Summary: o.Summary, Description: o.Description}
	if len(o.Tags) > 0 {
		h.Tag = o.Tags[0]
	}
	for _, p := range o.Parameters {
		f := fieldHelp{Name: p.Name, In: p.In, Doc: cmp.Or(p.Description, p.Schema.Description), Required: p.Required, Kind: kindOf(doc, p.Schema)}
		if p.Example != nil {
			f.Example = fmt.Sprint(p.Example)
		}
		h.Parameters = append(h.Parameters, f)
	}
	if o.RequestBody != nil {
		h.Body, h.Example = contentHelp(doc, o.RequestBody.Content)
	}
	for status, r := range o.Responses {
		one := answerHelp{Status: status, Description: r.Description}
		one.Fields, one.Example = contentHelp(doc, r.Content)
		h.Answers = append(h.Answers, one)
	}
	slices.SortFunc(h.Answers, func(a, b answerHelp) int { return cmp.Compare(a.Status, b.Status) })
	return h
}

// contentHelp tells the fields and the example of a body. All bodies of weir have
// one form.
func contentHelp(doc *huma.OpenAPI, content map[string]*huma.MediaType) (fields []fieldHelp, example string) {
	for _, m := range content {
		if m.Schema != nil {
			fields = fieldsOf(doc, m.Schema, "", 0)
		}
		if raw, ok := m.Example.(json.RawMessage); ok {
			var b bytes.Buffer
			if json.Indent(&b, raw, "", "  ") == nil {
				example = b.String()
			}
		}
	}
	return fields, example
}

// deepest is how far parts of parts are told.
const deepest = 4

// fieldsOf lists the parts of a body, those of parts with a dot between.
func fieldsOf(doc *huma.OpenAPI, s *huma.Schema, path string, depth int) (list []fieldHelp) {
	s = resolved(doc, s)
	if s.Items != nil {
		return fieldsOf(doc, s.Items, path+"[]", depth)
	}
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		part, at := s.Properties[name], strings.TrimPrefix(path+"."+name, ".")
		list = append(list, fieldHelp{Name: at, Kind: kindOf(doc, part), Doc: cmp.Or(part.Description, resolved(doc, part).Description),
			Required: slices.Contains(s.Required, name)})
		if depth < deepest {
			list = append(list, fieldsOf(doc, part, at, depth+1)...)
		}
	}
	return list
}

// resolved is the schema that s refers to, or s.
func resolved(doc *huma.OpenAPI, s *huma.Schema) *huma.Schema {
	if s.Ref == "" {
		return s
	}
	return doc.Components.Schemas.SchemaFromRef(s.Ref)
}

// kindOf names a type: "string: a, b or c", "array of integer".
func kindOf(doc *huma.OpenAPI, s *huma.Schema) string {
	s = resolved(doc, s)
	kind := cmp.Or(s.Format, s.Type, "any")
	if s.Items != nil {
		return "list of " + kindOf(doc, s.Items)
	}
	if len(s.Enum) > 0 {
		words := make([]string, len(s.Enum))
		for i, w := range s.Enum {
			words[i] = fmt.Sprint(w)
		}
		kind += ": " + strings.Join(words, ", ")
	}
	return kind
}
