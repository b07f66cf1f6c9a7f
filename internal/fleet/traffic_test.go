package fleet

import (
	"bufio"
	"fmt"
	"math"
	"net"
	"sync"
	"testing"
	"time"

	"weir/internal/testenv"
)

// traffic is clients of all proxies, and who has answered them.
type traffic struct {
	t  testing.TB
	mu sync.Mutex
	by map[*proxy]map[string]int // version: answers since the last count
}

// traffic starts clients that make 50 requests a second by each proxy that runs
// now, each as a client of its own, until the test ends. No request may fail as
// long as the proxy lives.
func (f *fleet) traffic() *traffic {
	f.t.Helper()
	tr := &traffic{t: f.t, by: map[*proxy]map[string]int{}}
	var groups []func(*testenv.Load)
	for _, p := range f.proxies {
		groups = append(groups, testenv.Paced(1, 50, func() testenv.Client { return &visitor{proxy: p, traffic: tr} }))
	}
	f.load = testenv.StartLoad(f.t, groups...)
	return tr
}

func (tr *traffic) answered(p *proxy, version string) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	if tr.by[p] == nil {
		tr.by[p] = map[string]int{}
	}
	tr.by[p][version]++
}

// visitor is a testenv.Client.
type visitor struct {
	proxy   *proxy
	traffic *traffic
	conn    net.Conn
	answers *bufio.Reader
}

// Once implements testenv.Client.
func (v *visitor) Once() error {
	version, err := v.visit()
	if v.proxy.killed.Load() {
		return nil
	}
	if err == nil {
		v.traffic.answered(v.proxy, version)
	}
	return err
}

func (v *visitor) visit() (version string, err error) {
	if v.conn == nil {
		if v.conn, err = net.DialTimeout("tcp", v.proxy.listen, within); err != nil {
			return "", err
		}
		v.answers = bufio.NewReader(v.conn)
	}
	v.conn.SetDeadline(time.Now().Add(within))
	if version, err = testenv.Exchange(v.conn, v.answers, host); err != nil {
		v.Close()
		v.conn = nil
	}
	return version, err
}

// Close implements testenv.Client.
func (v *visitor) Close() {
	if v.conn != nil {
		v.conn.Close()
	}
}

// split waits until each of the proxies has answered n more requests, and fails
// unless v2 had its share of these.
func (tr *traffic) split(share float64, n int, proxies ...*proxy) {
	tr.t.Helper()
	tr.mu.Lock()
	clear(tr.by)
	tr.mu.Unlock()
	for _, p := range proxies {
		var stable, candidate int
		testenv.Eventually(tr.t, failover, func() error {
			tr.mu.Lock()
			defer tr.mu.Unlock()
			if stable, candidate = tr.by[p]["v1"], tr.by[p]["v2"]; stable+candidate < n {
				return fmt.Errorf("%s has answered %d of %d requests", p.name, stable+candidate, n)
			}
			return nil
		})
		all := float64(stable + candidate)
		if off := math.Abs(float64(candidate) - all*share); off > 5*math.Sqrt(all*share*(1-share)) {
			tr.t.Errorf("v2 has answered %d of %.0f requests to %s, want %.4g%%", candidate, all, p.name, share*100)
		}
	}
}
