package accesslog

import (
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

const (
	priority    = 23*8 + 6        // local7.info
	maxDatagram = 8 << 10         // bytes of one message that is not on TCP
	syslogTime  = 5 * time.Second // for a connect, and for a write
)

// Syslog is an output to a syslog server: at udp://host:port or tcp://host:port
// (RFC 5424, on TCP counted as in RFC 6587), or at the socket of this machine,
// unix:///path, or /dev/log for an empty addr. It connects when there is
// something to write.
func Syslog(addr string) (io.WriteCloser, error) {
	s := &syslog{network: "unixgram", addr: "/dev/log", tag: filepath.Base(os.Args[0]), pid: strconv.Itoa(os.Getpid())}
	if addr == "" {
		return s, nil
	}
	u, err := url.Parse(addr)
	if err != nil {
		return nil, fmt.Errorf("syslog address %q: %w", addr, err)
	}
	switch u.Scheme {
	case "unix":
		s.addr = u.Path
	case "udp", "tcp":
		s.network, s.addr = u.Scheme, u.Host
		if _, port, err := net.SplitHostPort(u.Host); err != nil || port == "" || u.Path != "" {
			return nil, errSyslogAddr(addr)
		}
	default:
		return nil, errSyslogAddr(addr)
	}
	if s.host, err = os.Hostname(); err != nil || s.addr == "" {
		return nil, errSyslogAddr(addr)
	}
	return s, nil
}

func errSyslogAddr(addr string) error {
	return fmt.Errorf("syslog address %q is not udp://host:port, tcp://host:port or unix:///path", addr)
}

type syslog struct {
	network, addr  string
	host, tag, pid string
	conn           net.Conn // nil before the first write, and after one that failed
	message        []byte
}

// Write sends each line as a message. What fails is tried once more on another
// connection.
func (s *syslog) Write(lines []byte) (int, error) {
	for line := range strings.Lines(string(lines)) {
		m := s.compose(strings.TrimSuffix(line, "\n"))
		err := s.send(m)
		if err != nil {
			err = s.send(m)
		}
		if err != nil {
			return 0, err
		}
	}
	return len(lines), nil
}

// compose makes the message of a line, which holds until the next one.
func (s *syslog) compose(line string) []byte {
	now := time.Now()
	b := append(s.message[:0], '<')
	b = append(strconv.AppendInt(b, priority, 10), '>')
	if s.network == "unixgram" { // as the C library writes there
		b = now.AppendFormat(b, time.Stamp)
		b = append(b, " "+s.tag+"["+s.pid+"]: "...)
	} else {
		b = now.AppendFormat(append(b, "1 "...), "2006-01-02T15:04:05.000000Z07:00")
		b = append(b, " "+s.host+" "+s.tag+" "+s.pid+" access - "...)
	}
	b = append(b, line...)
	if s.network != "tcp" {
		b = b[:min(len(b), maxDatagram)]
	}
	s.message = b
	return b
}

func (s *syslog) send(message []byte) (err error) {
	if s.conn == nil {
		if s.conn, err = net.DialTimeout(s.network, s.addr, syslogTime); err != nil {
			return err
		}
	}
	if s.network == "tcp" {
		message = append(append(strconv.AppendInt(nil, int64(len(message)), 10), ' '), message...)
	}
	s.conn.SetWriteDeadline(time.Now().Add(syslogTime))
	if _, err = s.conn.Write(message); err != nil {
		s.Close()
	}
	return err
}

// Close ends the connection.
func (s *syslog) Close() error {
	if s.conn == nil {
		return nil
	}
	err := s.conn.Close()
	s.conn = nil
	return err
}
