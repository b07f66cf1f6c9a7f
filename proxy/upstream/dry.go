package upstream

import "net"

// dryConn is the TCP connection below a TLS connection. While it is dry, reading
// from the TLS connection yields what came together with what was read before,
// and does not wait or make a syscall.
type dryConn struct {
	*net.TCPConn
	dry bool // of the goroutine that reads
}

// Read fails with errDry while the connection is dry.
func (c *dryConn) Read(p []byte) (int, error) {
	if c.dry {
		return 0, errDry
	}
	return c.TCPConn.Read(p)
}

var errDry net.Error = dryError{}

// dryError is temporary, which has crypto/tls go on where it was.
type dryError struct{}

func (dryError) Error() string   { return "the connection is dry" }
func (dryError) Timeout() bool   { return true }
func (dryError) Temporary() bool { return true }
