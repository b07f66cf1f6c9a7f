package config_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"weir/config"
)

const docHead = `# Configuration

This page is made from the table of keys in the package config: ` + "`go test ./config -run TestDocs -update`" + `.

Each key can be set as a flag, as an environment variable or in a file. A flag is stronger than the environment, that is
stronger than the file, and that than the default.

| where | how |
|---|---|
| flag | ` + "`-proxy.addr :80`, `-proxy.addr=:80`, `--proxy.addr=:80`" + ` |
| environment | ` + "`WEIR_PROXY_ADDR`, then `FABIO_PROXY_ADDR`, then `PROXY_ADDR`" + `, in upper or lower case. Keys that fabio does not have: ` + "`WEIR_` only" + ` |
| file | ` + "`-cfg FILE`" + ` or an http(s) URL: ` + "`.yaml`, `.yml`, `.toml`" + `, anything else is fabio's properties format. YAML and TOML: nested or with dots, lists or text with commas |

Unknown keys and bad values are errors. All are listed at once, each with its place. What is accepted and has no effect is a
warning. In properties files ` + "`${name}`" + ` stands for another property or a variable. ` + "`WEIR_`" + ` and ` + "`FABIO_`" + ` variables are checked for unknown names, others are not weir's.

A key with ↻ takes a new value on SIGHUP, without a restart ([RELOAD.md](RELOAD.md)).

Durations are written as in ` + "`1m30s`, `250ms`, `0`" + `. A default in italics is fabio's, where weir has another one.
`

func TestDocs(t *testing.T) {
	var b bytes.Buffer
	b.WriteString(docHead)
	group := ""
	for _, k := range config.Keys() {
		if k.Group != group {
			group = k.Group
			fmt.Fprintf(&b, "\n## %s\n\n| key | kind | default | meaning |\n|---|---|---|---|\n", group)
		}
		fmt.Fprintf(&b, "| `%s`%s | %s | %s | %s |\n", k.Name, map[bool]string{true: " ↻"}[k.Live], kind(k), defaults(k), meaning(k))
	}
	golden(t, "../docs/CONFIG.md", b.Bytes())
}

func kind(k config.Key) string {
	if len(k.Choices) == 0 {
		return string(k.Kind)
	}
	choices := "`" + strings.Join(k.Choices, "`, `") + "`"
	if k.Kind == config.List {
		return "list of " + choices
	}
	return choices
}

func defaults(k config.Key) string {
	var text []string
	if k.Default != "" {
		text = append(text, "`"+k.Default+"`")
	}
	if k.Fabio != "" {
		text = append(text, "*`"+k.Fabio+"`*")
	}
	return strings.Join(text, " ")
}

func meaning(k config.Key) string {
	var text []string
	for _, s := range []string{k.Help, k.Hint} {
		if s != "" {
			text = append(text, strings.ReplaceAll(s, "|", `\|`))
		}
	}
	return strings.Join(text, ". ")
}
