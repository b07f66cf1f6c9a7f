package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"

	"weir/bench/backend"
)

// serveBackend is the argument with which this program is the backend: a
// process of its own, so that its CPU time can be told from the loaders'.
const serveBackend = "serve-backend"

// runBackend prints the addresses and serves until standard input ends, which
// it does when the measuring process is gone.
func runBackend(ctx context.Context) error {
	b, err := backend.Listen()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() { // ends with the process at the latest
		io.Copy(io.Discard, os.Stdin)
		cancel()
	}()
	if err := json.NewEncoder(os.Stdout).Encode(b.Addrs); err != nil {
		return err
	}
	if err := b.Run(ctx); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// backendProcess is the running backend.
type backendProcess struct {
	addrs backend.Addrs
	cmd   *exec.Cmd
	input io.Closer
}

func startBackend(ctx context.Context) (*backendProcess, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, self, serveBackend)
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 5 * time.Second
	input, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	output, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the backend: %w", err)
	}
	p := &backendProcess{cmd: cmd, input: input}
	if err := json.NewDecoder(bufio.NewReader(output)).Decode(&p.addrs); err != nil {
		p.stop()
		return nil, fmt.Errorf("addresses of the backend: %w", err)
	}
	return p, nil
}

// stop ends the backend and waits for it.
func (p *backendProcess) stop() {
	p.input.Close()
	p.cmd.Wait()
}
