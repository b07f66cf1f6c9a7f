package registry_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"weir/intent"
	"weir/registry"
	"weir/route"
)

func TestAStartWithoutTheRegistryUsesTheRunBefore(t *testing.T) {
	file := filepath.Join(t.TempDir(), "known.json")
	var lastSeen time.Time
	synctest.Test(t, func(t *testing.T) {
		source, want := newScript("one"), wanted{make(chan []intent.Entry)}
		start(t, registry.Config{Sources: []registry.Source{source}, Intents: want, File: file, Timeout: 10 * time.Second})
		s := read(web("1", "10.0.0.1", ""), web("2", "10.0.0.2", "variant=canary"))
		s.Commands = []route.Commands{{Source: "kv x", Text: "route add kv b.test/ http://10.0.0.9:80/"}}
		s.NoRouteHTML = "<p>none</p>"
		source.say <- s
		want.say <- []intent.Entry{{Intent: route.Intent{
			Scope: route.Scope{Kind: "service", Name: "web"}, Shares: map[string]route.Weight{"canary": 1000},
		}}}
		synctest.Wait()
		time.Sleep(time.Hour)
		lastSeen = time.Now() // the last moment at which all this was true
	})
	synctest.Test(t, func(t *testing.T) {
		source, want := newScript("one"), wanted{make(chan []intent.Entry)}
		b := start(t, registry.Config{Sources: []registry.Source{source}, Intents: want, File: file, Timeout: 10 * time.Second})
		source.say <- registry.Snapshot{Err: errors.New("away")}
		time.Sleep(10*time.Second - time.Nanosecond)
		b.want(t)
		time.Sleep(time.Nanosecond)
		b.want(t, "b.test/  kv/stable  100%  10.0.0.9:80",
			"a.test/  web/canary  10%  10.0.0.2:80  variant=canary", "a.test/  web/stable  90%  10.0.0.1:80")
		one := b.Status().Sources[0]
		if !b.isReady() || !one.Saved || one.Err != "away" || !one.At.Equal(lastSeen) || b.NoRouteHTML() != "<p>none</p>" {
			t.Errorf("source %+v", one)
		}
		source.say <- read(web("1", "10.0.0.5", ""))
		time.Sleep(time.Second)
		b.want(t, "a.test/  web/stable  100%  10.0.0.5:80")
		list := b.Status().Sources
		if list[0].Saved || list[0].Stale(time.Now()) != 0 || !list[1].Saved || list[1].Stale(time.Now()) == 0 {
			t.Errorf("sources %+v", list)
		}
	})
}

func TestAFileOfTheRunBeforeThatCannotBeUsed(t *testing.T) {
	for name, text := range map[string]string{"missing": "", "half": `{"Format":1,"Sou`, "later": `{"Format":99}`, "other": `{"Format":1,"Sources":{}}`} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "known.json")
			if text != "" {
				if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			synctest.Test(t, func(t *testing.T) {
				source := newScript("one")
				b := start(t, registry.Config{Sources: []registry.Source{source}, File: file, Timeout: time.Second})
				time.Sleep(time.Hour)
				if b.isReady() {
					t.Error("it is ready")
				}
				source.say <- read(web("1", "10.0.0.1", ""))
				b.want(t, "a.test/  web/stable  100%  10.0.0.1:80")
			})
		})
	}
}
