package intent

import (
	"encoding/json"
	"reflect"
	"testing"

	"weir/store"
)

// FuzzParse: what is read from a store is valid and comes back the same after
// it was written again.
func FuzzParse(f *testing.F) {
	f.Add("v1/intents/service/web", []byte(`{"scope":{"Kind":"service","Name":"web"},"shares":{"canary":"25%"},"at":"2026-01-02T03:04:05Z"}`))
	f.Add("v1/intents/route/app%2F", []byte(`{"scope":{"Kind":"route","Name":"app/"},"shares":{"a":"0.5","b":"50%"},"by":"x"}`))
	f.Add("v1/intents/route/app%2F%20method=GET", []byte(`{"scope":{"Kind":"route","Name":"app/ method=GET"},"shares":{"a":"50%"}}`))
	f.Add("v1/intents/route/x", []byte(`{`))
	f.Fuzz(func(t *testing.T, at string, value []byte) {
		first, err := parse(store.Entry{Key: at, Value: value, Index: 1})
		if err != nil {
			t.Skip()
		}
		if err := Check(first.Intent); err != nil || key(first.Scope) != at {
			t.Fatal(first, err)
		}
		again, err := json.Marshal(first.Intent)
		if err != nil {
			t.Fatal(err)
		}
		second, err := parse(store.Entry{Key: at, Value: again, Index: 1})
		if err != nil || !reflect.DeepEqual(first, second) {
			t.Fatalf("%+v came back as %+v (%v)", first, second, err)
		}
	})
}
