package http1

import (
	"errors"
	"io"

	"weir/proxy/exchange"
)

var errSwitch = errors.New("101 without having been asked for a WebSocket, or for another protocol")

// switched passes the target's consent to a WebSocket on, and then bytes both
// ways until both ends are done.
func (a *attempt) switched() (exchange.Failure, error) {
	if !a.x.Upgrade || !a.head.socket || a.head.upgrades != 1 || !a.head.upgrade {
		return exchange.BadResponse, errSwitch
	}
	client, err := a.x.Switch(a.head.fields)
	if err != nil {
		return exchange.ClientGone, err
	}
	defer client.Close()
	up := make(chan error, 1)
	go a.copyUp(client, up)
	err = a.copyDown(client)
	if err != nil {
		a.conn.Interrupt()
		client.Close()
	}
	if upErr := <-up; err == nil {
		err = upErr
	}
	if err != nil {
		return exchange.ResponseCut, err
	}
	return 0, nil
}

// copyUp copies from the client to the target and tells done how it ended.
func (a *attempt) copyUp(client exchange.Stream, done chan<- error) {
	buf := make([]byte, tunnelBytes)
	for {
		n, err := client.Read(buf)
		a.x.BytesIn += int64(n)
		if n > 0 {
			if werr := a.write(buf[:n]); werr != nil {
				err = werr
			}
		}
		switch {
		case err == io.EOF:
			done <- a.closeWrite()
			return
		case err != nil:
			a.conn.Interrupt()
			done <- err
			return
		}
	}
}

// copyDown copies from the target to the client, first what came behind the head.
func (a *attempt) copyDown(client exchange.Stream) error {
	a.base = 0
	for {
		n, err := client.Write(a.unread())
		a.x.BytesOut += int64(n)
		if err != nil {
			return err
		}
		a.r = a.w
		a.room()
		n, err = a.conn.Read(a.space())
		a.w += n
		switch {
		case n > 0:
		case err == io.EOF:
			return client.CloseWrite()
		case err != nil:
			return err
		}
	}
}

// tunnelBytes is the size of a tunnel's buffer.
const tunnelBytes = 8 << 10

// closeWrite passes end of input on to the target.
func (a *attempt) closeWrite() error {
	if half, ok := a.conn.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}
