package tcp

import "time"

// setAlarm has ring called once after d unless stopAlarm comes first.
func (c *Conn) setAlarm(d time.Duration, ring func()) {
	c.stopAlarm()
	id := c.alarms
	c.alarm = time.AfterFunc(d, func() {
		c.mu.Lock()
		defer c.unlock()
		if c.alarms == id {
			c.alarm = nil
			ring()
			c.run()
		}
	})
}

func (c *Conn) stopAlarm() {
	c.alarms++
	if c.alarm != nil {
		c.alarm.Stop()
		c.alarm = nil
	}
	if c.cancel != nil {
		c.cancel()
		c.cancel = nil
	}
}
