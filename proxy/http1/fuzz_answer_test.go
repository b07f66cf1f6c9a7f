package http1

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// readFinal reads the final answer in raw to a request with method, as a
// transport does. It reports false for one that is bad or not whole.
func readFinal(raw []byte, method string) (h responseHead, body []byte, trailers []string, ok bool) {
	lim := testLimits()
	for range maxInterim {
		h.reset(nil)
		size, err := h.read(raw, &lim)
		if err != nil {
			return h, nil, nil, false
		}
		if raw = raw[size:]; h.status >= 200 || h.status == 101 {
			break
		}
	}
	switch {
	case h.status < 200:
		return h, nil, nil, false
	case method == "HEAD" || h.status == 204 || h.status == 304:
		return h, nil, nil, true
	case h.encodings > 0:
		return readChunks(h, raw)
	case h.lengths > 0:
		return h, raw[:min(h.length, int64(len(raw)))], nil, h.length <= int64(len(raw))
	}
	return h, raw, nil, true
}

func readChunks(h responseHead, raw []byte) (_ responseHead, body []byte, trailers []string, ok bool) {
	var c chunked
	for {
		data, used, err := c.next(raw, len(raw)+1)
		body, raw = append(body, data...), raw[used:]
		if err == nil {
			continue
		}
		for _, f := range c.trailers {
			trailers = append(trailers, strings.ToLower(string(f.Name))+": "+latin(string(f.Value)))
		}
		return h, body, trailers, err == io.EOF
	}
}

// FuzzAnswers holds what is taken from targets against net/http's client.
func FuzzAnswers(f *testing.F) {
	for _, file := range []string{"responses.txtar", "answers.txtar"} {
		seed(f, file, func(in []byte) {
			f.Add(in, false)
			f.Add(bytes.TrimSuffix(in, []byte("<close>")), true)
		})
	}
	f.Fuzz(func(t *testing.T, raw []byte, head bool) {
		checkAnswer(t, raw, head)
	})
}

// checkAnswer reports whether the answer in raw is taken.
func checkAnswer(t fataler, raw []byte, head bool) bool {
	method := "GET"
	if head {
		method = "HEAD"
	}
	h, body, trailers, ok := readFinal(raw, method)
	if !ok {
		return false
	}
	resp, err := oracleFinal(raw, method)
	if err != nil {
		t.Fatalf("%s: %q is taken, net/http says %v", method, raw, err)
	}
	wantBody, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != h.status || !bytes.Equal(body, wantBody) {
		t.Fatalf("%s: %q is %d %q, net/http says %d %q, %v", method, raw, h.status, body, resp.StatusCode, wantBody, err)
	}
	var fields []string
	for _, f := range h.fields {
		fields = append(fields, strings.ToLower(string(f.Name))+": "+latin(string(f.Value)))
	}
	var named []string // net/http keeps no Connection of an answer that closes
	for _, n := range h.named {
		named = append(named, strings.ToLower(string(n)))
	}
	if got, want := withoutHops(fields, nil, named...), withoutHops(flat(resp.Header), nil, named...); !slices.Equal(got, want) {
		t.Fatalf("%s: %q has fields %q, net/http says %q", method, raw, got, want)
	}
	var want []string
	for _, f := range flat(resp.Trailer) {
		if name, _, _ := strings.Cut(f, ":"); !forbiddenTrailer([]byte(name)) && !strings.ContainsAny(name, "_.") {
			want = append(want, f)
		}
	}
	if slices.Sort(trailers); !slices.Equal(trailers, want) {
		t.Fatalf("%s: %q has trailers %q, net/http says %q", method, raw, trailers, want)
	}
	return true
}

// oracleFinal is net/http's idea of the final answer in raw.
func oracleFinal(raw []byte, method string) (*http.Response, error) {
	r := bufio.NewReader(bytes.NewReader(raw))
	for {
		resp, err := http.ReadResponse(r, &http.Request{Method: method})
		if err != nil || resp.StatusCode >= 200 {
			return resp, err
		}
		if resp.StatusCode == 101 {
			return nil, fmt.Errorf("101")
		}
	}
}
