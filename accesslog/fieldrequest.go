package accesslog

import (
	"net/netip"
	"strconv"
	"strings"
)

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
