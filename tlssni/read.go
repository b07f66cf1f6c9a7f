package tlssni

import (
	"fmt"
	"io"
	"slices"
)

// helloBuffer is what a buffer begins with: most hellos of today, post-quantum
// key share included, need less than 2 KiB.
const helloBuffer = 2 << 10

// Read reads a ClientHello from r. It returns every byte it took from r, those
// behind the hello too, for a target or a TLS server to read again: read is buf,
// or a longer slice when that was too small. It belongs to the caller, also
// after an error. buf may be nil.
//
// Read does not watch the time: set a deadline for the whole hello before it.
// An error says what is wrong with the bytes, or is that of r; io.EOF becomes
// io.ErrUnexpectedEOF after the first byte.
func Read(r io.Reader, buf []byte) (hello Hello, read []byte, err error) {
	var s Scanner
	read = buf[:0]
	for {
		if len(read) == cap(read) {
			read = slices.Grow(read, helloBuffer)
		}
		n, rerr := r.Read(read[len(read):cap(read)])
		read = read[:len(read)+n]
		if whole, err := s.Scan(read); err != nil {
			return Hello{}, read, err
		} else if whole {
			hello, err = s.Hello(read)
			return hello, read, err
		}
		if rerr == io.EOF && len(read) > 0 {
			rerr = io.ErrUnexpectedEOF
		}
		if rerr != nil {
			return Hello{}, read, fmt.Errorf("after %d bytes of a ClientHello: %w", len(read), rerr)
		}
	}
}
