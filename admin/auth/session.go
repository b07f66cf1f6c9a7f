package auth

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

const (
	sessionCookie = "weir_session"
	loginCookie   = "weir_login" // while somebody is at the OIDC provider
)

// maxCookie bounds a cookie's value in bytes; browsers keep about 4096.
const maxCookie = 3800

// remembered is what a session's cookie says.
type remembered struct {
	ID      string   `json:"i"`
	Name    string   `json:"n"`
	Via     Via      `json:"v"`
	Groups  []string `json:"g,omitempty"`
	Token   string   `json:"t,omitempty"` // hash of the token of a login by token
	Expires int64    `json:"e"`           // in seconds since 1970
}

// signer signs what comes back from a browser. what keeps one kind of text from
// being taken for another.
type signer []byte

func (s signer) mac(what, text string) string {
	m := hmac.New(sha256.New, s)
	m.Write([]byte(what + "\n" + text))
	return base64.RawURLEncoding.EncodeToString(m.Sum(nil))
}

// seal writes v as a signed text.
func (s signer) seal(what string, v any) (string, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	text := base64.RawURLEncoding.EncodeToString(b)
	return text + "." + s.mac(what, text), nil
}

// open reads a text that seal has written; false when it did not.
func (s signer) open(what, sealed string, v any) bool {
	text, mac, ok := strings.Cut(sealed, ".")
	if !ok || len(sealed) > maxCookie || !hmac.Equal([]byte(mac), []byte(s.mac(what, text))) {
		return false
	}
	b, err := base64.RawURLEncoding.DecodeString(text)
	return err == nil && json.Unmarshal(b, v) == nil
}

// begin makes the session of somebody and its cookie.
func (a *Auth) begin(r *http.Request, id *Identity, m remembered) (*http.Cookie, error) {
	m.ID, m.Name, m.Via = rand.Text(), id.Name, id.Via
	m.Expires = time.Now().Add(a.conf.Session).Unix()
	value, err := a.key.seal(sessionCookie, m)
	if err != nil {
		return nil, err
	}
	if len(value) > maxCookie {
		return nil, &Refusal{Status: http.StatusForbidden, Text: "too many groups: the session does not fit in a cookie"}
	}
	c := a.cookie(r, sessionCookie, value, http.SameSiteStrictMode)
	c.Expires = time.Unix(m.Expires, 0)
	id.Session = a.sessionOf(m)
	return c, nil
}

func (a *Auth) sessionOf(m remembered) Session {
	return Session{ID: m.ID, CSRF: a.key.mac("csrf", m.ID), Expires: time.Unix(m.Expires, 0)}
}

// cookie makes a cookie that only this weir's HTTP sees, and on TLS only TLS.
func (a *Auth) cookie(r *http.Request, name, value string, site http.SameSite) *http.Cookie {
	return &http.Cookie{Name: name, Value: value, Path: a.path(), HttpOnly: true, Secure: a.isSecure(r), SameSite: site}
}

// session is who a session's cookie says it is; false without a good one.
func (a *Auth) session(r *http.Request, rules *Rules) (Identity, bool) {
	c, err := r.Cookie(sessionCookie)
	var m remembered
	if err != nil || !a.key.open(sessionCookie, c.Value, &m) || m.Expires <= time.Now().Unix() {
		return Identity{}, false
	}
	if _, gone := a.ended.get(m.ID); gone {
		return Identity{}, false
	}
	id := Identity{Name: m.Name, Via: m.Via, Grants: rules.grants(m.Name, m.Groups, m.Via)}
	if m.Via == ByToken {
		t, ok := rules.hashed(m.Token, time.Now())
		if !ok {
			return Identity{}, false
		}
		id.Grants = []Grant{t.Grant}
	}
	id.Session = a.sessionOf(m)
	return id, true
}

// Logout ends a session, if it is one, and makes the cookie that says so.
func (a *Auth) Logout(r *http.Request, id Identity) *http.Cookie {
	if id.Session.ID != "" {
		a.ended.put(id.Session.ID, struct{}{}, id.Session.Expires)
	}
	c := a.cookie(r, sessionCookie, "", http.SameSiteStrictMode)
	c.MaxAge = -1
	return c
}

// IsCSRF reports whether text is what a write of this session has to bring.
func (i *Identity) IsCSRF(text string) bool {
	return i.Session.CSRF != "" && hmac.Equal([]byte(text), []byte(i.Session.CSRF))
}
