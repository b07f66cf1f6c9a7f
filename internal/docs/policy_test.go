package docs

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"weir/rollout/policy"
)

var update = flag.Bool("update", false, "rewrite the policy reference of docs/ROLLOUTS.md")

// TestThePolicyReferenceIsTrue compares the tables of docs/ROLLOUTS.md with the
// schema and the defaults.
func TestThePolicyReferenceIsTrue(t *testing.T) {
	const name, begin, end = root + "/docs/ROLLOUTS.md", "<!-- policy reference -->\n", "<!-- end of the policy reference -->"
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), begin)
	got, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("%s has no place for the reference", name)
	}
	want := reference(t)
	if *update {
		if err := os.WriteFile(name, []byte(before+begin+want+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got != want {
		t.Errorf("the reference in %s is not that of the schema; run go test ./internal/docs -run Policy -update", name)
	}
}

// node is a part of the JSON schema of policies.
type node struct {
	Type        string
	Description string
	Enum        []string
	Examples    []string
	Minimum     *float64
	Maximum     *float64
	Properties  map[string]*node
	Items       *node
}

// reference is a table of all keys, one of the keys of steps, and the steps of
// policies without any.
func reference(t *testing.T) string {
	text, err := policy.Schema()
	if err != nil {
		t.Fatal(err)
	}
	var schema node
	if err := json.Unmarshal(text, &schema); err != nil {
		t.Fatal(err)
	}
	const head = "| key | takes | default | what it is |\n|---|---|---|---|\n"
	var b strings.Builder
	b.WriteString("\n" + head)
	rows(&b, reflect.TypeFor[policy.Policy](), &schema, "", plain(t, policy.Default(policy.Canary)))
	b.WriteString("\nEach of `steps` has exactly one of these keys:\n\n" + head)
	rows(&b, reflect.TypeFor[policy.Step](), schema.Properties["steps"].Items, "", plain(t, defaultStep(t)))
	for _, strategy := range []policy.Strategy{policy.Canary, policy.BlueGreen} {
		fmt.Fprintf(&b, "\nWithout `steps`, `%s` does this:\n\n", strategy)
		for i, step := range policy.Default(strategy).Steps {
			fmt.Fprintf(&b, "%d. %s\n", i+1, step)
		}
	}
	b.WriteString("\n")
	return b.String()
}

// defaultStep has the parts of steps with what a text may leave out.
func defaultStep(t *testing.T) (all policy.Step) {
	p, err := policy.Parse([]byte(`steps: [preview: {}, pause: {}, mirror: {percent: 1}, gate: {name: n, webhook: "http://w/"},
		set_weight: 1%, analysis: {}, bake: {duration: 1m}, promote: {}]`))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range p.Steps {
		from, to := reflect.ValueOf(s), reflect.ValueOf(&all).Elem()
		for i := range from.NumField() {
			if !from.Field(i).IsNil() {
				to.Field(i).Set(from.Field(i))
			}
		}
	}
	all.SetWeight, all.Mirror.Percent, all.Gate.Name, all.Gate.Webhook, all.Bake.Duration = nil, 0, "", "", 0
	return all
}

// plain is a value as JSON has it.
func plain(t *testing.T, v any) (m map[string]any) {
	text, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(text, &m)
	}
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// rows prints the keys of a struct, in its order.
func rows(b *strings.Builder, t reflect.Type, schema *node, path string, defaults map[string]any) {
	for f := range t.Fields() {
		key, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		n, at, fallback := schema.Properties[key], path+key, defaults[key]
		nested, isNested := fallback.(map[string]any)
		inner := f.Type
		for inner.Kind() == reflect.Pointer || inner.Kind() == reflect.Slice {
			inner = inner.Elem()
		}
		fmt.Fprintf(b, "| `%s` | %s | %s | %s |\n", at, takes(n), written(fallback), n.Description)
		switch {
		case key == "steps":
		case n.Type == "array" && n.Items.Type == "object":
			rows(b, inner, n.Items, at+"[].", nil)
		case n.Type == "object" && (isNested || fallback == nil):
			rows(b, inner, n, at+".", nested)
		}
	}
}

// takes says what a value looks like.
func takes(n *node) string {
	switch {
	case n.Enum != nil:
		return "`" + strings.Join(n.Enum, "`, `") + "`"
	case len(n.Examples) > 0:
		return "such as `" + n.Examples[0] + "`"
	case n.Type == "array" && n.Items.Type == "string" && n.Items.Enum != nil:
		return "a list of " + takes(n.Items)
	case n.Type == "array":
		return "a list"
	case n.Type == "object":
		return "keys"
	case n.Type == "boolean":
		return "`true`, `false`"
	case n.Minimum != nil && n.Maximum != nil:
		return fmt.Sprintf("%v to %v", *n.Minimum, *n.Maximum)
	case n.Type == "string":
		return "text"
	}
	return n.Type
}

// written is a default as one writes it.
func written(v any) string {
	switch v := v.(type) {
	case nil, map[string]any:
		return ""
	case []any:
		if len(v) > 0 {
			if _, isObject := v[0].(map[string]any); isObject {
				return "see below"
			}
		}
		var words []string
		for _, one := range v {
			words = append(words, fmt.Sprint(one))
		}
		return "`" + strings.Join(words, "`, `") + "`"
	case string:
		if v == "" || v == "0s" {
			return ""
		}
	case float64:
		if v == 0 {
			return ""
		}
	}
	return fmt.Sprintf("`%v`", v)
}
