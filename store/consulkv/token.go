package consulkv

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"strings"
	"sync"
)

// maxToken bounds a file with a token in bytes.
const maxToken = 4096

// tokenFile puts the token of a file on requests. It reads the file again when
// that has changed; while it cannot, the last good token stays.
type tokenFile struct {
	path string
	next http.RoundTripper

	mu    sync.Mutex
	token string
	of    fs.FileInfo // when it was read
}

// newTokenFile reads the file for the first time.
func newTokenFile(path string, next http.RoundTripper) (*tokenFile, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	token, err := readToken(path)
	if err != nil {
		return nil, err
	}
	return &tokenFile{path: path, next: next, token: token, of: info}, nil
}

// RoundTrip implements http.RoundTripper.
func (f *tokenFile) RoundTrip(req *http.Request) (*http.Response, error) {
	with := req.Clone(req.Context()) // a round tripper changes no request
	with.Header.Set("X-Consul-Token", f.current())
	return f.next.RoundTrip(with)
}

// current is the token that counts now. Looking at the file at each request
// also sees links that are swapped.
func (f *tokenFile) current() string {
	info, err := os.Stat(f.path)
	f.mu.Lock()
	defer f.mu.Unlock()
	if err != nil || os.SameFile(info, f.of) && info.Size() == f.of.Size() && info.ModTime().Equal(f.of.ModTime()) {
		return f.token
	}
	if token, err := readToken(f.path); err == nil {
		f.token, f.of = token, info
	}
	return f.token
}

func readToken(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxToken+1))
	if err == nil {
		err = checkToken(strings.TrimSpace(string(text)))
	}
	if err != nil {
		return "", fmt.Errorf("%s: %w", path, err)
	}
	return strings.TrimSpace(string(text)), nil
}

// checkToken never quotes what it refuses.
func checkToken(token string) error {
	switch {
	case token == "":
		return errors.New("holds no token")
	case len(token) > maxToken:
		return fmt.Errorf("is longer than %d bytes", maxToken)
	case strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r >= 0x7f }):
		return errors.New("holds more than one word of ASCII")
	}
	return nil
}
