package auth

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"weir/proxy/auth"
)

// Config says how people and programs are known.
type Config struct {
	File     string        // of the rules
	Htpasswd string        // file of passwords; empty: none
	OIDC     OIDC          // the zero value: none
	Session  time.Duration // how long a login lasts
	Secret   string        // signs sessions; empty: one is made
	Path     string        // of cookies: ui.path
	// Trusted are the networks whose X-Forwarded-For is believed: load balancers
	// in front of the admin. Empty: nobody's.
	Trusted []netip.Prefix
	Log     *slog.Logger
}

// refresh is how often files are looked at.
const refresh = 5 * time.Second

// Bounds of attempts: some at once, then one an interval, of an address and of a
// name. Those of a name are more, so that it takes more than one attacker to keep
// somebody out.
const (
	addrBurst    = 10
	addrInterval = 5 * time.Second
	nameBurst    = 50
	nameInterval = time.Second
)

// known is how long a password that was right is not hashed again; hashing is
// slow on purpose.
const known = time.Minute

// maxHashing is how many passwords are hashed at a time.
const maxHashing = 2

// Auth knows who asks. It is safe for concurrent use. Use New.
type Auth struct {
	conf      Config
	rules     atomic.Pointer[Rules]
	passwords *auth.Basic // nil: none
	provider  *provider   // nil: none
	key       signer
	hashing   chan struct{}
	right     recent[struct{}] // passwords, by their MAC
	ended     recent[struct{}] // sessions that were ended, by ID
	addrs     limiter
	names     limiter
}

// New reads the files. An error names the file, and what is wrong in it.
func New(c Config) (*Auth, error) {
	a := &Auth{
		conf: c, key: signer(c.Secret), hashing: make(chan struct{}, maxHashing),
		addrs: limiter{burst: addrBurst, interval: addrInterval},
		names: limiter{burst: nameBurst, interval: nameInterval},
	}
	if c.Secret == "" {
		a.key = signer(rand.Text() + rand.Text())
	}
	rules, err := readRules(c.File)
	if err != nil {
		return nil, err
	}
	a.rules.Store(rules)
	if c.Htpasswd != "" {
		a.passwords = &auth.Basic{File: c.Htpasswd, Realm: "weir", Refresh: refresh, Log: c.Log}
		if err := a.passwords.Load(); err != nil {
			return nil, err
		}
	}
	if c.OIDC.Issuer != "" {
		a.provider = newProvider(c.OIDC)
	}
	return a, nil
}

// Run reads the files again when they change, until ctx ends.
func (a *Auth) Run(ctx context.Context) error {
	ended := make(chan error, 1)
	if a.passwords != nil {
		go func() { ended <- a.passwords.Run(ctx) }()
	} else {
		ended <- nil
	}
	ticker := time.NewTicker(refresh)
	defer ticker.Stop()
	bad := ""
	for {
		select {
		case <-ctx.Done():
			return <-ended
		case <-ticker.C:
			bad = a.reload(bad)
		}
	}
}

// reload reads the rules. What is wrong with them is logged once.
func (a *Auth) reload(before string) (bad string) {
	rules, err := readRules(a.conf.File)
	if err != nil {
		if err.Error() != before {
			a.conf.Log.Error("the rules of ui.auth.file cannot be used, the last good ones count", "error", err)
		}
		return err.Error()
	}
	a.rules.Store(rules)
	return ""
}

// Refusal is why somebody is not let in.
type Refusal struct {
	Status int // 401, 403 or 429
	Text   string
	Wait   time.Duration // with 429: for how long
}

func (r *Refusal) Error() string { return r.Text }

// Identify says who asks. Whoever brings no proof is the anonymous one; a proof
// that is wrong is a *Refusal, whatever else the request brings.
func (a *Auth) Identify(r *http.Request) (Identity, error) {
	rules := a.rules.Load()
	scheme, credentials, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	switch {
	case strings.EqualFold(scheme, "bearer"):
		return a.byToken(r, strings.TrimSpace(credentials))
	case strings.EqualFold(scheme, "basic"):
		return a.byPassword(r, strings.TrimSpace(credentials))
	case scheme != "":
		return Identity{}, &Refusal{Status: http.StatusUnauthorized, Text: "the scheme of Authorization is neither Bearer nor Basic"}
	}
	if id, ok := a.session(r, rules); ok {
		return id, nil
	}
	if r.TLS != nil && len(r.TLS.VerifiedChains) > 0 {
		cert := r.TLS.VerifiedChains[0][0]
		name := nameIn(cert)
		if name != "" && checkName(name) == nil {
			return Identity{Name: name, Via: ByCertificate, Grants: rules.grants(name, cert.Subject.OrganizationalUnit, ByCertificate)}, nil
		}
	}
	if rules.Anonymous == Nobody {
		return Identity{}, nil
	}
	return Identity{Grants: []Grant{{Role: rules.Anonymous}}}, nil
}

// nameIn is whom a client certificate is about.
func nameIn(c *x509.Certificate) string {
	switch {
	case c.Subject.CommonName != "":
		return c.Subject.CommonName
	case len(c.EmailAddresses) > 0:
		return c.EmailAddresses[0]
	case len(c.URIs) > 0:
		return c.URIs[0].String()
	case len(c.DNSNames) > 0:
		return c.DNSNames[0]
	}
	return ""
}

// byToken is who has a token. One that is right passes however many were wrong
// before: nobody guesses 256 bits, so the limit only spares the log.
func (a *Auth) byToken(r *http.Request, text string) (Identity, error) {
	if id, ok := a.rules.Load().token(text, time.Now()); ok {
		return id, nil
	}
	if wait := a.addrs.take(a.origin(r)); wait > 0 {
		return Identity{}, tooMany(wait)
	}
	return Identity{}, &Refusal{Status: http.StatusUnauthorized, Text: "the token is not known or has expired"}
}

// byPassword is who has a password, given as in Basic credentials.
func (a *Auth) byPassword(r *http.Request, credentials string) (Identity, error) {
	refused := &Refusal{Status: http.StatusUnauthorized, Text: "name or password is wrong"}
	plain, err := base64.StdEncoding.DecodeString(credentials)
	name, _, ok := strings.Cut(string(plain), ":")
	if a.passwords == nil || err != nil || !ok || name == "" || checkName(name) != nil {
		return Identity{}, refused
	}
	id := Identity{Name: name, Via: ByPassword, Grants: a.rules.Load().grants(name, nil, ByPassword)}
	mac := a.key.mac("password", string(plain))
	if _, ok := a.right.get(mac); ok {
		return id, nil
	}
	addr := a.origin(r)
	if wait := max(a.addrs.take(addr), a.names.take(name)); wait > 0 {
		return Identity{}, tooMany(wait)
	}
	if err := a.hash(r.Context()); err != nil {
		return Identity{}, err
	}
	defer func() { <-a.hashing }()
	if !a.passwords.Allow([]byte("Basic " + credentials)) {
		return Identity{}, refused
	}
	a.addrs.give(addr)
	a.names.give(name)
	a.right.put(mac, struct{}{}, time.Now().Add(known))
	return id, nil
}

// hash waits for its turn to hash a password.
func (a *Auth) hash(ctx context.Context) error {
	select {
	case a.hashing <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func tooMany(wait time.Duration) error {
	return &Refusal{Status: http.StatusTooManyRequests, Text: "too many attempts to log in", Wait: wait.Round(time.Second) + time.Second}
}

// Challenge is the WWW-Authenticate value of a 401. A script of a page must not
// make the browser ask for a password, a person who opens one may.
func (a *Auth) Challenge(r *http.Request) string {
	mode := r.Header.Get("Sec-Fetch-Mode")
	if a.passwords != nil && (mode == "" || mode == "navigate") {
		return a.passwords.Challenge()
	}
	return `Bearer realm="weir"`
}

// Ways reports which logins there are.
func (a *Auth) Ways() (password, oidc bool) { return a.passwords != nil, a.provider != nil }

// path is that of cookies.
func (a *Auth) path() string { return strings.TrimRight(a.conf.Path, "/") + "/" }

// isSecure reports whether cookies are for TLS only: weir's own, or that of who
// stands in front of it, as the OIDC redirect tells.
func (a *Auth) isSecure(r *http.Request) bool {
	if r.TLS != nil {
		return true
	}
	u, err := url.Parse(a.conf.OIDC.Redirect)
	return err == nil && u.Scheme == "https" && strings.EqualFold(u.Host, r.Host)
}

// Login begins a session by a name and password, or a token, and makes its
// cookie. Errors are *Refusal, or that of the request's context.
func (a *Auth) Login(r *http.Request, name, password, token string) (id Identity, c *http.Cookie, err error) {
	m := remembered{}
	if token != "" {
		m.Token = Hash(token)
		id, err = a.byToken(r, token)
	} else {
		id, err = a.byPassword(r, base64.StdEncoding.EncodeToString([]byte(name+":"+password)))
	}
	if err == nil {
		c, err = a.enter(r, &id, m)
	}
	return id, c, err
}

// enter begins the session of somebody who may do anything at all.
func (a *Auth) enter(r *http.Request, id *Identity, m remembered) (*http.Cookie, error) {
	if len(id.Grants) == 0 {
		return nil, &Refusal{Status: http.StatusForbidden, Text: NotListed(*id)}
	}
	return a.begin(r, id, m)
}

// NotListed says that somebody is known and may do nothing.
func NotListed(id Identity) string {
	return id.Name + " is in no entry of ui.auth.file for who comes by " + string(id.Via)
}

var errNoOIDC = errors.New("there is no OIDC provider (ui.auth.oidc.issuer)")
