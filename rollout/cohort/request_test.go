package cohort_test

import (
	"net/netip"
	"strings"
	"testing"

	"weir/rollout/cohort"
	"weir/rollout/policy"
)

// request is one in a test: "name: value" lines, an address, a connection.
type request struct {
	fields     []string
	client     netip.Addr
	connection uint64
}

func (r *request) Header(lower string, n int) []byte {
	for _, f := range r.fields {
		name, value, _ := strings.Cut(f, ": ")
		if strings.ToLower(name) != lower {
			continue
		}
		if n == 0 {
			return []byte(value)
		}
		n--
	}
	return nil
}

func (r *request) Client() netip.Addr { return r.client }
func (r *request) Connection() uint64 { return r.connection }

func ask(address string, fields ...string) *request {
	r := &request{fields: fields, connection: 7}
	if address != "" {
		r.client = netip.MustParseAddr(address)
	}
	return r
}

func secret() []byte { return []byte("sixteen bytes or more") }

func splitter(t testing.TB, c policy.Cohort, rules ...policy.Match) *cohort.Splitter {
	t.Helper()
	if c.Cookie == "" {
		c.Cookie = "weir_cohort"
	}
	s, err := cohort.New(c, rules, "service/web r1", secret())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// steps gives 1, 2, 3 …
func steps() func() uint64 {
	n := uint64(0)
	return func() uint64 { n++; return n }
}
