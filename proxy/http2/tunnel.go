package http2

import (
	"crypto/sha1"
	"encoding/base64"
	"io"
	"sync"

	"weir/proxy/exchange"
)

// connect joins the client's byte stream with the target's, after the target
// has accepted an extended CONNECT, and returns when both directions are done.
func (c *call) connect(x *exchange.Exchange) error {
	c.link.mu.Lock()
	c.tunnel = true
	c.want = -1
	c.link.mu.Unlock()
	client, err := x.Switch(accepted(x, c.final.fields))
	if err != nil {
		return clientError{err}
	}
	defer client.Close()
	var up sync.WaitGroup
	up.Go(func() { c.upload(x, client) })
	err = c.download(x, client)
	if err != nil {
		c.cancel(err)
		client.Close()
	}
	up.Wait()
	return err
}

// upload passes on what the client sends, and its end.
func (c *call) upload(x *exchange.Exchange, client exchange.Stream) {
	buf := c.link.buffers.get()
	defer c.link.buffers.put(buf)
	for {
		n, err := client.Read(buf)
		x.BytesIn += int64(n)
		if _, werr := c.write(buf[:n]); werr != nil {
			return
		}
		switch {
		case err == io.EOF:
			c.finish(nil)
			return
		case err != nil:
			c.cancel(clientError{err})
			return
		}
		c.push()
	}
}

// download passes on what the target sends, and its end.
func (c *call) download(x *exchange.Exchange, client exchange.Stream) error {
	for taken := 0; ; {
		b, err := c.take(taken)
		taken = len(b)
		switch {
		case err == io.EOF:
			return ofClient(client.CloseWrite())
		case err != nil:
			return err
		case len(b) > 0:
			n, err := client.Write(b)
			x.BytesOut += int64(n)
			if err != nil {
				return clientError{err}
			}
		default:
			c.block()
		}
	}
}

// accepted adds the answer to the key of a client that speaks HTTP/1.1; the
// target has seen no key (RFC 6455 section 4.2.2).
func accepted(x *exchange.Exchange, fields []exchange.Field) []exchange.Field {
	for _, f := range x.Fields {
		if f.Is("sec-websocket-key") {
			sum := sha1.Sum(append(f.Value[:len(f.Value):len(f.Value)], "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"...))
			accept := base64.StdEncoding.AppendEncode(nil, sum[:])
			return append(fields, exchange.Field{Name: []byte("Sec-WebSocket-Accept"), Value: accept})
		}
	}
	return fields
}
