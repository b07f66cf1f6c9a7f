package peers

import (
	"errors"
	"math/rand/v2"
	"net"
)

// freePorts sets each to another free port. They are below the range from
// which Linux takes the ports of outgoing connections (32768 and up), so that
// none of the many that a run opens takes one before the peer does.
func freePorts(ports ...*int) error {
	const low, high, tries = 20000, 32000, 1000
	var held []net.Listener
	defer func() {
		for _, l := range held {
			l.Close()
		}
	}()
	for range tries {
		if len(held) == len(ports) {
			return nil
		}
		port := low + rand.IntN(high-low)
		if l, err := net.Listen("tcp", addr(port)); err == nil {
			*ports[len(held)] = port
			held = append(held, l)
		}
	}
	return errors.New("no free ports between 20000 and 32000")
}
