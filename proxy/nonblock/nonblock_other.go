//go:build !linux

package nonblock

import "syscall"

// Read reads into p, which has at least one byte. n is 0 at the end of input;
// the error is syscall.EAGAIN when there is nothing yet.
func Read(fd int, p []byte) (n int, err error) { return retry(syscall.Read, fd, p) }

// Write writes p, which has at least one byte, or a part of it. The error is
// syscall.EAGAIN when the socket takes nothing now.
func Write(fd int, p []byte) (n int, err error) { return retry(syscall.Write, fd, p) }

// Ready reports whether Read has something to say.
func Ready(fd int) bool {
	_, _, err := syscall.Recvfrom(fd, make([]byte, 1), syscall.MSG_PEEK)
	return err != syscall.EAGAIN
}

// Acked would be how many bytes the other side has ever acknowledged. Here it
// is not known.
func Acked(int) uint64 { return 0 }

func retry(call func(int, []byte) (int, error), fd int, p []byte) (int, error) {
	for {
		n, err := call(fd, p)
		if err != syscall.EINTR {
			return max(n, 0), err
		}
	}
}
