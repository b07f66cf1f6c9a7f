package load

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func printed(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestParseWrk(t *testing.T) {
	got, err := ParseWrk(printed(t, "wrk.txt"))
	want := Result{Units: 134449, Wall: 2100 * time.Millisecond, P50: 288 * time.Microsecond, P99: 5240 * time.Microsecond}
	if err != nil || got != want {
		t.Errorf("result is %+v, %v, want %+v", got, err, want)
	}
}

func TestParseH2(t *testing.T) {
	got, err := ParseH2(printed(t, "h2load.txt"))
	if want := (Result{Units: 908080, Wall: 2 * time.Second}); err != nil || got != want {
		t.Errorf("result is %+v, %v, want %+v", got, err, want)
	}
}

func TestWrongAnswersAreErrors(t *testing.T) {
	wrk, h2 := printed(t, "wrk.txt"), printed(t, "h2load.txt")
	for name, c := range map[string]struct {
		parse      func(string) (Result, error)
		text, want string
	}{
		"wrk: refused":            {ParseWrk, wrk + "  Non-2xx or 3xx responses: 7\n", "Non-2xx or 3xx responses: 7"},
		"wrk: connections broken": {ParseWrk, wrk + "  Socket errors: connect 0, read 3, write 0, timeout 0\n", "read 3"},
		"wrk: nothing printed":    {ParseWrk, "", "no count"},
		"wrk: no percentiles":     {ParseWrk, strings.ReplaceAll(wrk, "99%", "98%"), "99%"},
		"h2load: some failed":     {ParseH2, strings.Replace(h2, "908080 succeeded, 0 failed", "908079 succeeded, 1 failed", 1), "1 failed"},
		"h2load: none done":       {ParseH2, strings.ReplaceAll(h2, "908080", "0"), "0 done"},
		"h2load: nothing printed": {ParseH2, "", "no counts"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.parse(c.text)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error is %v, want one with %q", err, c.want)
			}
		})
	}
}

func TestParseH2Log(t *testing.T) {
	got, err := parseH2Log(strings.NewReader("1700000000000000\t200\t161\n1700000000000100\t200\t20340\n"))
	want := []time.Duration{161 * time.Microsecond, 20340 * time.Microsecond}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("times are %v, %v, want %v", got, err, want)
	}
}

func TestPercentiles(t *testing.T) {
	var times []time.Duration
	for i := range 200 {
		times = append(times, time.Duration(200-i))
	}
	var r Result
	if r.setPercentiles(times); r.P50 != 101 || r.P99 != 199 {
		t.Errorf("p50 is %d and p99 %d of 1 to 200, want 101 and 199", r.P50, r.P99)
	}
}

func TestResponseLen(t *testing.T) {
	const whole = "HTTP/1.1 200 OK\r\nX: y\r\ncontent-length: 3\r\n\r\nabc"
	for name, c := range map[string]struct {
		in   string
		want int
		ok   bool
	}{
		"whole":           {whole, len(whole), true},
		"and another":     {whole + "HTTP", len(whole), true},
		"half a body":     {whole[:len(whole)-1], 0, true},
		"half a head":     {whole[:20], 0, true},
		"another status":  {"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n", 0, false},
		"no length":       {"HTTP/1.1 200 OK\r\n\r\n", 0, false},
		"length no digit": {"HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n", 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := responseLen([]byte(c.in)); got != c.want || (err == nil) != c.ok {
				t.Errorf("length is %d, %v, want %d", got, err, c.want)
			}
		})
	}
}
