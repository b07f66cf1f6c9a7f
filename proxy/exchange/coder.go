package exchange

// Coder encodes the bodies of targets' answers on their way to clients.
type Coder interface {
	// Code looks at the final head of an answer. It returns the fields to send,
	// and what is to take the body in place of x.Reply, which it passes on there;
	// nil leaves the body as it is. The body has any length then.
	Code(x *Exchange, status int, fields []Field, length int64, bodyless bool) (Coding, []Field)
}

// Coding is a Reply in front of an engine's.
type Coding interface {
	Reply
	// Close ends the coding, which must not be used any more, and returns how many
	// bytes of body it gave to the engine.
	Close() (sent int64)
}

// code puts a coding in front of the engine's reply if there is to be one.
func (x *Exchange) code(status int, fields []Field, length int64, bodyless bool) []Field {
	coding, fields := x.coder.Code(x, status, fields, length, bodyless)
	if coding != nil {
		x.coding, x.uncoded, x.Reply = coding, x.Reply, coding
	}
	return fields
}

// uncode takes the coding away when the exchange has ended.
func (x *Exchange) uncode() {
	x.BytesOut = x.coding.Close()
	x.Reply, x.coding, x.uncoded = x.uncoded, nil, nil
}
