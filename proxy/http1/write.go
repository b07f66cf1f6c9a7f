package http1

import (
	"bytes"
	"slices"
	"strconv"

	"weir/proxy/exchange"
)

// appendStatus writes a status line.
func appendStatus(out []byte, status int) []byte {
	if status == 200 {
		return append(out, "HTTP/1.1 200 OK\r\n"...)
	}
	out = append(out, "HTTP/1.1 "...)
	out = strconv.AppendInt(out, int64(status), 10)
	out = append(out, ' ')
	out = append(out, reason(status)...)
	return append(out, "\r\n"...)
}

// appendFields writes header or trailer lines.
func appendFields(out []byte, fields []exchange.Field) []byte {
	start := len(out)
	out = appendLines(out, fields)
	if !areLines(out[start:], len(fields)) {
		out = appendGood(out[:start], fields)
	}
	return out
}

// appendLines makes room once; this is the bulk of what is written.
func appendLines(out []byte, fields []exchange.Field) []byte {
	size := 0
	for _, f := range fields {
		size += len(f.Name) + len(f.Value) + len(": \r\n")
	}
	i := len(out)
	out = slices.Grow(out, size)[:i+size]
	for _, f := range fields {
		i += copy(out[i:], f.Name)
		out[i], out[i+1] = ':', ' '
		i += 2 + copy(out[i+2:], f.Value)
		out[i], out[i+1] = '\r', '\n'
		i += 2
	}
	return out
}

// areLines reports whether b has n line ends and no NUL: that no field is two
// in the eyes of a reader. Fields may come from HTTP/2 or from configuration.
func areLines(b []byte, n int) bool {
	return bytes.Count(b, []byte{'\n'}) == n && bytes.Count(b, []byte{'\r'}) == n && bytes.IndexByte(b, 0) < 0
}

// appendGood leaves out the fields that would not be read back as themselves.
func appendGood(out []byte, fields []exchange.Field) []byte {
	for i, f := range fields {
		if isToken(f.Name) && isValue(f.Value) {
			out = appendLines(out, fields[i:i+1])
		}
	}
	return out
}

func appendLength(out []byte, n int64) []byte {
	out = append(out, "Content-Length: "...)
	out = strconv.AppendInt(out, n, 10)
	return append(out, "\r\n"...)
}

func appendChunkSize(out []byte, n int) []byte {
	out = strconv.AppendInt(out, int64(n), 16)
	return append(out, "\r\n"...)
}

// appendLastChunk ends a chunked body.
func appendLastChunk(out []byte, trailers []exchange.Field) []byte {
	out = append(out, "0\r\n"...)
	for i, f := range trailers {
		if !forbiddenTrailer(f.Name) {
			out = appendFields(out, trailers[i:i+1])
		}
	}
	return append(out, "\r\n"...)
}

// reason is the usual text of a status (RFC 9110 section 15); recipients ignore it.
func reason(status int) string {
	switch status {
	case 100:
		return "Continue"
	case 101:
		return "Switching Protocols"
	case 103:
		return "Early Hints"
	case 200:
		return "OK"
	case 201:
		return "Created"
	case 202:
		return "Accepted"
	case 204:
		return "No Content"
	case 206:
		return "Partial Content"
	case 301:
		return "Moved Permanently"
	case 302:
		return "Found"
	case 303:
		return "See Other"
	case 304:
		return "Not Modified"
	case 307:
		return "Temporary Redirect"
	case 308:
		return "Permanent Redirect"
	case 400:
		return "Bad Request"
	case 401:
		return "Unauthorized"
	case 403:
		return "Forbidden"
	case 404:
		return "Not Found"
	case 405:
		return "Method Not Allowed"
	case 408:
		return "Request Timeout"
	case 409:
		return "Conflict"
	case 410:
		return "Gone"
	case 412:
		return "Precondition Failed"
	case 413:
		return "Content Too Large"
	case 414:
		return "URI Too Long"
	case 416:
		return "Range Not Satisfiable"
	case 417:
		return "Expectation Failed"
	case 422:
		return "Unprocessable Content"
	case 426:
		return "Upgrade Required"
	case 429:
		return "Too Many Requests"
	case 431:
		return "Request Header Fields Too Large"
	case 500:
		return "Internal Server Error"
	case 501:
		return "Not Implemented"
	case 502:
		return "Bad Gateway"
	case 503:
		return "Service Unavailable"
	case 504:
		return "Gateway Timeout"
	case 505:
		return "HTTP Version Not Supported"
	}
	return ""
}
