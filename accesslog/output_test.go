package accesslog

import (
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"weir/internal/testenv"
)

const patience = 30 * time.Second

// TestAFileIsRotated before it is too large, and only so many old ones stay.
func TestAFileIsRotated(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "access.log")
	if err := os.WriteFile(path, []byte("kept\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := File(path, MinSize, 2)
	if err != nil {
		t.Fatal(err)
	}
	batch := []byte(strings.Repeat(strings.Repeat("x", 1023)+"\n", maxPending/1024))
	for range 5 {
		if _, err := out.Write(batch); err != nil {
			t.Fatal(err)
		}
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "access*"))
	if err != nil || len(files) != 3 {
		t.Fatalf("%v, %q", err, files)
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil || len(text) > MinSize<<20 || !strings.HasSuffix(string(text), "x\n") {
			t.Errorf("%s: %v, %d bytes", f, err, len(text))
		}
	}
}

func TestAFileThatCannotBeWrittenIsNamed(t *testing.T) {
	dir := t.TempDir()
	if _, err := File(dir, 10, 1); err == nil || !strings.Contains(err.Error(), dir) {
		t.Errorf("error %v, want one with %s", err, dir)
	}
}

// TestSyslogDatagrams: RFC 5424 over UDP, and the C library's form at a socket of
// this machine.
func TestSyslogDatagrams(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "log")
	for _, c := range []struct{ network, addr, url, want string }{
		{"udp", "127.0.0.1:0", "udp://", `^<190>1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}(Z|[+-]\d\d:\d\d) \S+ accesslog.test \d+ access - line$`},
		{"unixgram", socket, "unix://", `^<190>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d accesslog.test\[\d+\]: line$`},
	} {
		server, err := net.ListenPacket(c.network, c.addr)
		if err != nil {
			t.Fatal(err)
		}
		defer server.Close()
		out, err := Syslog(c.url + server.LocalAddr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer out.Close()
		if _, err := out.Write([]byte("line\n" + strings.Repeat("x", 2*maxDatagram) + "\n")); err != nil {
			t.Fatal(err)
		}
		server.SetReadDeadline(time.Now().Add(patience))
		buf := make([]byte, 64<<10)
		n, _, err := server.ReadFrom(buf)
		if err != nil || !regexp.MustCompile(c.want).Match(buf[:n]) {
			t.Errorf("%s: %v, the message is %q", c.network, err, buf[:n])
		}
		if n, _, err := server.ReadFrom(buf); err != nil || n != maxDatagram {
			t.Errorf("%s: %v, a long line has %d bytes", c.network, err, n)
		}
	}
}

// TestSyslogOnTCP counts its messages, and finds a server that was restarted.
func TestSyslogOnTCP(t *testing.T) {
	server, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	out, err := Syslog("tcp://" + server.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	for _, lines := range []string{"one\ntwo\n", "three\n"} {
		testenv.Eventually(t, patience, func() error { // a closed connection may take one write more
			_, err := out.Write([]byte(lines))
			return err
		})
		conn, err := server.Accept()
		if err != nil {
			t.Fatal(err)
		}
		conn.SetReadDeadline(time.Now().Add(patience))
		for line := range strings.Lines(lines) {
			if got, want := counted(t, conn), " - "+strings.TrimSpace(line); !strings.HasSuffix(got, want) {
				t.Errorf("the message is %q, want one that ends in %q", got, want)
			}
		}
		conn.(*net.TCPConn).SetLinger(0)
		conn.Close()
		if lines == "one\ntwo\n" {
			testenv.Eventually(t, patience, func() error { return gone(out.(*syslog).conn) })
		}
	}
}

// gone waits for the end of a connection.
func gone(c net.Conn) error {
	if _, err := c.Read(make([]byte, 1)); err == nil {
		return io.ErrNoProgress
	}
	return nil
}

// counted reads a message of RFC 6587 section 3.4.1.
func counted(t *testing.T, from io.Reader) string {
	t.Helper()
	n := 0
	for b := []byte{0}; ; n = 10*n + int(b[0]-'0') {
		if _, err := io.ReadFull(from, b); err != nil {
			t.Fatal(err)
		}
		if b[0] == ' ' {
			break
		}
	}
	text := make([]byte, n)
	if _, err := io.ReadFull(from, text); err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestSyslogAddresses(t *testing.T) {
	for addr, good := range map[string]bool{
		"": true, "udp://log.test:514": true, "tcp://[::1]:601": true, "unix:///run/log": true,
		"log.test:514": false, "udp://log.test": false, "http://log.test:514": false, "tcp://log.test:514/x": false, "unix://": false, "udp://:x y": false,
	} {
		if _, err := Syslog(addr); (err == nil) != good {
			t.Errorf("%q: error %v", addr, err)
		}
	}
}
