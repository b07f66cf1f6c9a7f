package exchange

import (
	"context"
	"errors"
	"os"
	"strings"
	"sync/atomic"
	"time"
	"unsafe"

	"weir/route"
)

// Handler serves exchanges. All fields are set before the first use and do not
// change. It is safe for concurrent use.
type Handler struct {
	Chooser    *Chooser
	Transports map[string]Transport // by target scheme
	Policy     Policy
	Auth       map[string]Authorizer // by the name in auth=
	Observer   Observer
	Mirror     *Mirror // sends copies to candidates; nil: none are sent
	Coder      Coder   // encodes answers; nil: none are encoded
	Tracer     Tracer  // nil: nothing is traced
	Retry      *Budget // of retries after an answer; nil: there are none
	// Details has noted of everything what otherwise is of trials only: Drawn.Code of
	// gRPC calls, and how long connects took on TCP.
	Details bool
	// NoRoute gives the status and the page for a request that no route takes.
	NoRoute func() (status int, html []byte)
	// Done ends waiting for another target when the server stops; nil never does.
	Done <-chan struct{}

	upgraded atomic.Int64 // exchanges that have become streams, and are open
}

// Upgraded is how many WebSockets are open.
func (h *Handler) Upgraded() int { return int(h.upgraded.Load()) }

// Authorizer checks the credentials of one auth scheme.
type Authorizer interface {
	// Allow reports whether the Authorization field value, empty when there is
	// none, is good.
	Allow(authorization []byte) bool
	// Challenge is the WWW-Authenticate value of a refusal.
	Challenge() string
}

// Serve decides where x goes, sends it, and answers by itself where there is
// no target. It returns when the answer is complete. The engine must end the
// connection (or stream) when it reports false: the answer broke off.
func (h *Handler) Serve(x *Exchange) (whole bool) {
	x.handler, x.coder = h, h.Coder
	x.Start = time.Now()
	if h.Tracer != nil {
		x.trace = h.Tracer.Begin(x)
	}
	err := h.serve(x)
	x.Err = errors.Join(x.Err, err)
	if x.Status == 101 {
		h.upgraded.Add(-1)
	}
	if err != nil && x.begun {
		x.Reply.Abort()
	}
	if x.coding != nil {
		x.uncode()
	}
	if x.trace != nil {
		x.trace.End(x)
	}
	if h.Observer != nil {
		h.Observer.Exchange(x)
	}
	return err == nil
}

func (h *Handler) serve(x *Exchange) error {
	path, query, _ := strings.Cut(view(x.URI), "?")
	path, err := route.NormalPath(path)
	if err != nil {
		return x.answer(400, err.Error())
	}
	search := search{tls: x.Client.TLS != nil, path: path, asked: asked{x}}
	search.host = route.NormalHost(view(x.Host), search.tls)
	h.Policy.request(x) // first, so that conditions see no stranger's word either
	x.Route = search.find(h.Chooser.Live.Load())
	var tries Tries
	err = h.forward(x, &tries, search, query)
	tries.Leave(h.Chooser)
	return err
}

// forward tries targets until one takes the request.
func (h *Handler) forward(x *Exchange, tries *Tries, s search, query string) error {
	for x.Route != nil {
		t, err := tries.Next(h.Chooser, x.Route, x)
		switch {
		case err != nil:
			return x.answer(503, err.Error())
		case t == nil: // every target was tried: the table may know more in a moment
			if !tries.Wait(h.Chooser, h.Done) {
				return h.failed(x, tries.Last)
			}
		case x.leadsBack(t, s.path, query):
			x.Route = h.Chooser.Live.Load().Next(x.Route, s.host, s.path, s.tls, s.asked)
			continue
		default:
			x.Connect = tries.ConnectTime(h.Chooser)
			again, err := h.attempt(x, t, tries, s.path, query)
			if !again {
				return err
			}
			tries.Failed(t, err)
		}
		if rt := s.find(h.Chooser.Live.Load()); rt != nil {
			x.Route = rt
		}
	}
	status, page := h.NoRoute()
	return x.problem(status, "no route", page)
}

// attempt sends x to t. again says that another target may have it.
func (h *Handler) attempt(x *Exchange, t *route.Target, s *Tries, path, query string) (again bool, err error) {
	x.Target = t
	if local, err := h.local(x, t, path, query); local {
		return false, err
	}
	h.Policy.target(x, t, path, query)
	x.stay(h.Chooser.Sticky, t)
	tr := h.Transports[t.Scheme()]
	if tr == nil {
		return false, x.answer(502, "the target speaks "+t.Scheme()+", which is not HTTP")
	}
	if h.Details && !x.Drawn.GRPC {
		x.Drawn.GRPC = x.isGRPC()
	}
	x.Connected = 0
	if x.Attempts++; x.Attempts == 1 {
		h.copy(x, t, path, query)
	}
	h.prepareRetry(x, t, len(s.tried))
	x.edit(t)
	err = x.roundTrip(tr, t)
	x.unedit()
	if err == nil {
		return false, nil
	}
	if x.mayRepeat(err) {
		return true, err
	}
	return false, h.failed(x, err)
}

// maxDrops bounds the targets that may end a connection without an answer to
// one request, so that a request which no target bears does not fell them all.
const maxDrops = 3

// mayRepeat reports whether another target may have the request after an
// attempt failed: nothing was sent, or what was does no harm twice. A server
// that has been told to end drops requests it never looked at (net/http's does).
func (x *Exchange) mayRepeat(err error) bool {
	switch failure(err) {
	case SendFailed:
		x.drops++
		return !x.begun && x.drops < maxDrops && x.Repeatable()
	case ResponseTimeout:
		return x.again(0)
	case ConnectFailed:
		return !x.begun
	}
	return errors.Is(err, errAgain)
}

// failure is the kind of an attempt's error; -1 when it says none.
func failure(err error) Failure {
	var failed *AttemptError
	if errors.As(err, &failed) {
		return failed.Kind
	}
	return -1
}

// local answers what the target's options decide without asking the target.
func (h *Handler) local(x *Exchange, t *route.Target, path, query string) (bool, error) {
	if t.Restricted() && !h.allowed(x, t) {
		return true, x.answer(403, "access denied")
	}
	if name := t.Auth(); name != "" && !h.authorized(x, name) {
		return true, x.answer(401, "authorization failed")
	}
	if r := t.Redirect(); r != nil {
		return true, x.own(r.Code, nil, []Field{{[]byte("Location"), []byte(x.location(t, path, query))}})
	}
	return false, nil
}

func (x *Exchange) location(t *route.Target, path, query string) string {
	return t.Redirect().Location(view(x.Host), path, query)
}

// leadsBack reports whether t redirects to the very URL that the client asks
// for, as when something in front of weir has ended TLS. The client's own word
// for its scheme is good enough here: all it can do is to skip a redirect.
func (x *Exchange) leadsBack(t *route.Target, path, query string) bool {
	if t.Redirect() == nil {
		return false
	}
	scheme := "http"
	if x.Client.TLS != nil || EqualFold(x.claimedProto, "https") {
		scheme = "https"
	}
	return x.location(t, path, query) == scheme+"://"+view(x.Host)+view(x.URI)
}

// failed answers for a request that no target answered.
func (h *Handler) failed(x *Exchange, err error) error {
	if x.begun {
		return err
	}
	status := 502
	var refusal Refusal
	switch kind := failure(err); {
	case kind == ClientGone && errors.As(err, &refusal):
		x.Err = err
		return x.answer(refusal.Refusal())
	case kind == ClientGone && x.leftFor() == late:
		x.Err = err
		return x.answer(504, "the request took too long")
	case kind == ClientGone && x.leftFor() == drained:
		x.Err = err
		return x.answer(503, ErrDrained.Error())
	case kind == ClientGone:
		x.Status = 499
		return err
	case errors.Is(err, ErrInFlight):
		status = 503
	case kind == ResponseTimeout, errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		status = 504
	}
	x.Err = err
	return x.answer(status, "no answer from the target")
}

// search is what a request looks its route up by.
type search struct {
	host, path string
	tls        bool
	asked      asked
}

func (s search) find(t *route.Table) *route.Route {
	path := s.path
	if path == "*" {
		path = "/"
	}
	return t.Match(s.host, path, s.tls, s.asked)
}

// view lends b as a string. The string must not outlive the exchange.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
