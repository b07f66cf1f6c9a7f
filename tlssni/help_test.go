package tlssni_test

import (
	"bytes"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"testing"
	"time"
)

var errStop = errors.New("stop")

// stranger is a connection with fixed input. It keeps what is written.
type stranger struct {
	io.Reader
	out bytes.Buffer
}

func (s *stranger) Write(b []byte) (int, error)      { return s.out.Write(b) }
func (s *stranger) Close() error                     { return nil }
func (s *stranger) LocalAddr() net.Addr              { return &net.TCPAddr{} }
func (s *stranger) RemoteAddr() net.Addr             { return &net.TCPAddr{} }
func (s *stranger) SetDeadline(time.Time) error      { return nil }
func (s *stranger) SetReadDeadline(time.Time) error  { return nil }
func (s *stranger) SetWriteDeadline(time.Time) error { return nil }

// clientHello is the first flight of Go's own client.
func clientHello(t testing.TB, config *tls.Config) []byte {
	t.Helper()
	s := &stranger{Reader: bytes.NewReader(nil)}
	config.InsecureSkipVerify = true
	if err := tls.Client(s, config).Handshake(); !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	return s.out.Bytes()
}

// seenByTLS is what crypto/tls makes of raw; nil when it refuses it.
func seenByTLS(raw []byte) (seen *tls.ClientHelloInfo) {
	tls.Server(&stranger{Reader: bytes.NewReader(raw)}, &tls.Config{
		GetConfigForClient: func(info *tls.ClientHelloInfo) (*tls.Config, error) {
			seen = info
			return nil, errStop
		},
	}).Handshake()
	return seen
}

// records lays a handshake message in records of the given lengths, the rest in
// one more.
func records(message []byte, lengths ...int) (raw []byte) {
	for i := 0; len(message) > 0; i++ {
		n := min(len(message), 1<<14)
		if i < len(lengths) {
			n = min(n, lengths[i])
		}
		raw = append(raw, 22, 3, 1)
		raw = binary.BigEndian.AppendUint16(raw, uint16(n))
		raw = append(raw, message[:n]...)
		message = message[n:]
	}
	return raw
}

// message builds a ClientHello of these extensions.
func message(extensions ...[]byte) []byte {
	body := append([]byte{3, 3}, make([]byte, 32)...)
	body = append(body, 0, 0, 2, 0x13, 0x01, 1, 0)
	block := bytes.Join(extensions, nil)
	body = binary.BigEndian.AppendUint16(body, uint16(len(block)))
	body = append(body, block...)
	return append([]byte{1, byte(len(body) >> 16), byte(len(body) >> 8), byte(len(body))}, body...)
}

// extension builds one extension.
func extension(number uint16, data ...byte) []byte {
	b := binary.BigEndian.AppendUint16(nil, number)
	b = binary.BigEndian.AppendUint16(b, uint16(len(data)))
	return append(b, data...)
}

// nameExtension is a server_name extension with these host names.
func nameExtension(names ...string) []byte {
	var list []byte
	for _, name := range names {
		list = binary.BigEndian.AppendUint16(append(list, 0), uint16(len(name)))
		list = append(list, name...)
	}
	return extension(0, append(binary.BigEndian.AppendUint16(nil, uint16(len(list))), list...)...)
}
