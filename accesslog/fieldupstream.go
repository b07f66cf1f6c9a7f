package accesslog

import (
	"strconv"
	"strings"
)

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

func routeKey(b []byte, w *line) []byte {
	if rt := w.route(); rt != nil {
		return append(append(b, rt.Host()...), rt.Path()...)
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
