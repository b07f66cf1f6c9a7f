package accesslog

import (
	"crypto/tls"
)

// tls is the client's TLS; nil where weir did not end it.
func (e *entry) tls() *tls.ConnectionState {
	if e.x == nil {
		return nil
	}
	return e.x.Client.TLS
}

func tlsVersion(b []byte, w *line) []byte {
	if state := w.tls(); state != nil {
		return append(b, tls.VersionName(state.Version)...)
	}
	return b
}

// tlsCipher knows the names beforehand: crypto/tls makes a list of all at each
// call.
func tlsCipher() field {
	names := map[uint16]string{}
	for _, c := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		names[c.ID] = c.Name
	}
	return func(b []byte, w *line) []byte {
		if state := w.tls(); state != nil {
			return append(b, names[state.CipherSuite]...)
		}
		return b
	}
}

func tlsServerName(b []byte, w *line) []byte {
	if w.x == nil {
		return append(b, w.s.ServerName...)
	}
	if state := w.tls(); state != nil {
		return append(b, state.ServerName...)
	}
	return b
}

func tlsProtocol(b []byte, w *line) []byte {
	if state := w.tls(); state != nil {
		return append(b, state.NegotiatedProtocol...)
	}
	return b
}
