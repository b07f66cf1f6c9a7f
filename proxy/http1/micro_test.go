package http1

import (
	"testing"

	"weir/proxy/exchange"
)

func testLimits() exchange.Limits {
	return exchange.Limits{HeaderBytes: 60 << 10, HeaderFields: 200, URIBytes: 16 << 10}
}

const smallRequest = "GET / HTTP/1.1\r\nHost: 127.0.0.1:9103\r\n\r\n"

const browserRequest = "GET /assets/app.js?v=123 HTTP/1.1\r\nHost: www.example.com\r\n" +
	"User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\r\n" +
	"Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8\r\n" +
	"Accept-Language: en-US,en;q=0.5\r\nAccept-Encoding: gzip, deflate, br, zstd\r\nConnection: keep-alive\r\n" +
	"Cookie: session=0123456789abcdef0123456789abcdef; theme=dark; consent=yes\r\n" +
	"Upgrade-Insecure-Requests: 1\r\nSec-Fetch-Dest: document\r\nSec-Fetch-Mode: navigate\r\n\r\n"

func BenchmarkRequestHead(b *testing.B) {
	lim := testLimits()
	for name, raw := range map[string]string{"small": smallRequest, "browser": browserRequest} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			in := []byte(raw)
			var h requestHead
			for b.Loop() {
				h.reset(h.fields)
				if _, err := h.read(in, &lim); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

const smallAnswer = "HTTP/1.1 200 OK\r\nServer: lean\r\nDate: Sat, 21 Nov 2026 12:00:00 GMT\r\nContent-Type: text/plain\r\nContent-Length: 128\r\n\r\n"

func BenchmarkResponseHead(b *testing.B) {
	lim := testLimits()
	b.ReportAllocs()
	in := []byte(smallAnswer)
	var h responseHead
	for b.Loop() {
		h.reset(h.fields)
		if _, err := h.read(in, &lim); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReplyHead(b *testing.B) {
	lim := testLimits()
	e := &Engine{}
	c := &Conn{engine: e, client: &exchange.Client{}, fd: -1}
	c.acquire()
	var h responseHead
	if _, err := h.read([]byte(smallAnswer), &lim); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	body := make([]byte, 128)
	for b.Loop() {
		r := &c.work.reply
		r.reset(c, &c.work.head)
		r.whole = true
		r.Head(200, h.fields, 128, false)
		r.Write(body)
	}
}

func BenchmarkCompose(b *testing.B) {
	tr := &Transport{}
	x := &exchange.Exchange{SendURI: []byte("/"), SendHost: []byte("127.0.0.1:9103")}
	x.Method = []byte("GET")
	for _, f := range [][2]string{{"X-Forwarded-For", "127.0.0.1"}, {"X-Real-Ip", "127.0.0.1"}, {"X-Forwarded-Proto", "http"},
		{"X-Forwarded-Host", "127.0.0.1:9103"}, {"X-Forwarded-Port", "9103"},
		{"Forwarded", "for=127.0.0.1; proto=http; by=127.0.0.1; httpproto=http/1.1"}} {
		x.Fields = append(x.Fields, exchange.Field{Name: []byte(f[0]), Value: []byte(f[1])})
	}
	b.ReportAllocs()
	for b.Loop() {
		a := tr.attempt(x, nil)
		a.compose()
		tr.release(a)
	}
}

func BenchmarkPrepare(b *testing.B) {
	lim := testLimits()
	e := &Engine{Limits: lim}
	c := &Conn{engine: e, client: &exchange.Client{}, fd: -1}
	b.ReportAllocs()
	for b.Loop() {
		c.acquire()
		c.work.w = copy(c.work.buf, smallRequest)
		c.work.r, _ = c.work.head.read(c.work.unread(), &lim)
		c.prepare()
		c.next()
		c.release()
	}
}
