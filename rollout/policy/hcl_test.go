package policy_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"weir/rollout/policy"
)

// asHCL writes the keys of a JSON object as attributes of HCL, whose values are
// written as in JSON but for the signs that begin a template.
func asHCL(object map[string]any) string {
	var b strings.Builder
	for key, value := range object {
		text, _ := json.Marshal(value)
		fmt.Fprintf(&b, "%s = %s\n", key, strings.NewReplacer("${", "$${", "%{", "%%{").Replace(string(text)))
	}
	return b.String()
}

// paths are the places and values of all that is wrong, sorted.
func paths(t *testing.T, err error) (list []string) {
	var problems policy.Problems
	if err != nil && !errors.As(err, &problems) {
		t.Fatalf("%v is no list of problems", err)
	}
	for _, p := range problems {
		list = append(list, p.Path+" "+p.Value)
	}
	slices.Sort(list)
	return list
}

// FuzzHCL checks that what HCL and JSON say alike is the same policy, or wrong
// at the same places; and that no text in HCL does harm.
func FuzzHCL(f *testing.F) {
	for _, seed := range []string{
		`{"service": "web"}`,
		`{"route": "a.test/", "steps": [{"set_weight": "5%"}, {"pause": {}}, {"bake": {"duration": "${x}"}}, {"promote": {"nomad": "ask"}}]}`,
		`{"steps": 7, "cohort": [], "analysis": {"alpha": 1e-3, "beta": "0.1", "margin": null}, "override_abort": true}`,
		"service = \"web\"\nstep {\n  set_weight = \"5%\"\n}\nstep {\n promote {}\n}",
		"analysis {\n slo { action = \"abort\" }\n alpha = -1 }\nmatch { cookie = \"b\" }",
		"service = <<E\nweb\nE\non_fail = a.b[0]\nx = f(1)",
		"a = " + strings.Repeat("[", 100),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := policy.Parse([]byte(text))
		if err == nil {
			canonical, _ := json.Marshal(p)
			var object map[string]any
			if err := json.Unmarshal(canonical, &object); err != nil {
				t.Fatal(err)
			}
			if again, err := policy.Parse([]byte(asHCL(object))); err != nil || !reflect.DeepEqual(again, p) {
				t.Fatalf("%v\n%s\nmeans\n%+v\nnot\n%+v", err, asHCL(object), again, p)
			}
			return
		}
		var object map[string]any
		if json.Unmarshal([]byte(text), &object) != nil || len(object) == 0 || slices.ContainsFunc(keysOf(object), isOdd) {
			return
		}
		plain, _ := json.Marshal(object) // without keys that come twice
		want, wantErr := policy.Parse(plain)
		got, gotErr := policy.Parse([]byte(asHCL(object)))
		if !reflect.DeepEqual(got, want) || !reflect.DeepEqual(paths(t, gotErr), paths(t, wantErr)) {
			t.Fatalf("%s\nmeans\n%+v %v\nnot\n%+v %v", asHCL(object), got, gotErr, want, wantErr)
		}
	})
}

func keysOf(object map[string]any) (keys []string) {
	for key := range object {
		keys = append(keys, key)
	}
	return keys
}

// isOdd reports whether HCL cannot name an attribute so.
func isOdd(key string) bool {
	return key == "" || strings.Trim(key, "abcdefghijklmnopqrstuvwxyz_") != "" || key == "null" || key == "true" || key == "false"
}
