//go:build !linux

package nonblock

import "errors"

// Pipe carries bytes from one socket to another inside the kernel, which is not
// to be had here.
type Pipe struct{}

// NewPipe fails with errors.ErrUnsupported.
func NewPipe() (*Pipe, error) { return nil, errors.ErrUnsupported }

// Close does nothing.
func (*Pipe) Close() {}

// Held is zero.
func (*Pipe) Held() int { return 0 }

// Fill is not called.
func (*Pipe) Fill(int, int64) (int, error) { return 0, errors.ErrUnsupported }

// Drain is not called.
func (*Pipe) Drain(int) error { return errors.ErrUnsupported }
