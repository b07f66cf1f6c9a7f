package tcp

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The system calls of a connection's life, made without telling Go's scheduler.
// None of them can block, and the scheduler, when told, looks every 20 µs for
// calls that last longer than that, and hands their processors on to another
// thread: a new connection cost a fifth more, a spliced byte a sixth. The
// longest, a splice of a whole pipe, takes a quarter of a millisecond. How to
// pass the pointers is written at unsafe.Pointer, rule 4.

func sysSocket(family int) (fd int, err error) {
	const kind = unix.SOCK_STREAM | unix.SOCK_NONBLOCK | unix.SOCK_CLOEXEC
	r, _, errno := syscall.RawSyscall(unix.SYS_SOCKET, uintptr(family), kind, 0)
	return int(r), failure(errno)
}

func sysConnect(fd int, to *address) error {
	_, _, errno := syscall.RawSyscall(unix.SYS_CONNECT, uintptr(fd), uintptr(unsafe.Pointer(&to.raw)), uintptr(to.size))
	return failure(errno)
}

func sysAccept(listener int, from *address) (fd int, err error) {
	const flags = unix.SOCK_NONBLOCK | unix.SOCK_CLOEXEC
	r, _, errno := syscall.RawSyscall6(unix.SYS_ACCEPT4, uintptr(listener),
		uintptr(unsafe.Pointer(&from.raw)), uintptr(unsafe.Pointer(&from.size)), flags, 0, 0)
	return int(r), failure(errno)
}

// sysOwnAddress is getsockname.
func sysOwnAddress(fd int, own *address) error {
	_, _, errno := syscall.RawSyscall(unix.SYS_GETSOCKNAME, uintptr(fd),
		uintptr(unsafe.Pointer(&own.raw)), uintptr(unsafe.Pointer(&own.size)))
	return failure(errno)
}

func sysNoDelay(fd int) error {
	on := int32(1)
	_, _, errno := syscall.RawSyscall6(unix.SYS_SETSOCKOPT, uintptr(fd), unix.IPPROTO_TCP, unix.TCP_NODELAY,
		uintptr(unsafe.Pointer(&on)), unsafe.Sizeof(on), 0)
	return failure(errno)
}

func sysEndOutput(fd int) { syscall.RawSyscall(unix.SYS_SHUTDOWN, uintptr(fd), unix.SHUT_WR, 0) }

func sysClose(fd int) { syscall.RawSyscall(unix.SYS_CLOSE, uintptr(fd), 0, 0) }

func sysWatch(epoll, op, fd int, events uint32) error {
	event := unix.EpollEvent{Events: events, Fd: int32(fd)}
	_, _, errno := syscall.RawSyscall6(unix.SYS_EPOLL_CTL, uintptr(epoll), uintptr(op), uintptr(fd),
		uintptr(unsafe.Pointer(&event)), 0, 0)
	return failure(errno)
}

// sysReady takes what is ready, without waiting. Not all processors' Linux has
// epoll_wait; all have epoll_pwait.
func sysReady(epoll int, events []unix.EpollEvent) (n int, err error) {
	r, _, errno := syscall.RawSyscall6(unix.SYS_EPOLL_PWAIT, uintptr(epoll),
		uintptr(unsafe.Pointer(unsafe.SliceData(events))), uintptr(len(events)), 0, 0, 0)
	return int(r), failure(errno)
}

// sysSplice moves at most n bytes, one of from and to being a pipe.
func sysSplice(from, to, n int) (moved int, err error) {
	const flags = unix.SPLICE_F_NONBLOCK | unix.SPLICE_F_MOVE
	for {
		r, _, errno := syscall.RawSyscall6(unix.SYS_SPLICE, uintptr(from), 0, uintptr(to), 0, uintptr(n), flags)
		switch errno {
		case 0:
			return int(r), nil
		case unix.EINTR:
		default:
			return 0, errno
		}
	}
}

func failure(errno syscall.Errno) error {
	if errno == 0 {
		return nil
	}
	return errno
}
