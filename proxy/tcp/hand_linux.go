package tcp

import (
	"net"
	"os"

	"weir/tlssni"
)

// hand gives the client to Engine.Terminate, as if nothing had been read.
func (c *Conn) hand() {
	conn, err := c.netConn()
	if err != nil {
		c.end(err)
		return
	}
	c.handed = c.engine.Terminate(tlssni.NewReplay(conn, c.held), Ends{c.remote, c.local})
	c.held = nil // belongs to the replay now
	c.tries.Leave(c.engine.Chooser)
	c.stage = stageHanded
	go c.serveHanded()
}

func (c *Conn) serveHanded() {
	c.handed.Serve()
	c.mu.Lock()
	c.stage = stageOver
	c.unlock()
}

// netConn moves the client's socket over to package net.
func (c *Conn) netConn() (net.Conn, error) {
	if err := c.loop.abandon(&c.client); err != nil {
		return nil, err
	}
	file := os.NewFile(uintptr(c.client.fd), "client")
	c.client.fd = -1
	defer file.Close() // FileConn copies the descriptor
	return net.FileConn(file)
}
