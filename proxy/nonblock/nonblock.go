// Package nonblock reads and writes on sockets that do not block.
//
// The callers are inside syscall.RawConn.Read, where the descriptor is sure to
// stay open.
package nonblock
