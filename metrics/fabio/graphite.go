package fabio

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"time"
)

// Graphite sends to a Graphite by TCP, in its line protocol: of counters what
// was added, of times the quantiles .p50, .p90, .p95 and .p99 in milliseconds.
// Prometheus' own bridge to Graphite cannot write fabio's names.
type Graphite struct {
	Addr    string        // host:port
	Timeout time.Duration // of connecting, and of sending
}

// String names the receiver.
func (g Graphite) String() string { return "Graphite at " + g.Addr }

func (g Graphite) send(n *Names, values []value) (err error) {
	conn, err := net.DialTimeout("tcp", g.Addr, g.Timeout)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if err := conn.SetDeadline(time.Now().Add(g.Timeout)); err != nil {
		return err
	}
	out, now := bufio.NewWriter(conn), time.Now().Unix()
	for i := range values {
		v, name := &values[i], n.prefix+plain(n.flat(&values[i]))
		if v.kind != timer {
			fmt.Fprintf(out, "%s %f %d\n", name, v.n, now)
			continue
		}
		for _, q := range []int{50, 90, 95, 99} {
			fmt.Fprintf(out, "%s.p%d %f %d\n", name, q, 1000*v.quantile(float64(q)/100), now)
		}
	}
	return out.Flush()
}
