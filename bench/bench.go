package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"

	"weir/bench/check"
	"weir/bench/peers"
	"weir/bench/report"
)

// bench is one run.
type bench struct {
	options
	dir     string // for everything that is written, removed at the end
	cert    peers.Certificate
	backend *backendProcess
	report  report.Report
}

// newBench prepares what all turns need. The caller closes it.
func newBench(ctx context.Context, o options) (*bench, error) {
	b := &bench{options: o, report: report.Report{
		Machine: machine(ctx), Method: report.Method{Rounds: o.rounds, Seconds: o.seconds, Loaders: loaderVersions()}}}
	var err error
	if b.dir, err = os.MkdirTemp("", "weir-bench-"); err != nil {
		return nil, err
	}
	if err := b.prepare(ctx); err != nil {
		b.close()
		return nil, err
	}
	return b, nil
}

func (b *bench) prepare(ctx context.Context) (err error) {
	if b.cert, err = peers.NewCertificate(); err != nil {
		return err
	}
	if b.build {
		if err := b.buildWeir(ctx); err != nil {
			return err
		}
	}
	b.backend, err = startBackend(ctx)
	return err
}

func (b *bench) close() {
	if b.backend != nil {
		b.backend.stop()
	}
	os.RemoveAll(b.dir)
}

func (b *bench) buildWeir(ctx context.Context) error {
	program := filepath.Join(b.dir, "weir")
	out, err := exec.CommandContext(ctx, "go", "build", "-o", program, "weir/cmd/weir").CombinedOutput()
	if err != nil {
		return fmt.Errorf("build weir: %w\n%s", err, out)
	}
	for i := range b.peers {
		if b.peers[i].Name == report.Ours {
			b.peers[i].Path = program
		}
	}
	return nil
}

// run checks the peers, measures and writes the report.
func (b *bench) run(ctx context.Context) error {
	b.checkPeers(ctx)
	for _, w := range b.works {
		if err := ctx.Err(); err != nil {
			return err
		}
		b.report.Works = append(b.report.Works, b.do(ctx, w))
	}
	if err := ctx.Err(); err != nil {
		return err // what is left would be holes
	}
	if err := b.report.Write(os.Stdout); err != nil || b.out == "" {
		return err
	}
	fmt.Println("\nwritten to", b.out)
	return b.report.WriteFile(b.out)
}

// checkPeers leaves those out that are missing or do not do the job.
func (b *bench) checkPeers(ctx context.Context) {
	var good []peers.Peer
	for _, p := range b.peers {
		fact := report.Peer{Name: p.Name}
		var err error
		if p.Path, err = p.Find(); err == nil {
			fact.Version = p.VersionText()
			err = b.started(ctx, p, func(t turn) error { return check.Peer(ctx, p, t.Running) })
		}
		if err != nil {
			fact.LeftOut = err.Error()
			fmt.Println("left out:", err)
		} else {
			good = append(good, p)
			fmt.Println("ready:", p.Name, fact.Version)
		}
		b.report.Peers = append(b.report.Peers, fact)
	}
	b.peers = good
}

// started does something with a fresh process of the peer.
func (b *bench) started(ctx context.Context, p peers.Peer, do func(turn) error) error {
	dir, err := peers.Folder(b.dir, b.cert)
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	running, err := p.Start(ctx, peers.Site{Dir: dir, Cores: runtime.NumCPU(), Backend: b.backend.addrs})
	if err != nil {
		return err
	}
	defer running.Stop()
	t := b.turn()
	t.Running = running
	if err := do(t); err != nil {
		return fmt.Errorf("%w\n%s", err, running.Log())
	}
	return nil
}

func (b *bench) turn() turn {
	return turn{backend: b.backend, dir: b.dir, length: time.Duration(b.seconds) * time.Second}
}
