// Command bench measures weir side by side with other proxies and writes
// docs/benchmarks.md. Run it at the root of the module: go run ./bench.
//
// It starts the peers that it finds, one after the other, with the same job,
// puts work on them and divides the CPU time that they used by what got done.
// It needs Linux.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil && !errors.Is(err, errHelp) {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) == 1 && args[0] == serveBackend {
		return runBackend(ctx)
	}
	o, err := parseOptions(args)
	if err != nil {
		return err
	}
	if err := raiseFileLimit(); err != nil {
		return err
	}
	b, err := newBench(ctx, o)
	if err != nil {
		return err
	}
	defer b.close()
	return b.run(ctx)
}

// raiseFileLimit lets this process and all that it starts open as many files
// as the machine allows; 10 000 connections are held.
func raiseFileLimit() error {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return fmt.Errorf("limit of open files: %w", err)
	}
	limit.Cur = limit.Max
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return fmt.Errorf("limit of open files: %w", err)
	}
	if limit.Cur < idleConns+1000 {
		return fmt.Errorf("this machine allows %d open files, %d are needed: ulimit -Hn", limit.Cur, idleConns+1000)
	}
	return nil
}
