package proxy

import (
	"errors"
	"io"
	"net"
	"os"
	"slices"
	"time"

	"weir/proxy/exchange"
	"weir/proxy/proxyproto"
	"weir/proxy/tcp"
)

// announced makes the connection of a client that may have been announced by a
// PROXY header.
func (e *engines) announced(c *net.TCPConn, peer tcp.Ends, owner tcp.Owner) exchange.Conn {
	return e.handoff(c, 0, func() exchange.Conn {
		h, early, err := e.readHeader(c, peer)
		refused := ""
		switch {
		case err != nil:
			refused = "proxy header"
		case h.Source.IsValid():
			peer = tcp.Ends{Remote: h.Source, Local: h.Dest}
			fallthrough
		default:
			refused = owner.Known(peer.Remote.Addr())
		}
		if refused != "" {
			e.server.Observer.Refused(e.conf.Addr, refused)
			return nil
		}
		return e.conn(c, e.client(peer), early)
	})
}

// readHeader reads the PROXY header, if there is one, and returns what came
// behind it. A client that says nothing for the policy's time has none.
func (e *engines) readHeader(c *net.TCPConn, peer tcp.Ends) (h proxyproto.Header, early []byte, err error) {
	c.SetReadDeadline(time.Now().Add(e.conf.Proxy.Wait()))
	defer c.SetReadDeadline(time.Time{})
	for {
		early = slices.Grow(early, headerPiece)
		n, rerr := c.Read(early[len(early):cap(early)])
		early = early[:len(early)+n]
		if n > 0 {
			h, n, err = e.conf.Proxy.Read(early, peer.Remote.Addr())
			if err != proxyproto.ErrShort {
				return h, early[n:], err
			}
		}
		switch {
		case rerr == nil:
		case len(early) == 0 && (rerr == io.EOF || errors.Is(rerr, os.ErrDeadlineExceeded)):
			return h, nil, nil
		default:
			return h, nil, rerr
		}
	}
}

// headerPiece is how much is read at once in the search for a PROXY header. Few
// are longer.
const headerPiece = 512
