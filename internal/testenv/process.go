package testenv

import (
	"bytes"
	"os"
	"os/exec"
	"sync"
	"testing"
)

// Process is a program of its own. It ends with the test at the latest.
type Process struct {
	cmd    *exec.Cmd
	out    Output
	exited chan struct{}
}

// StartProcess starts a command, which must not be started yet.
func StartProcess(t testing.TB, cmd *exec.Cmd) *Process {
	t.Helper()
	p := &Process{cmd: cmd, exited: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = &p.out, &p.out
	cmd.SysProcAttr = childAttr()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(p.exited)
		cmd.Wait()
	}()
	t.Cleanup(func() {
		p.Kill()
		if t.Failed() {
			t.Logf("%s printed\n%s", cmd.Path, p.Output())
		}
	})
	return p
}

// Signal sends a signal.
func (p *Process) Signal(s os.Signal) error { return p.cmd.Process.Signal(s) }

// Kill ends the process at once and waits for that.
func (p *Process) Kill() {
	p.cmd.Process.Kill()
	<-p.exited
}

// Exited is closed when the process has ended.
func (p *Process) Exited() <-chan struct{} { return p.exited }

// Code is the exit code once the process has exited; -1 after a signal.
func (p *Process) Code() int { return p.cmd.ProcessState.ExitCode() }

// Output is what the process has printed so far, on either stream.
func (p *Process) Output() string { return p.out.String() }

// Output takes what is written by one and read by another. The zero value is empty.
type Output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

// Write implements io.Writer.
func (b *Output) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

// String is all that was written so far.
func (b *Output) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
