package certs

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	"weir/internal/testenv"
)

// material makes the texts that tests write as short words: "a" is a certificate
// for a.test and its key, "a.cert" and "a.key" are one of them, "!why" is a text
// that cannot be read, and anything with a blank is itself.
type material struct {
	t    testing.TB
	made map[string]testenv.Cert
}

func newMaterial(t testing.TB) *material { return &material{t, map[string]testenv.Cert{}} }

func (m *material) cert(name string) testenv.Cert {
	if _, ok := m.made[name]; !ok {
		m.made[name] = testenv.NewCert(m.t, name+".test")
	}
	return m.made[name]
}

func (m *material) text(word string) []byte {
	name, part, _ := strings.Cut(word, ".")
	switch {
	case strings.Contains(word, " "):
		return []byte(word)
	case part == "cert":
		return m.cert(name).PEM
	case part == "key":
		return m.cert(name).Key
	}
	return append(append([]byte{}, m.cert(name).PEM...), m.cert(name).Key...)
}

// texts reads "name=word name=word".
func (m *material) texts(words string) (list []text) {
	for word := range strings.FieldsSeq(words) {
		name, value, _ := strings.Cut(word, "=")
		if why, bad := strings.CutPrefix(value, "!"); bad {
			list = append(list, text{name: name, err: errors.New(why)})
			continue
		}
		if value == "junk" {
			value = "no certificate"
		}
		list = append(list, text{name: name, data: m.text(value)})
	}
	return list
}

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }

func noEnv(string) string { return "" }

// around is what a source of a test has around it.
func around() Around { return Around{Getenv: noEnv, Log: discard()} }

// run runs a source until the test ends, and waits for its first answers.
func run(t testing.TB, c Config, around Around) *Source {
	t.Helper()
	s, err := New(c, around)
	if err == nil {
		err = s.Load()
	}
	if err != nil {
		t.Fatal(err)
	}
	runs(t, s.Run)
	testenv.Next(t, 30*time.Second, "first answer", s.ready)
	return s
}

// served lists the names of what a source has, the default first.
func (s *Source) servedNames() string {
	var names []string
	for _, c := range s.Status(time.Now()).Certificates {
		names = append(names, strings.TrimSuffix(c.Names[0], ".test"))
	}
	return strings.Join(names, " ")
}

// says is what a source has, and what its problems are.
func (s *Source) says() string {
	said := s.servedNames()
	for _, p := range s.Status(time.Now()).Problems {
		said += fmt.Sprintf("\n%s: %s", p.Place, p.Reason)
	}
	return said
}

// await waits for what a source says to hold all of want, and to serve names.
func await(t testing.TB, s *Source, names string, want ...string) {
	t.Helper()
	testenv.Eventually(t, 30*time.Second, func() error {
		said := s.says()
		for _, w := range want {
			if !strings.Contains(said, w) {
				return fmt.Errorf("no %q in: %s", w, said)
			}
		}
		if s.servedNames() != names || len(want) == 0 && said != names {
			return fmt.Errorf("got %s, want %s", said, names)
		}
		return nil
	})
}

// handshake asks for a name, and tells the certificate served and whether the
// session was resumed. It waits for a byte of the server, which comes after tickets.
func handshake(t testing.TB, server, client *tls.Config) (leaf *x509.Certificate, resumed bool, err error) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan struct{})
	go func() {
		defer close(served)
		if conn, err := ln.Accept(); err == nil {
			s := tls.Server(conn, server)
			defer s.Close()
			io.CopyN(s, s, 1)
		}
	}()
	defer func() { ln.Close(); <-served }()
	conn, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(30 * time.Second))
	client.InsecureSkipVerify = true
	c := tls.Client(conn, client)
	if _, err = c.Write([]byte("x")); err == nil {
		_, err = io.ReadFull(c, make([]byte, 1))
	}
	if err != nil {
		return nil, false, err
	}
	return c.ConnectionState().PeerCertificates[0], c.ConnectionState().DidResume, nil
}
