package tracing

import (
	"weir/proxy/exchange"
)

// carrier is the fields of a request as OpenTelemetry's propagator wants them
// (https://www.w3.org/TR/trace-context/).
type carrier exchange.Exchange

// Get returns the value of a field; several lists of tracestate are one. A
// traceparent that is there twice is none.
func (c *carrier) Get(name string) string {
	value, n := "", 0
	for i := range c.Fields {
		if f := &c.Fields[i]; f.Is(name) {
			if n++; n > 1 {
				value += ","
			}
			value += string(f.Value)
		}
	}
	return value
}

// Set adds a field.
func (c *carrier) Set(name, value string) {
	c.Fields = append(c.Fields, exchange.Field{Name: []byte(name), Value: []byte(value)})
}

// Keys is of no use to the propagator.
func (c *carrier) Keys() []string { return nil }

// remove takes both fields away.
func (c *carrier) remove() {
	kept := c.Fields[:0]
	for _, f := range c.Fields {
		if !f.Is("traceparent") && !f.Is("tracestate") {
			kept = append(kept, f)
		}
	}
	c.Fields = kept
}
