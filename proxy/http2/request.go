package http2

import (
	"time"

	"golang.org/x/net/http2"

	"weir/proxy/exchange"
)

// request is a stream that a client has opened, with the exchange it carries.
type request struct {
	stream
	conn *Conn
	x    exchange.Exchange
	head head

	queued   bool // for a worker
	running  bool // on a worker
	upgraded bool // to a tunnel, which outlives the exchange
	expect   bool // the client waits for 100 Continue
	begun    bool // the final head is sent
	cookies  [][]byte
}

// begin takes over the block's buffers and leaves its own in exchange.
func (r *request) begin(c *Conn, b *block) {
	r.head, b.head = b.head, r.head
	r.conn, r.recvEnd, r.headed, r.hold = c, b.end, true, true
	r.queued, r.running, r.upgraded, r.expect, r.begun = false, false, false, false, false
	r.x.Reset()
	r.x.Client = c.client
}

// accept checks the request and gives it to a worker, or answers it. A request
// that announces an empty body waits for its end: a body may follow all the same.
func (r *request) accept() error {
	status, ok := r.parse()
	switch {
	case !ok || r.recvEnd && r.want > 0 || r.x.Upgrade && r.want >= 0:
		return r.wrong()
	case status != 0:
		return r.refuse(status)
	}
	switch {
	case r.recvEnd || r.want == 0 || r.x.Upgrade:
		r.x.Length = 0
	default:
		r.x.Length, r.x.Body = r.want, r
	}
	if r.recvEnd || r.want != 0 {
		r.queue()
	}
	return nil
}

func (r *request) queue() {
	r.queued = true
	r.conn.ready = append(r.conn.ready, r)
}

// wrong is the answer to what RFC 9113 calls malformed (section 8.1.1).
func (r *request) wrong() error {
	return http2.StreamError{StreamID: r.id, Code: http2.ErrCodeProtocol}
}

// refuse answers without the handler.
func (r *request) refuse(status int) error {
	l := r.link
	l.enc.begin()
	l.enc.status(status)
	l.enc.length(0)
	l.sendHead(&r.stream, true)
	r.sendEnd = true
	r.closed()
	l.reset(&r.stream, http2.ErrCodeNo, errEnded)
	if o := r.conn.server.Observer; o != nil {
		r.x.Start, r.x.Status = time.Now(), status
		o.Exchange(&r.x)
	}
	return l.budget.spendReset()
}

// headers takes trailers (RFC 9113 section 8.1).
func (r *request) headers(b *block) error {
	if !b.end || b.malformed || b.tooLarge || b.pseudo > 0 || r.want >= 0 && r.got != r.want {
		return r.wrong()
	}
	kept := b.fields[:0]
	for _, f := range b.fields {
		switch {
		case connectionField(f.Name) || hasEdgeSpace(f.Value):
			return r.wrong()
		case !unfitTrailer(f.Name) && !ambiguous(f.Name):
			kept = append(kept, f)
		}
	}
	b.fields = kept
	r.trailer, b.head = b.head, r.trailer
	r.ends()
	return nil
}

// complete starts a request that was held until its end.
func (r *request) complete() {
	if !r.queued {
		r.queue()
	}
}

// dropped tells whoever serves the request that the client has left. A body
// that broke off is of no use; an answer that broke off is passed on as far as
// it came.
func (r *request) dropped() {
	if !r.recvEnd {
		r.discard()
	}
	if r.running {
		r.x.Leave()
	}
}

// Read reads the body.
func (r *request) Read(p []byte) (int, error) {
	if r.expect {
		r.expect = false
		if err := (*reply)(r).Interim(100, nil); err != nil {
			return 0, err
		}
	}
	n, err := r.read(p)
	r.x.BytesIn += int64(n)
	return n, err
}

// Trailers returns the fields after the body.
func (r *request) Trailers() []exchange.Field { return r.trailer.fields }

// Stop makes Read fail.
func (r *request) Stop() {
	r.link.mu.Lock()
	defer r.link.mu.Unlock()
	r.stopped = true
	r.cond.Broadcast()
}
