package admin

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// examples has a file for each operation, OPERATION.json. A test runs them all.
//
//go:embed examples
var examples embed.FS

// example is how an operation is used.
type example struct {
	Parameters map[string]any  `json:"parameters,omitempty"` // by name
	Body       json.RawMessage `json:"body,omitempty"`
	Answer     json.RawMessage `json:"answer,omitempty"` // where the operation succeeds; text is a string
}

// describeExamples adds the examples to the document.
func describeExamples(doc *huma.OpenAPI) error {
	for _, o := range operations(doc) {
		text, err := examples.ReadFile("examples/" + o.OperationID + ".json")
		if errors.Is(err, fs.ErrNotExist) {
			continue // which a test does not let pass
		}
		if err != nil {
			return err
		}
		var e example
		if err := json.Unmarshal(text, &e); err != nil {
			return fmt.Errorf("example of %s: %w", o.OperationID, err)
		}
		e.describe(o)
	}
	return nil
}

// operations lists those of a document.
func operations(doc *huma.OpenAPI) (list []*huma.Operation) {
	for _, item := range doc.Paths {
		for _, o := range []*huma.Operation{item.Get, item.Post, item.Put, item.Delete} {
			if o != nil {
				list = append(list, o)
			}
		}
	}
	return list
}

// describe adds the example to its operation.
func (e *example) describe(o *huma.Operation) {
	for _, p := range o.Parameters {
		p.Example = e.Parameters[p.Name]
	}
	if o.RequestBody != nil && e.Body != nil {
		for _, m := range o.RequestBody.Content {
			m.Example = e.Body
		}
	}
	for status, r := range o.Responses {
		if strings.HasPrefix(status, "2") && e.Answer != nil {
			for _, m := range r.Content {
				m.Example = e.Answer
			}
		}
	}
}
