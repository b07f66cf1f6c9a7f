package registry_test

import (
	"testing"
	"testing/synctest"

	"weir/registry"
)

// TestTheWholeTableIsLoggedIfAskedFor, with shares or as commands.
func TestTheWholeTableIsLoggedIfAskedFor(t *testing.T) {
	for format, want := range map[string]string{
		"detail": `msg=table line="a.test/  web/stable  50%  10.0.0.1:80"`,
		"all":    `msg=table line="route add web a.test/ http://10.0.0.1:80/"`,
	} {
		synctest.Test(t, func(t *testing.T) {
			source := newScript("one")
			b := start(t, registry.Config{Sources: []registry.Source{source}, LogTable: format})
			source.say <- read(web("1", "10.0.0.1", ""), web("2", "10.0.0.2", ""))
			synctest.Wait()
			for text, times := range map[string]int{want: 1, "msg=table": 2, "new table": 1, "target came": 0} {
				if got := b.log.count(text); got != times {
					t.Errorf("%s: %d lines with %s, want %d", format, got, text, times)
				}
			}
		})
	}
}
