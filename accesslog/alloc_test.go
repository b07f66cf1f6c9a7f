//go:build !race

package accesslog

import (
	"log/slog"
	"testing"
)

func TestALineAllocatesNothing(t *testing.T) {
	for _, format := range []string{"combined", "json"} {
		l, err := New(Config{Format: format, Sample: 1, Output: &sink{}, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		x, s := proxied(t), passed(t)
		s.Err = nil
		var spare []byte
		if n := testing.AllocsPerRun(1000, func() {
			l.Exchange(x)
			l.Session(s)
			spare = l.queue.take(spare)
		}); n != 0 {
			t.Errorf("%s: a line allocates %v times, want 0", format, n)
		}
	}
}

// BenchmarkLine is what a request pays for its line.
func BenchmarkLine(b *testing.B) {
	for _, format := range []string{"common", "combined", "json"} {
		b.Run(format, func(b *testing.B) {
			l, err := New(Config{Format: format, Sample: 1, Output: &sink{}, Log: slog.New(slog.DiscardHandler)})
			if err != nil {
				b.Fatal(err)
			}
			x := proxied(b)
			var spare []byte
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if l.Exchange(x); i%1000 == 0 {
					spare = l.queue.take(spare)
				}
			}
		})
	}
}
