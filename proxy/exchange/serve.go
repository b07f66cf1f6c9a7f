package exchange

// Handler serves exchanges. All fields are set before the first use.
type Handler struct{}

// Serve decides where x goes, sends it, and answers by itself where there is
// no target. It returns when the answer is complete. The engine must close the
// connection when it reports false: the client's message framing is spoilt.
func (h *Handler) Serve(x *Exchange) (reusable bool) { panic("exchange: Serve") }

// Interim passes a 1xx head of the target on.
func (x *Exchange) Interim(status int, fields []Field) error { return x.Reply.Interim(status, fields) }

// Head passes the target's final head on, after the response policy.
func (x *Exchange) Head(status int, fields []Field, length int64, bodyless bool) error {
	panic("exchange: Head")
}

// Write passes body bytes on.
func (x *Exchange) Write(p []byte) (int, error) {
	n, err := x.Reply.Write(p)
	x.BytesOut += int64(n)
	return n, err
}

// End completes the answer.
func (x *Exchange) End(trailers []Field) error { return x.Reply.End(trailers) }
