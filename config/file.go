package config

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"
)

const (
	maxFile   = 1 << 20 // bytes
	fetchTime = 10 * time.Second
)

// fromFile reads the settings of a file or of an http(s) URL. The extension
// says what it is: .yaml, .yml, .toml, else fabio's properties.
func fromFile(ctx context.Context, name string, environ []string) ([]setting, error) {
	u, remote := remoteURL(name)
	shown, ext := filepath.Base(name), filepath.Ext(name)
	read := readLocal
	if remote {
		shown, ext = u.Redacted(), path.Ext(u.Path)
		read = readRemote
	}
	data, err := read(ctx, name)
	if err != nil {
		return nil, err
	}
	var settings []setting
	switch strings.ToLower(ext) {
	case ".yaml", ".yml":
		settings, err = fromYAML(shown, data)
	case ".toml":
		settings, err = fromTOML(shown, data)
	default:
		settings, err = fromProperties(shown, data, environ)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", shown, err)
	}
	return settings, nil
}

func remoteURL(name string) (*url.URL, bool) {
	u, err := url.Parse(name)
	return u, err == nil && (u.Scheme == "http" || u.Scheme == "https")
}

func readLocal(_ context.Context, name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readBounded(name, f)
}

func readRemote(ctx context.Context, name string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, fetchTime)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, name, nil)
	if err != nil {
		return nil, err
	}
	client := http.Client{Transport: &http.Transport{Proxy: http.ProxyFromEnvironment, DisableKeepAlives: true}}
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answers %s", req.URL.Redacted(), resp.Status)
	}
	return readBounded(req.URL.Redacted(), resp.Body)
}

func readBounded(name string, r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err == nil && len(data) > maxFile {
		err = fmt.Errorf("%s is larger than %d bytes", name, maxFile)
	}
	return data, err
}

// at returns the Problem.From of a line; line 0 is unknown.
func at(file string, line int) string {
	if line == 0 {
		return file
	}
	return fmt.Sprintf("%s:%d", file, line)
}

// under joins the names of nested maps to a key.
func under(parent, name string) string {
	if parent == "" {
		return name
	}
	return parent + "." + name
}
