package testenv

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// Requests is a Client that keeps one connection open, by which every request
// for / of Host must be answered with 200.
type Requests struct {
	Addr, Host string

	conn    net.Conn
	answers *bufio.Reader
}

// Once implements Client.
func (c *Requests) Once() (err error) {
	if c.conn == nil {
		if c.conn, err = net.DialTimeout("tcp", c.Addr, 10*time.Second); err != nil {
			return err
		}
		c.answers = bufio.NewReader(c.conn)
	}
	c.conn.SetDeadline(time.Now().Add(10 * time.Second))
	if _, err = Exchange(c.conn, c.answers, c.Host); err != nil {
		c.Close()
		c.conn = nil
	}
	return err
}

// Close implements Client.
func (c *Requests) Close() {
	if c.conn != nil {
		c.conn.Close()
	}
}

// Hellos is a Client that sends Hello on a new connection each time and wants
// the answer of a HelloServer.
type Hellos struct {
	Addr  string
	Hello []byte
}

// Once implements Client.
func (c *Hellos) Once() error {
	conn, err := net.DialTimeout("tcp", c.Addr, 10*time.Second)
	if err != nil {
		return err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	if _, err := conn.Write(c.Hello); err != nil {
		return err
	}
	answer, err := io.ReadAll(conn)
	if err == nil && !strings.HasPrefix(string(answer), helloFrom) {
		err = fmt.Errorf("answered %q", answer)
	}
	return err
}

// Close implements Client: no connection stays open.
func (c *Hellos) Close() {}

// Exchange asks for / of host on an open connection and returns the body of the
// answer, which must be a 200.
func Exchange(conn io.Writer, answers *bufio.Reader, host string) (string, error) {
	fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: %s\r\n\r\n", host)
	resp, err := http.ReadResponse(answers, nil)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", resp.Status, body)
	}
	return string(body), err
}
