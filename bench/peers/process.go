package peers

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// How long a peer may take to listen and to end.
const (
	startTimeout = 15 * time.Second
	stopTimeout  = 5 * time.Second
)

// Running is a peer that listens.
type Running struct {
	Pid                       int
	HTTP, HTTPS, SNI, Metrics string // host:port

	stop func()
	done chan struct{} // closed when it has ended
	log  *tail
}

// Start configures the peer in a folder of its own, starts it and waits until
// it listens. It ends when ctx does; the caller calls Stop in any case.
func (p Peer) Start(ctx context.Context, s Site) (*Running, error) {
	if err := p.complete(&s); err != nil {
		return nil, fmt.Errorf("start %s: %w", p.Name, err)
	}
	config, err := p.configure(s)
	if err != nil {
		return nil, fmt.Errorf("configure %s: %w", p.Name, err)
	}
	r := &Running{HTTP: addr(s.HTTP), HTTPS: addr(s.HTTPS), SNI: addr(s.SNI), Metrics: addr(s.Metrics),
		done: make(chan struct{}), log: &tail{}}
	if err := r.exec(ctx, p, s, config); err != nil {
		return nil, fmt.Errorf("start %s: %w", p.Name, err)
	}
	ports := []string{r.HTTP, r.HTTPS, r.Metrics}
	if p.SNI {
		ports = append(ports, r.SNI)
	}
	if err := r.listening(ctx, ports); err != nil {
		r.Stop()
		return nil, fmt.Errorf("start %s: %w\n%s", p.Name, err, r.Log())
	}
	return r, nil
}

// complete fills what the caller leaves to Start.
func (p Peer) complete(s *Site) (err error) {
	if p.Name == NGINX().Name {
		s.Modules = nginxModules(p.Path)
	}
	return freePorts(&s.HTTP, &s.HTTPS, &s.SNI, &s.Metrics, &s.Admin)
}

// exec starts the process in a group of its own, so that a Ctrl-C on the
// terminal does not reach it before the measuring has ended, and so that
// children go with it.
func (r *Running) exec(ctx context.Context, p Peer, s Site, config string) error {
	ctx, r.stop = context.WithCancel(ctx)
	cmd := exec.CommandContext(ctx, p.Path, p.args(config)...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = s.Dir, r.log, r.log
	cmd.Env = []string{"HOME=" + s.Dir, "PATH=" + os.Getenv("PATH")}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = stopTimeout
	if err := cmd.Start(); err != nil {
		r.stop()
		return err
	}
	r.Pid = cmd.Process.Pid
	go r.wait(cmd)
	return nil
}

// wait ends when the process has, and what is left of its group with it.
func (r *Running) wait(cmd *exec.Cmd) {
	defer close(r.done)
	cmd.Wait() // how it ended matters only while it should run
	syscall.Kill(-r.Pid, syscall.SIGKILL)
}

// listening waits until every address takes connections.
func (r *Running) listening(ctx context.Context, addrs []string) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for _, addr := range addrs {
		for {
			c, err := net.Dial("tcp", addr)
			if err == nil {
				c.Close()
				break
			}
			select {
			case <-tick.C:
			case <-r.done:
				return errors.New("it ended")
			case <-ctx.Done():
				return fmt.Errorf("not listening after %v: %w", startTimeout, err)
			}
		}
	}
	return nil
}

// Stop ends the peer and waits for it.
func (r *Running) Stop() {
	r.stop()
	<-r.done
}

// Log is the end of what the peer printed.
func (r *Running) Log() string { return r.log.String() }

func addr(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

// Folder makes the folder of one start, with a certificate in it.
func Folder(parent string, c Certificate) (string, error) {
	dir, err := os.MkdirTemp(parent, "peer-")
	if err != nil {
		return "", err
	}
	for name, text := range map[string][]byte{
		"cert.pem": c.Cert, "key.pem": c.Key, "both.pem": append(c.Cert[:len(c.Cert):len(c.Cert)], c.Key...),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			return "", err
		}
	}
	return dir, nil
}

// tail keeps the last bytes of a log.
type tail struct {
	mu   sync.Mutex
	text []byte
}

const tailBytes = 4 << 10

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, b...)
	t.text = t.text[max(0, len(t.text)-tailBytes):]
	return len(b), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.text)
}
