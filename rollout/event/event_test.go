package event_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"weir/rollout/event"
)

func TestEveryEventHasFacts(t *testing.T) {
	names := map[string]bool{}
	for i, f := range event.Catalogue() {
		if f.Name == "" || f.Kind == "" || f.Over == "" || f.Means == "" || names[f.Name] {
			t.Errorf("event %d has facts %+v", i, f)
		}
		names[f.Name] = true
		if e, err := event.Parse(f.Name); err != nil || e != event.Event(i) {
			t.Errorf("Parse(%q) = %v, %v", f.Name, e, err)
		}
	}
}

func TestParseNamesWhatItWanted(t *testing.T) {
	_, err := event.Parse("http_6xx")
	if err == nil || !strings.Contains(err.Error(), `"http_6xx"`) || !strings.Contains(err.Error(), "http_5xx") {
		t.Error(err)
	}
}

func TestEventIsAKeyOfJSON(t *testing.T) {
	b, err := json.Marshal(map[event.Event]int{event.HTTPStatus: 1})
	if err != nil || string(b) != `{"http_5xx":1}` {
		t.Fatal(string(b), err)
	}
	var back map[event.Event]int
	if err := json.Unmarshal(b, &back); err != nil || back[event.HTTPStatus] != 1 {
		t.Error(back, err)
	}
}

func TestSet(t *testing.T) {
	s := event.Set(0).With(event.TLSHandshake).With(event.HTTPStatus)
	got := slices.Collect(s.All())
	if want := []event.Event{event.HTTPStatus, event.TLSHandshake}; !slices.Equal(got, want) {
		t.Error(got)
	}
	if !s.Has(event.TLSHandshake) || s.Has(event.Timeout) || s.String() != "http_5xx tls_handshake" {
		t.Error(s)
	}
}
