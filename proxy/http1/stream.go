package http1

import "weir/proxy/exchange"

// Upgrade answers 101 and gives the client's byte stream away.
func (r *reply) Upgrade(fields []exchange.Field) (exchange.Stream, error) {
	r.begun, r.closing, r.framing = true, true, noBody
	r.out = appendFields(appendStatus(r.out, 101), fields)
	r.out = append(r.out, "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n"...)
	if err := r.Flush(); err != nil {
		return nil, err
	}
	r.c.phase.start(phaseTunnel)
	return &stream{r.c}, nil
}

// stream is a client connection after an upgrade.
type stream struct{ c *Conn }

// Read first returns what came right behind the request.
func (s *stream) Read(p []byte) (n int, err error) {
	defer s.c.phase.again()
	if w := s.c.work; len(w.unread()) > 0 {
		n = copy(p, w.unread())
		w.r += n
		return n, nil
	}
	for {
		n, err = s.c.conn.Read(p)
		if n > 0 || !s.c.woken(err) {
			return n, err
		}
	}
}

func (s *stream) Write(p []byte) (int, error) {
	defer s.c.phase.again()
	return s.c.conn.Write(p)
}

// CloseWrite passes end of input on.
func (s *stream) CloseWrite() error {
	if half, ok := s.c.conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return s.c.conn.Close()
}

// Close cuts the stream.
func (s *stream) Close() error { return s.c.Close() }
