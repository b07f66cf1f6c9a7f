package tcp

import (
	"golang.org/x/sys/unix"

	"weir/proxy/proxyproto"
)

// readHeader reads until it is known whether the client begins with a PROXY
// header, and takes that.
func (c *Conn) readHeader() (again bool) {
	if c.alarm == nil {
		c.setAlarm(c.engine.Proxy.Wait(), c.headerLate)
	}
	for c.client.readable {
		n, err := c.receive()
		switch {
		case err == unix.EAGAIN:
		case err == nil && n == 0 && len(c.held) == 0 && c.engine.Port != "":
			c.in.eof = true // there is still what the target has to say
			return c.announced(proxyproto.Header{}, 0)
		case err != nil || n == 0:
			c.refuse("proxy header")
			return false
		default:
			h, n, err := c.engine.Proxy.Read(c.held, c.remote.Addr())
			if err == proxyproto.ErrShort {
				continue
			}
			if err != nil {
				c.refuse("proxy header")
				return false
			}
			return c.announced(h, n)
		}
	}
	return false
}

// headerLate goes on without a header when the time for one is over. Who has
// sent a part of it is let go: nobody else may read that as a header.
func (c *Conn) headerLate() {
	if len(c.held) > 0 {
		c.refuse("proxy header")
		return
	}
	c.announced(proxyproto.Header{}, 0)
}

// announced takes the header off, which is n bytes long, and goes on with what
// came behind it.
func (c *Conn) announced(h proxyproto.Header, n int) (again bool) {
	c.stopAlarm()
	if h.Source.IsValid() {
		c.remote, c.local = h.Source, h.Dest
		c.session.Client, c.session.Port = h.Source.Addr(), h.Source.Port()
	}
	if refused := c.owner.Known(c.remote.Addr()); refused != "" {
		c.refuse(refused)
		return false
	}
	if c.held = append(c.held[:0], c.held[n:]...); len(c.held) == 0 {
		c.release()
	}
	c.stage = c.engine.first()
	if c.stage == stageHello && len(c.held) > 0 {
		if again, over := c.scanHello(); over {
			return again
		}
	}
	return true
}

// announce is what the chosen target is to get before the client's bytes.
func (c *Conn) announce() []byte {
	version := proxyproto.Version(c.chosen.ProxyProto())
	if version == proxyproto.None {
		return nil
	}
	h := proxyproto.Header{Source: c.remote, Dest: c.local}
	if !h.Dest.IsValid() {
		own := address{size: unix.SizeofSockaddrInet6}
		if sysOwnAddress(c.client.fd, &own) == nil {
			h.Dest = own.addrPort()
		}
	}
	return h.Append(nil, version)
}
