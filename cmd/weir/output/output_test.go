package output_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

	"weir/cmd/weir/output"
)

// odd holds what one format or the other could take for something else.
const odd = `{"z":"true","a":"1","b":1.5,"big":18446744073709551615,"c":null,"d":"","e":"null","lines":"one\ntwo\n","control":"\u001b[31m",` +
	`"c1":"` + "\u009b" + `","html":"<&>","none":[],"empty":{},"list":[{"x":"2026-11-21"},{"y":"- a: b"}],"key: 1":"#","bool":false}`

func print(t *testing.T, format string, v any) string {
	t.Helper()
	var out bytes.Buffer
	command := &cobra.Command{Use: "x", SilenceUsage: true, SilenceErrors: true}
	f := output.Flag(command, "table", "text")
	command.RunE = func(*cobra.Command, []string) error {
		return f.Print(&out, v, func() error { out.WriteString("for people"); return nil })
	}
	command.SetArgs([]string{"-o", format})
	if err := command.Execute(); err != nil {
		return err.Error()
	}
	return out.String()
}

// TestYAMLIsTheSameData as JSON, names in the same order.
func TestYAMLIsTheSameData(t *testing.T) {
	var want, asJSON, asYAML map[string]any
	for text, into := range map[string]*map[string]any{odd: &want, print(t, "json", json.RawMessage(odd)): &asJSON} {
		if err := json.Unmarshal([]byte(text), into); err != nil {
			t.Fatal(text, err)
		}
	}
	text := print(t, "yaml", json.RawMessage(odd))
	if err := yaml.Unmarshal([]byte(text), &asYAML); err != nil {
		t.Fatal(text, err)
	}
	again, err := json.Marshal(asYAML)
	if err != nil {
		t.Fatal(err)
	}
	var back map[string]any
	if err := json.Unmarshal(again, &back); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(asJSON, want) || !reflect.DeepEqual(back, want) {
		t.Errorf("JSON %v\nYAML %v\nwant %v\n%s", asJSON, back, want, text)
	}
	if bytes.ContainsAny([]byte(text), "\x1b{") && !bytes.Contains([]byte(text), []byte("empty: {}")) || bytes.ContainsRune([]byte(text), 0x9b) {
		t.Errorf("%q", text)
	}
	if text[:2] != "z:" {
		t.Errorf("the order is another: %s", text)
	}
}

func TestFormats(t *testing.T) {
	for format, want := range map[string]string{
		"table": "for people", "text": "for people", "json": "{\n  \"a\": [\n    1\n  ]\n}\n", "yaml": "a:\n  - 1\n",
		"xml": `--output is "xml", which is none of table, json, yaml, text`,
	} {
		if got := print(t, format, map[string][]int{"a": {1}}); got != want {
			t.Errorf("%s: got %q, want %q", format, got, want)
		}
	}
}

func TestWhatATerminalObeysIsEscaped(t *testing.T) {
	if got, want := print(t, "json", json.RawMessage(`"`+"\u009b\x7f"+`"`)), `"\u009b\u007f"`+"\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
