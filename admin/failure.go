package admin

import (
	"net/http"
	"reflect"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
)

// Failure is why a request was not served: problem details (RFC 9457) with a
// code, by which a program or a page in another language tells what happened.
type Failure struct {
	huma.ErrorModel
	Code   Code   `json:"code"`
	Params params `json:"params,omitempty" example:"{\"scope\":\"service/web\",\"given\":\"3\",\"current\":\"7\"}" doc:"What the detail names, as the list of codes in docs/ADMIN.md says"`
}

// params are values that a detail names.
type params map[string]string

// fail makes a Failure. wrong are the places where something is wrong, if there
// are several.
func fail(code Code, detail string, p params, wrong ...error) *Failure {
	status := code.status()
	f := &Failure{Code: code, Params: p, ErrorModel: huma.ErrorModel{Status: status, Title: http.StatusText(status), Detail: detail}}
	for _, err := range wrong {
		f.Add(err)
	}
	return f
}

// badValue is a 400 for one value of the request.
func badValue(field, given, detail string) *Failure {
	return fail(BadValue, detail, params{"field": field, "given": given})
}

// coded gives an error of huma's its code.
func coded(_ huma.Context, status string, v any) (any, error) {
	e, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	n, err := strconv.Atoi(status)
	if err != nil {
		return v, err
	}
	return &Failure{ErrorModel: *e, Code: codeOf(n)}, nil
}

// describeFailures makes the document tell of codes, and of what may happen to
// any request.
func describeFailures(doc *huma.OpenAPI) {
	schemas := doc.Components.Schemas
	schemas.Map()["ErrorModel"] = huma.SchemaFromType(schemas, reflect.TypeFor[Failure]())
	problem := map[string]*huma.MediaType{"application/problem+json": {Schema: &huma.Schema{Ref: "#/components/schemas/ErrorModel"}}}
	for _, o := range operations(doc) {
		statuses := []int{400, 401, 403, 422, 429, 503}
		if o.Method != http.MethodGet {
			statuses = append(statuses, 408, 409, 413, 415)
		}
		for _, status := range statuses {
			if text := strconv.Itoa(status); o.Responses[text] == nil {
				o.Responses[text] = &huma.Response{Description: http.StatusText(status), Content: problem}
			}
		}
	}
}
