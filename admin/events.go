package admin

import (
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"weir/admin/auth"
)

// Times of the event stream.
const (
	quiet     = 15 * time.Second // after which a comment keeps the connection open
	writeTime = 10 * time.Second // for one event
)

// HelloEvent is the first event of a stream.
type HelloEvent struct {
	Version    string `json:"version"`
	Generation uint64 `json:"generation" doc:"Of the table now"`
	Resumed    bool   `json:"resumed" doc:"Nothing was missed since Last-Event-ID; if false, what is shown has to be read again"`
}

// registerEvents describes the stream, which is no operation of huma's: it does
// not end.
func (a *Admin) registerEvents(api huma.API) {
	var events []*huma.Schema
	for _, e := range []struct {
		name string
		of   reflect.Type
	}{
		{"hello", reflect.TypeFor[HelloEvent]()}, {"table", reflect.TypeFor[TableEvent]()}, {"rollouts", reflect.TypeFor[RolloutsEvent]()},
		{"problems", reflect.TypeFor[ProblemsEvent]()}, {"traffic", reflect.TypeFor[TrafficEvent]()},
	} {
		schema := *api.OpenAPI().Components.Schemas.Schema(e.of, true, "")
		events = append(events, &huma.Schema{Title: e.name, Description: "Data of " + e.name, AllOf: []*huma.Schema{&schema}})
	}
	text := &huma.Schema{Type: huma.TypeString}
	api.OpenAPI().AddOperation(&huma.Operation{
		OperationID: "events", Method: http.MethodGet, Path: "/api/v1/events", Tags: []string{"events"},
		Summary:     "What changes, as server-sent events",
		Description: "Each event has a name and one line of JSON. See docs/ADMIN.md.",
		Parameters: []*huma.Param{
			{Name: "only", In: "query", Schema: text, Example: "table,traffic", Description: "Names of the events that are wanted; absent: all"},
			{Name: "Last-Event-ID", In: "header", Schema: text, Description: "ID of the last event that was got: what came since then is sent again"},
		},
		Responses: map[string]*huma.Response{
			"200": {Description: "A stream without an end", Content: map[string]*huma.MediaType{"text/event-stream": {Schema: &huma.Schema{OneOf: events}}}},
		},
	})
}

// events serves /api/v1/events.
func (a *Admin) events(h *hub) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var only []string
		if text := r.FormValue("only"); text != "" {
			only = strings.Split(text, ",")
		}
		s, missed, resumed := h.join(r.Header.Get("Last-Event-ID"), only)
		if s == nil {
			w.Header().Set("Retry-After", "5")
			writeProblem(w, fail(TooManyStreams, fmt.Sprintf("%d streams are open, which is the most", maxStreams), params{"most": fmt.Sprint(maxStreams)}))
			return
		}
		defer h.leave(s)
		out := stream{w, http.NewResponseController(w)}
		if out.begin(HelloEvent{a.Version, a.Publisher.Status().Generation, resumed}) != nil {
			return
		}
		for _, f := range missed {
			if out.write(f.text) != nil {
				return
			}
		}
		a.follow(r, h, s, out)
	}
}

// follow sends what comes, as long as the client reads and may read.
func (a *Admin) follow(r *http.Request, h *hub, s *subscriber, out stream) {
	ticker := time.NewTicker(quiet)
	defer ticker.Stop()
	who := askerOf(r.Context())
	for {
		text := []byte(":\n\n")
		select {
		case <-h.done:
			return
		case <-r.Context().Done():
			return
		case <-s.cut:
			return
		case f := <-s.frames:
			text = f.text
		case <-ticker.C:
			if !a.mayRead(r) {
				return
			}
		}
		if e := who.Session.Expires; !e.IsZero() && !e.After(time.Now()) || out.write(text) != nil {
			return
		}
	}
}

// mayRead asks again whether who made a request may read.
func (a *Admin) mayRead(r *http.Request) bool {
	if a.Auth == nil {
		return true
	}
	id, err := a.Auth.Identify(r)
	return err == nil && id.Has(auth.Viewer)
}

// stream writes events, each within a time.
type stream struct {
	w http.ResponseWriter
	c *http.ResponseController
}

// begin ends the time for the request, which is read, and says hello.
func (s stream) begin(hello HelloEvent) error {
	if err := s.c.SetReadDeadline(time.Time{}); err != nil {
		return err
	}
	text, err := marshal(hello, "")
	if err != nil {
		return err
	}
	s.w.Header().Set("Content-Type", "text/event-stream")
	s.w.Header().Set("X-Accel-Buffering", "no") // for who stands in front
	return s.write(fmt.Appendf(nil, "retry: 1000\n\nevent: hello\ndata: %s\n\n", text))
}

func (s stream) write(text []byte) error {
	if err := s.c.SetWriteDeadline(time.Now().Add(writeTime)); err != nil {
		return err
	}
	if _, err := s.w.Write(text); err != nil {
		return err
	}
	return s.c.Flush()
}
