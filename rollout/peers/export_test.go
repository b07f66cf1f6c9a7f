package peers

import (
	"io"
	"net/http"

	"weir/rollout/controller"
)

// Read is read of an answer that is proven, for tests.
func Read(from io.Reader) (controller.Answer, error) {
	return read(from, func([]byte) bool { return true })
}

// Prove is the proof that an answer to r is of a proxy that knows the secret.
func Prove(r *http.Request, secret Secret, text []byte) string {
	k := Key{Secret: secret}
	q, _ := k.asked(r.Context(), r.Header.Get(proofHeader))
	return q.answer(text)
}
