package registry_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"weir/intent"
	"weir/registry"
	"weir/route"
)

func TestNoTableBeforeEverythingWasRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		one, two, want := newScript("one"), newScript("two"), wanted{make(chan []intent.Entry)}
		b := start(t, registry.Config{Sources: []registry.Source{one, two}, Intents: want})
		one.say <- read(web("1", "10.0.0.1", ""))
		two.say <- registry.Snapshot{Err: errors.New("away")}
		want.say <- nil
		b.want(t)
		if b.isReady() || b.Status().Ready {
			t.Error("it is ready without the second source and the intents")
		}
		two.say <- read(web("2", "10.0.0.2", ""))
		b.want(t)
		want.say <- []intent.Entry{}
		b.want(t, "a.test/  web/stable  50%  10.0.0.1:80", "a.test/  web/stable  50%  10.0.0.2:80")
		s := b.Status()
		if !b.isReady() || !s.Ready || s.Generation != 1 || s.Routes != 1 || s.Published.IsZero() {
			t.Errorf("status %+v", s)
		}
	})
}

func TestTheFirstChangeIsPublishedAtOnceAndABurstTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := newScript("one")
		b := start(t, registry.Config{Sources: []registry.Source{source}})
		source.say <- read()
		synctest.Wait()
		time.Sleep(time.Second)
		source.say <- read(web("1", "10.0.0.1", ""))
		b.want(t, "a.test/  web/stable  100%  10.0.0.1:80")
		before := b.Status().Generation
		for i := range 20 {
			source.say <- read(web("1", "10.0.1."+string(rune('0'+i%10)), ""))
		}
		b.want(t, "a.test/  web/stable  100%  10.0.0.1:80")
		time.Sleep(50 * time.Millisecond)
		b.want(t, "a.test/  web/stable  100%  10.0.1.9:80")
		if got := b.Status().Generation - before; got != 1 {
			t.Errorf("a burst made %d tables, want 1", got)
		}
		time.Sleep(time.Second)
		source.say <- read()
		b.want(t)
	})
}

func TestWhatChangesNothingIsNoNewGeneration(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := newScript("one")
		b := start(t, registry.Config{Sources: []registry.Source{source}})
		source.say <- read(web("1", "10.0.0.1", ""))
		synctest.Wait()
		before := b.Status()
		time.Sleep(time.Minute)
		source.say <- read(web("1", "10.0.0.1", ""))
		time.Sleep(time.Minute)
		if after := b.Status(); after.Generation != before.Generation || after.Published != before.Published {
			t.Errorf("status %+v became %+v", before, after)
		}
	})
}

func TestAnOutageKeepsTheTableAndSaysHowStaleItIs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := newScript("one")
		b := start(t, registry.Config{Sources: []registry.Source{source}})
		good := read(web("1", "10.0.0.1", ""))
		source.say <- good
		synctest.Wait()
		time.Sleep(time.Hour)
		if stale := b.Status().Sources[0].Stale(time.Now()); stale != 0 {
			t.Errorf("stale for %v while the source is there", stale)
		}
		bad := good
		bad.At, bad.Err = time.Now(), errors.New("away")
		for range 5 {
			source.say <- bad
			time.Sleep(time.Minute)
		}
		b.want(t, "a.test/  web/stable  100%  10.0.0.1:80")
		one := b.Status().Sources[0]
		if one.Name != "one" || one.Err != "away" || one.Stale(time.Now()) != 5*time.Minute {
			t.Errorf("source %+v, stale for %v", one, one.Stale(time.Now()))
		}
		source.say <- read(web("1", "10.0.0.2", ""))
		b.want(t, "a.test/  web/stable  100%  10.0.0.2:80")
		if one := b.Status().Sources[0]; one.Err != "" || one.Stale(time.Now()) != 0 {
			t.Errorf("source %+v after the outage", one)
		}
		if b.log.count("source cannot be read") != 1 || b.log.count("can be read again") != 1 {
			t.Errorf("log\n%s", b.log.text.String())
		}
	})
}

func TestAnIntentEndsWhenItExpires(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source, want := newScript("one"), wanted{make(chan []intent.Entry)}
		b := start(t, registry.Config{Sources: []registry.Source{source}, Intents: want})
		source.say <- read(web("1", "10.0.0.1", ""), web("2", "10.0.0.2", "variant=canary"))
		none := route.Intent{
			Scope: route.Scope{Kind: "service", Name: "web"}, Shares: map[string]route.Weight{"canary": 0},
			At: time.Now(), Expires: time.Now().Add(10 * time.Minute),
		}
		want.say <- []intent.Entry{{Intent: none, Index: 1}}
		held := []string{"a.test/  web/canary  0%  10.0.0.2:80  variant=canary", "a.test/  web/stable  100%  10.0.0.1:80"}
		b.want(t, held...)
		time.Sleep(10*time.Minute - time.Nanosecond)
		b.want(t, held...)
		time.Sleep(time.Nanosecond)
		b.want(t, "a.test/  web/canary  50%  10.0.0.2:80  variant=canary", "a.test/  web/stable  50%  10.0.0.1:80")
		want.say <- nil // and an outage of the store brings it not back
		time.Sleep(time.Hour)
		b.want(t, "a.test/  web/canary  50%  10.0.0.2:80  variant=canary", "a.test/  web/stable  50%  10.0.0.1:80")
		if s := b.Status().Sources[1]; s.Name != "store" || s.Err == "" {
			t.Errorf("the store is said to be %+v", s)
		}
	})
}

func TestTheLogNamesWhatCameAndWent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := newScript("one")
		b := start(t, registry.Config{Sources: []registry.Source{source}})
		source.say <- read(web("1", "10.0.0.1", ""))
		synctest.Wait()
		var many []route.Instance
		for i := range 100 {
			many = append(many, route.Instance{
				Service: "many", ID: string(rune('a' + i)), Address: "10.0.0.9", Port: 100 + i, Up: true, Tags: []string{"urlprefix-m.test/"},
			})
		}
		time.Sleep(time.Second)
		source.say <- read(many...)
		synctest.Wait()
		for text, want := range map[string]int{"new table": 2, "target came": 1 + 21, "more=80": 1, "target went": 1, `"a.test/  web/stable  100%  10.0.0.1:80"`: 2} {
			if got := b.log.count(text); got != want {
				t.Errorf("%d lines with %s, want %d", got, text, want)
			}
		}
	})
}
