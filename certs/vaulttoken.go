package certs

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// tokenSource reads vaultfetchtoken.
func tokenSource(token string, getenv func(string) string) (func() (string, error), error) {
	kind, at, _ := strings.Cut(cmp.Or(token, "env:VAULT_TOKEN"), ":")
	switch {
	case kind == "env" && at != "":
		return func() (string, error) {
			if token := strings.TrimSpace(getenv(at)); token != "" {
				return token, nil
			}
			return "", fmt.Errorf("the environment variable %s with vault's token is empty", at)
		}, nil
	case kind == "file" && at != "":
		return func() (string, error) {
			t := readFile(at)
			if t.err == nil && strings.TrimSpace(string(t.data)) == "" {
				t.err = errors.New("is empty")
			}
			if t.err != nil {
				return "", fmt.Errorf("the file %s with vault's token: %w", at, t.err)
			}
			return strings.TrimSpace(string(t.data)), nil
		}, nil
	}
	return nil, errors.New("vaultfetchtoken: want file:PATH or env:NAME")
}

// login returns the token to use. It takes what is configured once it is new,
// unwraps it if it is a wrapping token, and renews it in half of its time.
func (v *vault) login(ctx context.Context) (string, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	given, err := v.given()
	switch {
	case err == nil && given != v.last:
		if err = v.take(ctx, given); err != nil {
			return "", err
		}
	case v.token == "":
		return "", err
	case !v.renew.at.IsZero() && !time.Now().Before(v.renew.at):
		v.extend(ctx)
	}
	return v.token, nil
}

// take begins to use another token. Whoever gives a token that was unwrapped
// before gets an error of Vault, so it is done once.
func (v *vault) take(ctx context.Context, given string) error {
	token := given
	switch a, err := v.call(ctx, given, http.MethodPost, "sys/wrapping/unwrap", nil); {
	case err == nil && a.Auth != nil && a.Auth.ClientToken != "":
		token = a.Auth.ClientToken
	case err == nil:
		return errors.New("what vault's token wraps is not a token")
	case !answered(err, http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound): // it wraps nothing
		return err
	}
	v.last, v.token, v.renew = given, token, renewal{}
	a, err := v.call(ctx, token, http.MethodGet, "auth/token/lookup-self", nil)
	var self struct {
		TTL         int64 `json:"ttl"`
		CreationTTL int64 `json:"creation_ttl"`
		Renewable   bool  `json:"renewable"`
	}
	if err == nil && jsonInto(a.Data, &self) && self.Renewable && self.TTL > 0 {
		v.renew = renewal{at: time.Now().Add(seconds(self.TTL) / 2), by: self.CreationTTL}
	}
	return nil // a token that may not look at itself may still read
}

// extend renews the token. Where that fails it is tried again, as the token may
// be good for a while.
func (v *vault) extend(ctx context.Context) {
	a, err := v.call(ctx, v.token, http.MethodPost, "auth/token/renew-self", map[string]any{"increment": v.renew.by})
	switch {
	case err != nil:
		v.renew.at = time.Now().Add(backoff(v.renew.fails))
		v.renew.fails++
	case a.Auth == nil || !a.Auth.Renewable || a.Auth.LeaseDuration <= 0:
		v.renew = renewal{}
	default:
		v.renew = renewal{at: time.Now().Add(max(seconds(a.Auth.LeaseDuration)/2, minPause)), by: v.renew.by}
	}
}

// run keeps the token alive while nobody asks.
func (v *vault) run(ctx context.Context) {
	defer v.client.CloseIdleConnections()
	for ctx.Err() == nil {
		limited, cancel := context.WithTimeout(ctx, pass)
		_, _ = v.login(limited) // who asks next is told of an error
		cancel()
		v.mu.Lock()
		pause := maxPause
		if at := v.renew.at; !at.IsZero() {
			pause = min(max(time.Until(at), minPause), maxPause)
		}
		v.mu.Unlock()
		sleep(ctx, pause)
	}
}

func seconds(n int64) time.Duration { return time.Duration(min(n, 1<<31)) * time.Second }

// vaultTLS is how Vault is trusted, by the variables of its own client.
func vaultTLS(getenv func(string) string) (*tls.Config, error) {
	conf := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: getenv("VAULT_TLS_SERVER_NAME")}
	conf.InsecureSkipVerify, _ = strconv.ParseBool(getenv("VAULT_SKIP_VERIFY"))
	files, err := []string{getenv("VAULT_CACERT")}, error(nil)
	if files[0] == "" && getenv("VAULT_CAPATH") != "" {
		files, err = filepath.Glob(filepath.Join(getenv("VAULT_CAPATH"), "*"))
	}
	for _, file := range files {
		if file == "" || err != nil {
			continue
		}
		if conf.RootCAs == nil {
			conf.RootCAs = x509.NewCertPool()
		}
		text, rerr := os.ReadFile(file)
		if rerr != nil || !conf.RootCAs.AppendCertsFromPEM(text) {
			err = fmt.Errorf("%s, of VAULT_CACERT or VAULT_CAPATH, holds no certificate that can be read", file)
		}
	}
	if cert := getenv("VAULT_CLIENT_CERT"); cert != "" && err == nil {
		var own tls.Certificate
		own, err = tls.LoadX509KeyPair(cert, getenv("VAULT_CLIENT_KEY"))
		conf.Certificates = []tls.Certificate{own}
	}
	return conf, err
}
