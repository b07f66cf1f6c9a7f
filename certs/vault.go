package certs

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// maxAnswer bounds an answer of Vault in bytes.
const maxAnswer = 4 << 20

// vault is a client of Vault's HTTP API,
// https://developer.hashicorp.com/vault/api-docs, with the environment variables
// that Vault's own client reads.
type vault struct {
	addr      *url.URL
	namespace string
	client    *http.Client
	given     func() (string, error) // the token that is configured

	mu    sync.Mutex
	last  string // what was given when token was got
	token string // in use; empty: none yet
	renew renewal
}

// newVault makes a client that has not asked for anything.
func newVault(token string, getenv func(string) string) (*vault, error) {
	addr := getenv("VAULT_ADDR")
	if addr == "" {
		addr = "https://127.0.0.1:8200"
	}
	u, err := url.Parse(addr)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, errors.New("VAULT_ADDR is not a URL such as https://127.0.0.1:8200")
	}
	given, err := tokenSource(token, getenv)
	if err != nil {
		return nil, err
	}
	client := newClient()
	if client.Transport.(*http.Transport).TLSClientConfig, err = vaultTLS(getenv); err != nil {
		return nil, err
	}
	client.CheckRedirect = toLeader
	return &vault{addr: u, namespace: getenv("VAULT_NAMESPACE"), client: client, given: given}, nil
}

// toLeader follows one redirect, as standby servers send it, but not one that
// would send the token in the clear.
func toLeader(req *http.Request, via []*http.Request) error {
	if len(via) > 1 || via[0].URL.Scheme == "https" && req.URL.Scheme != "https" {
		return http.ErrUseLastResponse
	}
	return nil
}

// answer is what all of Vault's answers look like.
type answer struct {
	Data   json.RawMessage `json:"data"`
	Auth   *auth           `json:"auth"`
	Errors []string        `json:"errors"`
}

type auth struct {
	ClientToken   string `json:"client_token"`
	LeaseDuration int64  `json:"lease_duration"` // seconds
	Renewable     bool   `json:"renewable"`
}

// vaultError is an answer that is no success.
type vaultError struct {
	path   string
	status int
	errors []string
}

func (e *vaultError) Error() string {
	return fmt.Sprintf("vault answered %d %s to %s: %.200s", e.status, http.StatusText(e.status), e.path, strings.Join(e.errors, ", "))
}

// ask is call with the token in use. data, if not nil, gets the answer's.
func (v *vault) ask(ctx context.Context, method, path string, body, data any) error {
	token, err := v.login(ctx)
	if err != nil {
		return err
	}
	a, err := v.call(ctx, token, method, path, body)
	if err == nil && data != nil {
		if err = json.Unmarshal(a.Data, data); err != nil {
			err = fmt.Errorf("vault's answer to %s cannot be read", path)
		}
	}
	return err
}

// call makes one request. path may have a query. Errors hold no secret.
func (v *vault) call(ctx context.Context, token, method, path string, body any) (*answer, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	if body == nil {
		text = nil
	}
	at := strings.TrimRight(v.addr.String(), "/") + "/v1/" + path
	req, err := http.NewRequestWithContext(ctx, method, at, bytes.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("vault has no path %s", path)
	}
	req.Header.Set("X-Vault-Token", token)
	req.Header.Set("X-Vault-Request", "true")
	if v.namespace != "" {
		req.Header.Set("X-Vault-Namespace", v.namespace)
	}
	resp, err := v.client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("vault at %s: %w", v.addr.Host, withoutURL(err))
	}
	defer resp.Body.Close()
	var a answer
	err = json.NewDecoder(io.LimitReader(resp.Body, maxAnswer)).Decode(&a)
	switch {
	case resp.StatusCode/100 != 2:
		return nil, &vaultError{path, resp.StatusCode, a.Errors}
	case err != nil && resp.StatusCode != http.StatusNoContent:
		return nil, fmt.Errorf("vault's answer to %s cannot be read", path)
	}
	return &a, nil
}

// answered reports whether err is an answer with one of these codes.
func answered(err error, codes ...int) bool {
	var e *vaultError
	if !errors.As(err, &e) {
		return false
	}
	for _, code := range codes {
		if e.status == code {
			return true
		}
	}
	return false
}

// escaped is a path of Vault as a URL has it.
func escaped(path string) string {
	return (&url.URL{Path: strings.Trim(path, "/")}).EscapedPath()
}

// renewal says when a token is to be renewed.
type renewal struct {
	at    time.Time // zero: never
	by    int64     // seconds, what it was made for
	fails int
}
