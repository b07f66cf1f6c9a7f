package auth

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// OIDC is a provider of logins, OpenID Connect Core 1.0, by the authorization
// code flow with PKCE (RFC 7636).
type OIDC struct {
	Issuer       string
	ClientID     string
	ClientSecret string
	Redirect     string   // URL of /api/v1/login/oidc/callback, as browsers reach it
	Scopes       []string // openid is always asked for
	Claim        string   // whose value is the name, such as email
	Groups       string   // claim with the groups
}

// loginTime is how long somebody may stay at the provider.
const loginTime = 10 * time.Minute

// askTime bounds one request to the provider.
const askTime = 10 * time.Second

// provider is the provider, whose description is fetched when it is needed
// first: weir starts while it is away.
type provider struct {
	conf   OIDC
	client *http.Client

	mu    sync.Mutex
	found *oidc.Provider
}

func newProvider(c OIDC) *provider {
	return &provider{conf: c, client: &http.Client{
		Timeout:   askTime,
		Transport: &http.Transport{Proxy: http.ProxyFromEnvironment, DisableKeepAlives: true, MaxResponseHeaderBytes: 64 << 10},
	}}
}

// flow is how this weir talks to the provider.
func (p *provider) flow() (*oidc.Provider, *oauth2.Config, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found == nil {
		// The provider keeps the context for fetching keys later.
		found, err := oidc.NewProvider(p.with(context.Background()), p.conf.Issuer)
		if err != nil {
			return nil, nil, fmt.Errorf("cannot ask the OIDC provider: %w", err)
		}
		p.found = found
	}
	scopes := p.conf.Scopes
	if !slices.Contains(scopes, oidc.ScopeOpenID) {
		scopes = append([]string{oidc.ScopeOpenID}, scopes...)
	}
	return p.found, &oauth2.Config{
		ClientID: p.conf.ClientID, ClientSecret: p.conf.ClientSecret, Endpoint: p.found.Endpoint(),
		RedirectURL: p.conf.Redirect, Scopes: scopes,
	}, nil
}

func (p *provider) with(ctx context.Context) context.Context {
	return oidc.ClientContext(ctx, p.client)
}

// attempt is what a browser has to bring back from the provider.
type attempt struct {
	State    string `json:"s"`
	Nonce    string `json:"n"`
	Verifier string `json:"v"`
	To       string `json:"t"` // path to go to in the end
	Expires  int64  `json:"e"`
}

// ToProvider sends a browser to the provider. In the end it shall come to a path.
func (a *Auth) ToProvider(w http.ResponseWriter, r *http.Request, to string) error {
	if a.provider == nil {
		return errNoOIDC
	}
	_, flow, err := a.provider.flow()
	if err != nil {
		return err
	}
	at := attempt{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(), To: ownPath(to, a.path()), Expires: time.Now().Add(loginTime).Unix()}
	value, err := a.key.seal(loginCookie, at)
	if err != nil {
		return err
	}
	c := a.cookie(r, loginCookie, value, http.SameSiteLaxMode) // the provider sends it back from its own site
	c.MaxAge = int(loginTime.Seconds())
	http.SetCookie(w, c)
	http.Redirect(w, r, flow.AuthCodeURL(at.State, oidc.Nonce(at.Nonce), oauth2.S256ChallengeOption(at.Verifier)), http.StatusFound)
	return nil
}

// ownPath is a path of this host to go to; base for anything else.
func ownPath(to, base string) string {
	if !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\"<>") || len(to) > 1000 || checkName(to[:min(len(to), 200)]) != nil {
		return base
	}
	return to
}

// FromProvider begins the session of somebody who comes back from the provider,
// and says where to go. Errors are *Refusal, or that the provider is away.
func (a *Auth) FromProvider(w http.ResponseWriter, r *http.Request) (to string, err error) {
	if a.provider == nil {
		return "", errNoOIDC
	}
	at, err := a.attempt(w, r)
	if err != nil {
		return "", err
	}
	name, groups, err := a.provider.claims(r.Context(), r.FormValue("code"), at)
	if err != nil {
		return "", err
	}
	rules := a.rules.Load()
	id := Identity{Name: name, Via: ByOIDC, Grants: rules.grants(name, groups, ByOIDC)}
	c, err := a.enter(r, &id, remembered{Groups: rules.named(groups)})
	if err != nil {
		return "", err
	}
	http.SetCookie(w, c)
	return at.To, nil
}

// attempt is the login that a browser has begun here, which is then over.
func (a *Auth) attempt(w http.ResponseWriter, r *http.Request) (at attempt, err error) {
	if wait := a.addrs.take(a.origin(r)); wait > 0 {
		return at, tooMany(wait)
	}
	gone := a.cookie(r, loginCookie, "", http.SameSiteLaxMode)
	gone.MaxAge = -1
	http.SetCookie(w, gone)
	c, err := r.Cookie(loginCookie)
	switch {
	case err != nil || !a.key.open(loginCookie, c.Value, &at) || at.Expires <= time.Now().Unix() || r.FormValue("state") != at.State:
		return at, refused("this login was not begun in this browser, or too long ago; begin it again")
	case r.FormValue("error") != "":
		return at, refused(fmt.Sprintf("the provider says %.200q: %.200q", r.FormValue("error"), r.FormValue("error_description")))
	}
	a.addrs.give(a.origin(r))
	return at, nil
}

func refused(text string) error { return &Refusal{Status: http.StatusUnauthorized, Text: text} }

// claims exchanges the code for the ID token and reads who it is about.
func (p *provider) claims(ctx context.Context, code string, at attempt) (name string, groups []string, err error) {
	found, flow, err := p.flow()
	if err != nil {
		return "", nil, err
	}
	ctx, cancel := context.WithTimeout(p.with(ctx), askTime)
	defer cancel()
	tokens, err := flow.Exchange(ctx, code, oauth2.VerifierOption(at.Verifier))
	if err != nil {
		var denied *oauth2.RetrieveError
		if errors.As(err, &denied) {
			return "", nil, refused("the provider does not take the code that the browser brought")
		}
		return "", nil, fmt.Errorf("cannot ask the OIDC provider: %w", err)
	}
	raw, _ := tokens.Extra("id_token").(string)
	token, err := found.Verifier(&oidc.Config{ClientID: p.conf.ClientID}).Verify(ctx, raw)
	if err != nil {
		return "", nil, refused("the ID token of the provider is not good: " + err.Error())
	}
	if token.Nonce != at.Nonce {
		return "", nil, refused("the ID token of the provider is of another login")
	}
	var all map[string]any
	if err := token.Claims(&all); err != nil {
		return "", nil, refused("the ID token of the provider cannot be read: " + err.Error())
	}
	return p.read(all)
}

// read finds name and groups among the claims. An e-mail address that the
// provider has not checked is anybody's.
func (p *provider) read(claims map[string]any) (name string, groups []string, err error) {
	name, _ = claims[p.conf.Claim].(string)
	switch {
	case name == "" || checkName(name) != nil:
		return "", nil, refused(fmt.Sprintf("the ID token has no claim %q with a name", p.conf.Claim))
	case p.conf.Claim == "email" && claims["email_verified"] != true:
		return "", nil, refused("the provider has not verified the address " + name)
	}
	list, _ := claims[p.conf.Groups].([]any)
	for _, g := range list {
		if text, ok := g.(string); ok {
			groups = append(groups, text)
		}
	}
	return name, groups, nil
}
