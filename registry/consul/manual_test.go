package consul_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"weir/internal/testenv"
	"weir/registry/consul"
	"weir/store"
)

func TestManualTextsAreWrittenByVersion(t *testing.T) {
	c := testenv.SharedConsul(t)
	w := run(t, config(c, c.Addr))
	w.wait("")
	source, err := consul.New(config(c, c.Addr))
	if err != nil {
		t.Fatal(err)
	}
	m := source.Manual()
	defer source.Close()
	if text, version, err := m.Read(t.Context(), "/a"); text != "" || version != 0 || err != nil {
		t.Error(text, version, err)
	}
	if err := m.Write(t.Context(), "/a", "one", 4711); err != nil { // any version makes it
		t.Fatal(err)
	}
	w.wait("config/a=one")
	text, version, err := m.Read(t.Context(), "/a")
	if text != "one" || version == 0 || err != nil {
		t.Error(text, version, err)
	}
	var conflict *store.ConflictError
	if err := m.Write(t.Context(), "/a", "two", version+1); !errors.As(err, &conflict) || string(conflict.Current.Value) != "one" || conflict.Current.Index != version {
		t.Errorf("error %v, want a conflict with the text that is there", err)
	}
	if err := m.Write(t.Context(), "/a", "two", version); err != nil {
		t.Error(err)
	}
	if err := m.Write(t.Context(), "", "zero", 0); err != nil {
		t.Error(err)
	}
	w.wait("config=zero config/a=two")
	c.PutKV(c.Key("config2"), "x")
	if paths, err := m.Paths(t.Context()); err != nil || !slices.Equal(paths, []string{"", "/a"}) {
		t.Errorf("paths %q (%v)", paths, err)
	}
}

func TestManualRefusesWhatIsNoPathOrTooLong(t *testing.T) {
	c := testenv.SharedConsul(t)
	source, err := consul.New(config(c, c.Addr))
	if err != nil {
		t.Fatal(err)
	}
	defer source.Close()
	m := source.Manual()
	for _, path := range []string{"a", "/", "/a//b", "/../x", "/a\n"} {
		if err := m.Write(t.Context(), path, "x", 0); err == nil {
			t.Errorf("path %q was taken", path)
		}
	}
	if err := m.Write(t.Context(), "/a", strings.Repeat("x", 512<<10), 0); err != nil {
		t.Errorf("a text of 512 KiB: %v", err)
	}
	if err := m.Write(t.Context(), "/b", strings.Repeat("x", 512<<10+1), 0); err == nil {
		t.Error("a text of more than 512 KiB was taken")
	}
}
