package http1

import (
	"errors"
	"io"
	"net"
)

// splicePiece is how many bytes move before that counts as progress.
const splicePiece = 256 << 10

// Splice sends the next n body bytes from src without bringing them into the
// process. It fails with errors.ErrUnsupported, and takes nothing, where the
// client's connection or the framing does not allow that.
func (r *reply) Splice(src *net.TCPConn, n int64) (sent int64, err error) {
	if r.c.tcp == nil || r.framing != byLength || n > r.left {
		return 0, errors.ErrUnsupported
	}
	if err := r.Flush(); err != nil {
		return 0, err
	}
	for sent < n && err == nil {
		piece := min(n-sent, splicePiece)
		r.c.writing.start(phaseWrite)
		var moved int64
		moved, err = r.c.tcp.ReadFrom(&io.LimitedReader{R: src, N: piece})
		sent += moved
		if err == nil && moved < piece {
			err = io.ErrUnexpectedEOF
		}
	}
	r.c.writing.start(0)
	r.left -= sent
	return sent, err
}
