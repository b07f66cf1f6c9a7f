package testenv

import "syscall"

// childAttr makes the kernel end a child whose test process was killed.
func childAttr() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
