// Package demo is a service in two versions on loopback, to try weir with.
package demo

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"time"

	"golang.org/x/net/http2"
)

// backend answers every request with its version and name.
type backend struct {
	name, version string
	listener      net.Listener
	server        *http.Server
}

func newBackend(name, version string, cert *tls.Certificate) (*backend, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	b := &backend{name: name, version: version, listener: l}
	b.server = &http.Server{Handler: b, ReadHeaderTimeout: 5 * time.Second, ErrorLog: log.New(io.Discard, "", 0)}
	if cert != nil {
		b.server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{*cert}}
	}
	//lint:ignore SA1019 its successor configures the bundled copy
	return b, http2.ConfigureServer(b.server, nil)
}

func (b *backend) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	fmt.Fprintf(w, "%s from %s: %s %s%s\n", b.version, b.name, r.Method, r.Host, r.URL.Path)
}

func (b *backend) port() int { return b.listener.Addr().(*net.TCPAddr).Port }

// run serves until ctx ends.
func (b *backend) run(ctx context.Context) {
	stop := context.AfterFunc(ctx, func() { b.server.Close() })
	defer stop()
	if b.server.TLSConfig != nil && len(b.server.TLSConfig.Certificates) > 0 {
		b.server.ServeTLS(b.listener, "", "")
		return
	}
	b.server.Serve(b.listener)
}

// selfSigned makes a certificate for the demo's names.
func selfSigned(names ...string) (*tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: names[0]}, DNSNames: names,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(7 * 24 * time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, nil
}
