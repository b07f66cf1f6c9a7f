package conformance

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"
)

// testCase is one set-up and what is asked of it. In all texts {{a}} to {{d}}
// stand for the URLs of HTTP targets, {{ta}} and {{tb}} of targets behind TLS,
// {{ra}} and {{rb}} of targets on TCP that answer a line, and {{dead}} of
// nobody; {{a.addr}} is host:port. {{tcp.port}} is the port of that listener.
type testCase struct {
	Name     string            `json:"name"`
	Class    string            `json:"class"` // contract: as fabio; differs: not as fabio, and the note says how
	Area     string            `json:"area"`
	Note     string            `json:"note"`
	Source   string            `json:"source"` // consul, or a file when empty
	Strategy string            `json:"strategy"`
	Matcher  string            `json:"matcher"`
	Extra    []string          `json:"extra"`    // flags
	Routes   []string          `json:"routes"`   // lines of the file
	Services []service         `json:"services"` // registered in Consul
	KV       map[string]string `json:"kv"`
	Requests []request         `json:"requests"`
}

// service is a registration. Each status in Checks is a check.
type service struct {
	ID, Name, Upstream string
	NoAddress          bool
	Tags, Checks       []string
	Maintenance        bool
}

type request struct {
	Listener string            `json:"listener"` // http, https, tcp, tcp+sni, https+tcp+sni or admin
	Host     string            `json:"host"`
	SNI      *string           `json:"sni"` // the host without its port when nil; none when empty
	Method   string            `json:"method"`
	Path     string            `json:"path"` // request target as sent
	Headers  map[string]string `json:"headers"`
	Body     string            `json:"body"`
	Repeat   int               `json:"repeat"`
	Expect   expectation       `json:"expect"`
}

// expectation is what an answer must be. What is not given is not looked at. A
// text that begins with ~ is a regular expression.
type expectation struct {
	Status       int               `json:"status"`
	Closed       bool              `json:"closed"` // without a byte of an answer
	Failed       bool              `json:"connection_fail"`
	Target       string            `json:"target"`
	URI          string            `json:"upstream_path"`
	Host         string            `json:"upstream_host"`
	Seen         map[string]string `json:"headers_seen_by_upstream"`
	NotSeen      []string          `json:"headers_not_seen_by_upstream"`
	Location     string            `json:"location"`
	Headers      map[string]string `json:"response_headers"` // empty: absent
	Body         *string           `json:"body"`
	BodyContains string            `json:"body_contains"`
	TLSPeer      string            `json:"tls_peer"`     // whose certificate: proxy, ta, tb
	Distribution map[string][2]int `json:"distribution"` // of the repeated request
	HasRoutes    []map[string]any  `json:"routes_contain"`
	LacksRoutes  []map[string]any  `json:"routes_not_contain"`
}

// readCases reads a file of cases into a slice of T. A field that T does not
// have is an error.
func readCases[T any](t *testing.T, file string) (cases []T) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&cases); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return cases
}
