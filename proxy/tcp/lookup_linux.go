package tcp

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strconv"
)

// lookUp connects to a target whose address has a name in it.
func (c *Conn) lookUp(addr string) {
	c.stage = stageWait
	ctx, cancel := context.WithTimeout(context.Background(), c.connectTime())
	c.stopAlarm()
	c.cancel = cancel
	id := c.alarms
	c.poller.lookups.Go(func() {
		defer cancel()
		found, err := resolve(ctx, addr)
		c.mu.Lock()
		defer c.unlock()
		if c.alarms != id {
			return
		}
		if err != nil {
			c.refusedBy(err)
		} else {
			// Another address each time, where there are several.
			c.connect(found[c.session.Attempts%len(found)])
		}
		c.run()
	})
}

func resolve(ctx context.Context, addr string) ([]netip.AddrPort, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return nil, fmt.Errorf("port %q is not a number from 0 to 65535", port)
	}
	ips, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return nil, err
	}
	found := make([]netip.AddrPort, len(ips))
	for i, ip := range ips {
		found[i] = netip.AddrPortFrom(ip, uint16(number))
	}
	return found, nil
}
