package nonblock

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Read reads into p, which has at least one byte. n is 0 at the end of input;
// the error is syscall.EAGAIN when there is nothing yet.
//
// It does not tell the scheduler, as package syscall would do: the call cannot
// block, and a proxy makes four of them per request (190 ns each with that when
// there is nothing to read, 135 ns without).
func Read(fd int, p []byte) (n int, err error) {
	return call(syscall.SYS_RECVFROM, fd, p, 0)
}

// Write writes p, which has at least one byte, or a part of it. The error is
// syscall.EAGAIN when the socket takes nothing now.
func Write(fd int, p []byte) (n int, err error) {
	return call(syscall.SYS_SENDTO, fd, p, syscall.MSG_NOSIGNAL)
}

// Ready reports whether Read has something to say.
func Ready(fd int) bool {
	var b [1]byte
	_, err := call(syscall.SYS_RECVFROM, fd, b[:], syscall.MSG_PEEK)
	return err != syscall.EAGAIN
}

// Acked is how many bytes the other side has ever acknowledged.
func Acked(fd int) uint64 {
	info, err := unix.GetsockoptTCPInfo(fd, unix.IPPROTO_TCP, unix.TCP_INFO)
	if err != nil {
		return 0
	}
	return info.Bytes_acked
}

func call(trap uintptr, fd int, p []byte, flags uintptr) (n int, err error) {
	for {
		r, _, errno := syscall.RawSyscall6(trap, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)), flags, 0, 0)
		switch errno {
		case 0:
			return int(r), nil
		case syscall.EINTR:
		case syscall.EAGAIN:
			return 0, syscall.EAGAIN // a constant error does not allocate
		default:
			return 0, errno
		}
	}
}
