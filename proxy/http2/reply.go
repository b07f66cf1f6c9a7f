package http2

import (
	"golang.org/x/net/http2"

	"weir/proxy/exchange"
)

// reply is a request as the handler answers it.
type reply request

// Interim sends a 1xx head.
func (p *reply) Interim(status int, fields []exchange.Field) error {
	l := p.link
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := p.headRoom(); err != nil || p.begun {
		return err
	}
	l.enc.begin()
	l.enc.status(status)
	l.enc.fields(fields)
	l.sendHead(&p.stream, false)
	l.flush()
	return p.err
}

// Head sends the final head. It leaves with what follows.
func (p *reply) Head(status int, fields []exchange.Field, length int64, bodyless bool) error {
	l := p.link
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := p.headRoom(); err != nil {
		return err
	}
	p.begun = true
	l.enc.begin()
	l.enc.status(status)
	l.enc.fields(fields)
	if status != 204 && (length > 0 || length == 0 && !bodyless) { // RFC 9110 section 8.6
		l.enc.length(length)
	}
	l.sendHead(&p.stream, false)
	return nil
}

// Write sends body bytes.
func (p *reply) Write(b []byte) (int, error) { return p.write(b) }

// Flush sends what is held back.
func (p *reply) Flush() error { return p.push() }

// End completes the answer.
func (p *reply) End(trailers []exchange.Field) error { return p.finish(trailers) }

// Abort resets the stream.
func (p *reply) Abort() {
	l := p.link
	l.mu.Lock()
	defer l.mu.Unlock()
	l.reset(&p.stream, http2.ErrCodeInternal, errEnded)
	l.kick()
}

// Upgrade accepts an extended CONNECT (RFC 8441 section 5).
func (p *reply) Upgrade(fields []exchange.Field) (exchange.Stream, error) {
	l := p.link
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := p.headRoom(); err != nil {
		return nil, err
	}
	p.begun, p.upgraded = true, true
	l.enc.begin()
	l.enc.status(200)
	for _, f := range fields {
		if !f.Is("sec-websocket-accept") { // answers a key that HTTP/2 has not
			l.enc.field(l.enc.lowered(f.Name), f.Value)
		}
	}
	l.sendHead(&p.stream, false)
	l.flush()
	return (*tunnel)(p), nil
}

// tunnel is a request after Upgrade.
type tunnel request

// Read reads what the client sends.
func (t *tunnel) Read(b []byte) (int, error) { return t.read(b) }

// Write sends b at once.
func (t *tunnel) Write(b []byte) (int, error) {
	n, err := t.write(b)
	if err == nil {
		err = t.push()
	}
	return n, err
}

// CloseWrite ends our direction.
func (t *tunnel) CloseWrite() error { return t.finish(nil) }

// Close ends both directions.
func (t *tunnel) Close() error {
	t.link.mu.Lock()
	defer t.link.mu.Unlock()
	t.conn.leave((*request)(t), http2.ErrCodeCancel)
	t.conn.endIfDrained()
	return nil
}
