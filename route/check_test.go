package route_test

import (
	"testing"

	"weir/route"
)

func TestCheckCommands(t *testing.T) {
	for text, bad := range map[string]string{
		"": "",
		"# note\n\n// note\nroute add web web.test/ http://10.0.0.1:80/": "",
		"route weight web web.test/ weight 0.5 tags \"v2\"":              "", // nothing to match as yet
		"route del gone":                     "",
		"x":                                  "kv a:1",
		"route del gone\nroute add web":      "kv a:2",
		"route add web web.test/ ://":        "kv a:1",
		"route add web web[.test/ http://a/": "kv a:1",
		"route add web web.test/ http://10.0.0.1:80/ weight abc": "kv a:1",
	} {
		problems := route.CheckCommands(route.Commands{Source: "kv a", Text: text}, route.Options{})
		source := ""
		if len(problems) > 0 {
			source = problems[0].Source
		}
		if source != bad || len(problems) > 1 {
			t.Errorf("%q: problems %v, want one at %q", text, problems, bad)
		}
	}
}
