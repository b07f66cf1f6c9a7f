package accesslog

import (
	"crypto/tls"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// field appends one value as it is; who asks escapes it. Nothing appended says
// that there is no such value.
type field func(b []byte, w *line) []byte

// fields are all that a template may name, but for $header.NAME. The first are
// fabio's.
func fields() map[string]field {
	all := map[string]field{
		"remote_addr": remoteAddr, "remote_host": remoteHost, "remote_port": remotePort,
		"request": request, "request_args": requestArgs, "request_host": requestHost, "request_method": requestMethod,
		"request_scheme": requestScheme, "request_uri": requestURI, "request_url": requestURL, "request_proto": requestProto,
		"response_body_size": responseBodySize, "response_status": responseStatus,
		"time_common": timeCommon, "time_rfc3339": timeRFC3339(0),
		"upstream_addr": upstreamAddr, "upstream_host": upstreamHost, "upstream_port": upstreamPort,
		"upstream_request_scheme": upstreamScheme, "upstream_request_uri": upstreamURI, "upstream_request_url": upstreamURL,
		"upstream_service": upstreamService,

		"listener": listener, "request_id": requestID, "request_body_size": requestBodySize, "route": routeKey,
		"upstream_variant": upstreamVariant, "upstream_version": upstreamVersion, "upstream_instance": upstreamInstance,
		"upstream_attempts": upstreamAttempts, "rollout_arm": rolloutArm,
		"tls_version": tlsVersion, "tls_cipher": tlsCipher(), "tls_server_name": tlsServerName, "tls_protocol": tlsProtocol,
		"grpc_status": grpcStatus, "error": errorText,
	}
	for i, unit := range []string{"ms", "us", "ns"} {
		decimals := 3 * (i + 1)
		all["response_time_"+unit] = seconds(decimals, (*entry).response)
		all["upstream_connect_time_"+unit] = seconds(decimals, (*entry).connect)
		all["upstream_first_byte_time_"+unit] = seconds(decimals, (*entry).firstByte)
		all["time_rfc3339_"+unit] = timeRFC3339(decimals)
		all["time_unix_"+unit] = timeUnix(decimals)
	}
	return all
}

func (e *entry) response() time.Duration { return e.took }

// seconds prints a duration as fabio does, "0.012" for 12 ms. One that was not
// measured is no value.
func seconds(decimals int, of func(*entry) time.Duration) field {
	return func(b []byte, w *line) []byte {
		d := of(&w.entry)
		if d <= 0 {
			return b
		}
		b = append(strconv.AppendInt(b, int64(d/time.Second), 10), '.')
		return appendDecimals(b, int64(d%time.Second), decimals)
	}
}

func timeRFC3339(decimals int) field {
	return func(b []byte, w *line) []byte { return w.clock.appendRFC3339(b, decimals) }
}

func timeUnix(decimals int) field {
	return func(b []byte, w *line) []byte {
		b = strconv.AppendInt(b, w.clock.now.Unix(), 10)
		return appendDecimals(b, int64(w.clock.now.Nanosecond()), decimals)
	}
}

func timeCommon(b []byte, w *line) []byte { return append(b, w.clock.common...) }

func (e *entry) remote() netip.AddrPort {
	if e.x != nil {
		return e.x.Client.Remote
	}
	return netip.AddrPortFrom(e.s.Client, e.s.Port)
}

func remoteAddr(b []byte, w *line) []byte { return w.remote().AppendTo(b) }
func remoteHost(b []byte, w *line) []byte { return w.remote().Addr().AppendTo(b) }
func remotePort(b []byte, w *line) []byte {
	return strconv.AppendUint(b, uint64(w.remote().Port()), 10)
}

// request is the first line of a request. Of a connection it is the protocol and
// what it was routed by.
func request(b []byte, w *line) []byte {
	if w.x == nil {
		b = append(append(b, w.protocol()...), ' ')
		return requestHost(b, w)
	}
	b = append(append(b, w.x.Method...), ' ')
	b = append(append(b, w.x.URI...), ' ')
	return append(b, w.protocol()...)
}

func requestArgs(b []byte, w *line) []byte {
	if w.x == nil {
		return b
	}
	_, query, _ := strings.Cut(string(w.x.URI), "?")
	return append(b, query...)
}

// requestHost is the Host; of a connection the server name, else the route.
func requestHost(b []byte, w *line) []byte {
	switch {
	case w.x != nil:
		return append(b, w.x.Host...)
	case w.s.ServerName != "":
		return append(b, w.s.ServerName...)
	}
	return routeKey(b, w)
}

func requestMethod(b []byte, w *line) []byte {
	if w.x == nil {
		return b
	}
	return append(b, w.x.Method...)
}

func requestScheme(b []byte, w *line) []byte { return append(b, w.scheme()...) }
func requestProto(b []byte, w *line) []byte  { return append(b, w.protocol()...) }

func requestURI(b []byte, w *line) []byte {
	if w.x == nil {
		return b
	}
	return append(b, w.x.URI...)
}

func requestURL(b []byte, w *line) []byte {
	b = append(append(b, w.scheme()...), "://"...)
	return requestURI(requestHost(b, w), w)
}

func responseBodySize(b []byte, w *line) []byte {
	if w.x == nil {
		return strconv.AppendInt(b, w.s.BytesOut, 10)
	}
	return strconv.AppendInt(b, w.x.BytesOut, 10)
}

func requestBodySize(b []byte, w *line) []byte {
	if w.x == nil {
		return strconv.AppendInt(b, w.s.BytesIn, 10)
	}
	return strconv.AppendInt(b, w.x.BytesIn, 10)
}

// responseStatus is 0 where no answer was sent. A connection has none.
func responseStatus(b []byte, w *line) []byte {
	if w.x == nil {
		return b
	}
	return strconv.AppendInt(b, int64(w.x.Status), 10)
}

func upstreamAddr(b []byte, w *line) []byte { return append(b, w.addr()...) }

func upstreamHost(b []byte, w *line) []byte {
	addr := w.addr()
	return append(b, addr[:max(strings.LastIndexByte(addr, ':'), 0)]...)
}

func upstreamPort(b []byte, w *line) []byte {
	addr := w.addr()
	return append(b, addr[strings.LastIndexByte(addr, ':')+1:]...)
}

func upstreamScheme(b []byte, w *line) []byte {
	if w.addr() == "" {
		return b
	}
	return append(b, w.target().Scheme()...)
}

func upstreamURI(b []byte, w *line) []byte {
	if w.addr() == "" || w.x == nil {
		return b
	}
	return append(b, w.x.SendURI...)
}

func upstreamURL(b []byte, w *line) []byte {
	if w.addr() == "" {
		return b
	}
	b = append(upstreamScheme(b, w), "://"...)
	return upstreamURI(append(b, w.addr()...), w)
}

func upstreamService(b []byte, w *line) []byte { return append(b, w.service()...) }

func upstreamVariant(b []byte, w *line) []byte {
	if t := w.target(); t != nil {
		return append(b, t.Variant()...)
	}
	return b
}

func upstreamVersion(b []byte, w *line) []byte {
	if t := w.target(); t != nil {
		return append(b, t.Version()...)
	}
	return b
}

func upstreamInstance(b []byte, w *line) []byte {
	if t := w.target(); t != nil {
		return append(b, t.Instance()...)
	}
	return b
}

func upstreamAttempts(b []byte, w *line) []byte {
	return strconv.AppendInt(b, int64(w.attempts()), 10)
}

// rolloutArm is what the client was drawn for, whoever served it.
func rolloutArm(b []byte, w *line) []byte {
	switch d := w.drawn(); {
	case d.Trial == nil:
		return b
	case d.Candidate:
		return append(b, "candidate"...)
	}
	return append(b, "stable"...)
}

func listener(b []byte, w *line) []byte {
	if w.x == nil {
		return append(b, w.s.Listener...)
	}
	return append(b, w.x.Client.Listener...)
}

func requestID(b []byte, w *line) []byte {
	if w.x == nil {
		return b
	}
	return append(b, w.x.ID...)
}

func routeKey(b []byte, w *line) []byte {
	if rt := w.route(); rt != nil {
		return append(append(b, rt.Host()...), rt.Path()...)
	}
	return b
}

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

func grpcStatus(b []byte, w *line) []byte { return append(b, w.drawn().Code...) }

func errorText(b []byte, w *line) []byte {
	if err := w.err(); err != nil {
		return append(b, err.Error()...)
	}
	return b
}

// header is the first field of a request of that lower-case name.
func header(lower string) field {
	return func(b []byte, w *line) []byte {
		if w.x == nil {
			return b
		}
		for i := range w.x.Fields {
			if f := &w.x.Fields[i]; f.Is(lower) {
				return append(b, f.Value...)
			}
		}
		return b
	}
}
