package route_test

import (
	"encoding/json"
	"testing"

	"weir/route"
)

func TestParseWeight(t *testing.T) {
	for text, want := range map[string]string{
		"25%": "25%", "0.25": "25%", "0": "0%", "1": "100%", "100%": "100%", "0.05%": "0.05%", " 5 % ": "5%", "0.00004": "0%", "33.335%": "33.34%",
		"101%": "error", "1.01": "error", "-1%": "error", "NaN": "error", "Inf%": "error", "": "error", "%": "error", "5%%": "error", "a": "error",
	} {
		w, err := route.ParseWeight(text)
		got := w.String()
		if err != nil {
			got = "error"
		}
		if got != want {
			t.Errorf("ParseWeight(%q) = %s, %v, want %s", text, got, err, want)
		}
	}
}

func TestIntentKeepsWhatJSONCarries(t *testing.T) {
	const text = `{"scope":{"kind":"service","name":"web"},"shares":{"canary":"0.05%","stable":"99.95%"},"by":"alice","at":"2026-01-02T03:04:05Z"}`
	var in route.Intent
	if err := json.Unmarshal([]byte(text), &in); err != nil {
		t.Fatal(err)
	}
	if again, err := json.Marshal(in); err != nil || in.Shares["canary"] != 5 {
		t.Errorf("read as %+v, %v: %s", in, err, again)
	}
	if err := json.Unmarshal([]byte(`{"shares":{"canary":"140%"}}`), &in); err == nil {
		t.Error("a share of 140% was accepted")
	}
}

func TestParseScope(t *testing.T) {
	for _, text := range []string{"service/web", "route/app.example.com/", "route//api", "route/:9000"} {
		s, err := route.ParseScope(text)
		if err != nil || s.String() != text {
			t.Errorf("%s is read as %v, %v", text, s, err)
		}
	}
	for _, text := range []string{"", "service", "service/", "host/x"} {
		if s, err := route.ParseScope(text); err == nil {
			t.Errorf("%q is read as %v, want an error", text, s)
		}
	}
}
