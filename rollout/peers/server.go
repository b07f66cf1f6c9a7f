package peers

import (
	"encoding/json"
	"net/http"

	"weir/rollout/controller"
)

// Server answers what Client.Ask asks for.
type Server struct {
	answer func() controller.Answer
	key    Key
}

// Handler makes a server for a fleet with this secret.
func Handler(answer func() controller.Answer, secret Secret) *Server {
	return &Server{answer: answer, key: Key{Secret: secret}}
}

// Proven reports whether a request is of a proxy of the fleet. Whoever has seen
// such a request can repeat it; all that there is to read is how far rollouts
// are and what was counted.
func (s *Server) Proven(r *http.Request) bool {
	_, ok := s.key.asked(r.Context(), r.Header.Get(proofHeader))
	return ok
}

// ServeHTTP answers, with a proof for who has brought one.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	text, err := json.Marshal(s.answer())
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	if asked, ok := s.key.asked(r.Context(), r.Header.Get(proofHeader)); ok {
		w.Header().Set(proofHeader, asked.answer(text))
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(text) // who asked may have left
}
