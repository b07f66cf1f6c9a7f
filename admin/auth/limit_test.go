package auth

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

func TestLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &limiter{burst: 3, interval: time.Second}
		for i := range 3 {
			if wait := l.take("a"); wait > 0 {
				t.Fatal(i, wait)
			}
		}
		if wait := l.take("a"); wait != time.Second {
			t.Error("after three attempts the next is in", wait)
		}
		if wait := l.take("b"); wait > 0 {
			t.Error("somebody else waits too:", wait)
		}
		time.Sleep(time.Second)
		if wait := l.take("a"); wait > 0 {
			t.Error("a second later it still waits:", wait)
		}
		l.give("a")
		if wait := l.take("a"); wait > 0 {
			t.Error("an attempt that succeeded counts:", wait)
		}
	})
}

func TestMemoryIsBounded(t *testing.T) {
	l := &limiter{burst: 1, interval: time.Hour}
	for i := range 3 * maxKept {
		l.take(fmt.Sprint(i))
		if len(l.debts.kept) > maxKept {
			t.Fatal(len(l.debts.kept))
		}
	}
}

func TestWhatIsOverIsForgottenFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r recent[int]
		for i := range maxKept - 1 {
			r.put(fmt.Sprint(i), i, time.Now().Add(time.Second))
		}
		r.put("kept", 1, time.Now().Add(time.Hour))
		time.Sleep(2 * time.Second)
		if _, ok := r.get("0"); ok {
			t.Error("what is over is still remembered")
		}
		r.put("another", 2, time.Now().Add(time.Hour))
		if v, ok := r.get("kept"); !ok || v != 1 || len(r.kept) != 2 {
			t.Error(v, ok, len(r.kept))
		}
	})
}
