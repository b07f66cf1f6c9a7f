package certs

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"weir/internal/testenv"
)

// fakeVault stands in for Vault, which cannot be had in the build. Its answers are
// those of Vault's documentation, https://developer.hashicorp.com/vault/api-docs
// (system/wrapping-unwrap, auth/token, system/internal-ui-mounts, secret/kv,
// secret/pki), with the fields that a real server sends and weir does not read.
type fakeVault struct {
	*httptest.Server
	m  *material
	mu sync.Mutex

	version string            // of the engine at secret/: "1", "2", or "" as servers of before that say
	secrets map[string]string // words by path below secret/: "a" or "a.cert"
	token   string            // that is good
	wraps   map[string]string // tokens by the tokens that wrap them, once
	ttl     int               // of the token, seconds; 0: it is not renewable
	sealed  bool

	renewed, issued int
	issue           func(name string) testenv.Cert // nil: the role forbids it
}

func newFakeVault(t testing.TB) *fakeVault {
	v := &fakeVault{m: newMaterial(t), version: "2", secrets: map[string]string{}, token: "hvs.good", wraps: map[string]string{}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/sys/wrapping/unwrap", v.unwrap)
	mux.HandleFunc("GET /v1/auth/token/lookup-self", v.lookup)
	mux.HandleFunc("POST /v1/auth/token/renew-self", v.renew)
	mux.HandleFunc("GET /v1/sys/internal/ui/mounts/", v.mounts)
	mux.HandleFunc("GET /v1/secret/", v.secret)
	mux.HandleFunc("POST /v1/pki/issue/web", v.pki)
	v.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v.mu.Lock()
		defer v.mu.Unlock()
		switch token := r.Header.Get("X-Vault-Token"); {
		case v.sealed:
			fails(w, 503, "Vault is sealed")
		case r.URL.Path != "/v1/sys/wrapping/unwrap" && token != v.token:
			fails(w, 403, "permission denied")
		default:
			mux.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(v.Close)
	return v
}

func (v *fakeVault) do(change func()) {
	v.mu.Lock()
	defer v.mu.Unlock()
	change()
}

// asked is how often a certificate was asked for.
func (v *fakeVault) asked() (n int) {
	v.do(func() { n = v.issued })
	return n
}

// answers writes what all of Vault's answers have.
func answers(w http.ResponseWriter, data, auth any) {
	_ = json.NewEncoder(w).Encode(map[string]any{
		"request_id": "6f4ca4cc-1f2f-6b1d-5e0e-a7d2e1c4bc42", "lease_id": "", "renewable": false, "lease_duration": 0,
		"data": data, "wrap_info": nil, "warnings": nil, "auth": auth, "mount_type": "kv",
	})
}

func fails(w http.ResponseWriter, status int, errs ...string) {
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"errors": append([]string{}, errs...)})
}

func (v *fakeVault) auth(token string) any {
	return map[string]any{"client_token": token, "accessor": "0e9e354a", "policies": []string{"default", "weir"},
		"lease_duration": v.ttl, "renewable": v.ttl > 0, "token_type": "service", "orphan": true}
}

func (v *fakeVault) unwrap(w http.ResponseWriter, r *http.Request) {
	wrap := r.Header.Get("X-Vault-Token")
	token, ok := v.wraps[wrap]
	if !ok {
		fails(w, 400, "wrapping token is not valid or does not exist")
		return
	}
	delete(v.wraps, wrap)
	answers(w, nil, v.auth(token))
}

func (v *fakeVault) lookup(w http.ResponseWriter, r *http.Request) {
	answers(w, map[string]any{"accessor": "8609694a", "creation_ttl": 2, "display_name": "token", "expire_time": "2036-11-21T10:00:00Z",
		"id": v.token, "policies": []string{"weir"}, "renewable": v.ttl > 0, "ttl": v.ttl, "type": "service"}, nil)
}

func (v *fakeVault) renew(w http.ResponseWriter, r *http.Request) {
	var body struct{ Increment int }
	if json.NewDecoder(r.Body).Decode(&body) != nil || body.Increment != 2 {
		fails(w, 400, "increment")
		return
	}
	v.renewed++
	answers(w, nil, v.auth(v.token))
}

func (v *fakeVault) mounts(w http.ResponseWriter, r *http.Request) {
	if v.version == "" {
		fails(w, 404)
		return
	}
	answers(w, map[string]any{"accessor": "kv_f03d0c3d", "config": map[string]any{"default_lease_ttl": 0}, "description": "", "external_entropy_access": false,
		"local": false, "options": map[string]string{"version": v.version}, "path": "secret/", "seal_wrap": false, "type": "kv"}, nil)
}

// secret lists, or reads one.
func (v *fakeVault) secret(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimPrefix(r.URL.Path, "/v1/secret/")
	kind, v2 := "data/", v.version == "2"
	if r.URL.Query().Get("list") == "true" {
		kind = "metadata/"
	}
	if v2 {
		rest, ok := strings.CutPrefix(path, kind)
		if !ok {
			fails(w, 404, "Invalid path for a versioned K/V secrets engine.")
			return
		}
		path = rest
	}
	if kind == "metadata/" {
		v.list(w, path)
		return
	}
	word, ok := v.secrets[path]
	if !ok {
		fails(w, 404)
		return
	}
	fields := map[string]any{"cert": string(v.m.text(word + ".cert")), "key": string(v.m.text(word + ".key")), "note": 1}
	if word == "odd" {
		fields = map[string]any{"cert": 7}
	}
	if v2 {
		answers(w, map[string]any{"data": fields, "metadata": map[string]any{"created_time": "2026-11-21T10:00:00Z", "deletion_time": "", "destroyed": false, "version": 2}}, nil)
		return
	}
	answers(w, fields, nil)
}

func (v *fakeVault) list(w http.ResponseWriter, path string) {
	var keys []string
	for name := range v.secrets {
		if rest, ok := strings.CutPrefix(name, path+"/"); ok {
			keys = append(keys, rest)
		}
	}
	if keys == nil {
		fails(w, 404)
		return
	}
	answers(w, map[string]any{"keys": append(keys, "folder/")}, nil)
}

func (v *fakeVault) pki(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Name string `json:"common_name"`
	}
	_ = json.NewDecoder(r.Body).Decode(&body)
	v.issued++
	if v.issue == nil {
		fails(w, 400, fmt.Sprintf("common name %s not allowed by this role", body.Name))
		return
	}
	c := v.issue(body.Name)
	answers(w, map[string]any{"ca_chain": []string{string(v.m.text("ca.cert"))}, "certificate": string(c.PEM), "expiration": 1795255200,
		"issuing_ca": string(v.m.text("ca.cert")), "private_key": string(c.Key), "private_key_type": "ec", "serial_number": "39:dd:2e"}, nil)
}

// around is what a source has around it that asks v, with token in VAULT_TOKEN.
func (v *fakeVault) around(token string) Around {
	return Around{Log: discard(), Getenv: func(name string) string {
		return map[string]string{"VAULT_ADDR": v.URL, "VAULT_TOKEN": token}[name]
	}}
}

func TestSecretsOfVaultAreFollowed(t *testing.T) {
	for _, version := range []string{"", "1", "2"} {
		t.Run("version "+version, func(t *testing.T) {
			v := newFakeVault(t)
			v.version = version
			v.secrets = map[string]string{"weir/certs/b": "b", "weir/certs/a": "a", "weir/ca/one": "ca", "other/x": "x"}
			s := run(t, Config{Name: "v", Type: "vault", Cert: "secret/weir/certs", ClientCA: "/secret/weir/ca/", Refresh: 20 * time.Millisecond}, v.around("hvs.good"))
			await(t, s, "a b")
			v.do(func() { v.secrets["weir/certs/b"] = "odd"; v.secrets["weir/certs/c"] = "c" })
			await(t, s, "a b c", "secret/weir/certs/b-cert.pem: the secret has no text field cert of at most 1048576 bytes", "the last good one stays")
			v.do(func() { delete(v.secrets, "weir/certs/b"); delete(v.secrets, "weir/ca/one") })
			await(t, s, "a c", "clientca: no certificate is there; the last good authorities stay")
			v.do(func() { v.sealed = true })
			await(t, s, "a c", "vault: vault answered 503 Service Unavailable to sys/internal/ui/mounts/secret/weir/certs: Vault is sealed")
			v.do(func() { v.sealed = false; v.secrets["weir/certs/a"] = "d"; v.secrets["weir/ca/one"] = "ca" })
			await(t, s, "d c")
			if strings.Contains(s.says(), "hvs.") {
				t.Error("the token is shown")
			}
		})
	}
}

// TestTheTokenOfVault is wrapped, renewed, and exchanged in its file.
func TestTheTokenOfVault(t *testing.T) {
	v := newFakeVault(t)
	v.secrets["certs/a"], v.ttl, v.wraps["hvs.wrap"] = "a", 2, "hvs.good"
	file := filepath.Join(t.TempDir(), "token")
	put(t, file, []byte("hvs.wrap\n"))
	s := run(t, Config{Name: "v", Type: "vault", Cert: "secret/certs", Refresh: 20 * time.Millisecond, VaultToken: "file:" + file}, v.around(""))
	await(t, s, "a")
	testenv.Holds(t, 30*time.Second, "the token is not renewed", func() (ok bool) { v.do(func() { ok = v.renewed > 1 }); return ok })
	v.do(func() { v.token = "hvs.next" })
	await(t, s, "a", "403 Forbidden", "permission denied")
	put(t, file, []byte("hvs.next"))
	await(t, s, "a")
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	v.do(func() { v.secrets["certs/b"] = "b" })
	await(t, s, "a b") // the last token is as good as it was
}

func TestVaultWithoutAToken(t *testing.T) {
	v := newFakeVault(t)
	for fetch, want := range map[string]string{
		"":                   "the environment variable VAULT_TOKEN with vault's token is empty",
		"env:OTHER":          "the environment variable OTHER with vault's token is empty",
		"file:/does/not/be":  "the file /does/not/be with vault's token: open /does/not/be: no such file or directory",
		"file:" + os.DevNull: "is no regular file",
	} {
		s := run(t, Config{Name: "v", Type: "vault", Cert: "secret/certs", Refresh: time.Second, VaultToken: fetch}, v.around(""))
		await(t, s, "", want)
	}
	if _, err := New(Config{Type: "vault", VaultToken: "hvs.hush"}, v.around("")); err == nil || strings.Contains(err.Error(), "hush") {
		t.Error(err)
	}
}
