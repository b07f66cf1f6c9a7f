package admin

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"weir/admin/auth"
)

// Me is who asks, and what they may do.
type Me struct {
	Name        string       `json:"name,omitempty" example:"alice" doc:"Absent: not logged in"`
	Via         auth.Via     `json:"via,omitempty" enum:"token,password,certificate,oidc"`
	Grants      []auth.Grant `json:"grants" nullable:"false" doc:"What is allowed: a role, for services or, without any, for all"`
	CSRF        string       `json:"csrf,omitempty" doc:"What a write has to bring as X-Weir-Csrf; absent without a session"`
	Expires     time.Time    `json:"expires,omitzero" doc:"When the session ends"`
	Writes      bool         `json:"writes" doc:"May change something"`
	WhyNoWrites string       `json:"why_no_writes,omitempty" doc:"Why not"`
	Login       LoginWays    `json:"login"`
}

// LoginWays are the logins that there are.
type LoginWays struct {
	Required bool `json:"required" doc:"Nothing can be read before"`
	Password bool `json:"password"`
	Token    bool `json:"token"`
	OIDC     bool `json:"oidc" doc:"At /api/v1/login/oidc?to=PATH"`
}

// LoginInput is the body of a login: a name and password, or a token.
type LoginInput struct {
	Name     string `json:"name,omitempty" maxLength:"200" example:"alice"`
	Password string `json:"password,omitempty" maxLength:"1000"`
	Token    string `json:"token,omitempty" maxLength:"200"`
}

type meOutput struct{ Body Me }
type loginInput struct{ Body LoginInput }
type loginOutput struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
	Body      Me
}
type logoutOutput struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
}

func (a *Admin) registerLogin(api huma.API) {
	operation := func(id, method, path, summary string, statuses ...int) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: "/api/v1/" + path, MaxBodyBytes: 4 << 10, Summary: summary, Tags: []string{"login"}, Errors: statuses}
	}
	huma.Register(api, operation("get-me", http.MethodGet, "me", "Who asks, and what they may do"), func(ctx context.Context, _ *struct{}) (*meOutput, error) {
		return &meOutput{a.me(askerOf(ctx))}, nil
	})
	huma.Register(api, operation("login", http.MethodPost, "login", "Begin a session", 401, 403, 404, 429), a.login)
	logout := operation("logout", http.MethodPost, "logout", "End the session", 404)
	logout.DefaultStatus = http.StatusNoContent
	huma.Register(api, logout, func(ctx context.Context, _ *struct{}) (*logoutOutput, error) {
		if a.Auth == nil {
			return nil, fail(NoLogin, noAuth, nil)
		}
		who := askerOf(ctx)
		return &logoutOutput{*a.Auth.Logout(who.r, who.Identity)}, nil
	})
}

// noAuth says that nobody can log in.
const noAuth = "there is no login here (ui.auth.file)"

func (a *Admin) me(who *asker) Me {
	m := Me{Name: who.Name, Via: who.Via, Grants: who.Grants, CSRF: who.Session.CSRF, Expires: who.Session.Expires,
		Writes: who.writes == "", WhyNoWrites: who.writes}
	if m.Grants == nil {
		m.Grants = []auth.Grant{}
	}
	if a.Auth != nil {
		m.Login.Password, m.Login.OIDC = a.Auth.Ways()
		m.Login.Token, m.Login.Required = true, who.Via == "" && !who.Has(auth.Viewer)
	}
	return m
}

func (a *Admin) login(ctx context.Context, in *loginInput) (*loginOutput, error) {
	if a.Auth == nil {
		return nil, fail(NoLogin, noAuth, nil)
	}
	who := askerOf(ctx)
	id, cookie, err := a.Auth.Login(who.r, in.Body.Name, in.Body.Password, in.Body.Token)
	if err != nil {
		no := a.denied(who.r, err)
		no.header.Del("WWW-Authenticate") // a page with a form of its own asks
		return nil, huma.ErrorWithHeaders(no.Failure, no.header)
	}
	who.Identity, who.writes = id, a.whyNoWrites(who.locked, &id)
	return &loginOutput{*cookie, a.me(who)}, nil
}

// toProvider serves /api/v1/login/oidc.
func (a *Admin) toProvider(w http.ResponseWriter, r *http.Request) {
	if err := a.Auth.ToProvider(w, r, r.FormValue("to")); err != nil {
		a.loginFailed(w, r, err)
	}
}

// fromProvider serves /api/v1/login/oidc/callback. The session's cookie does not
// come with a request that another site has caused, not even by redirecting, so
// the way back is a page of weir's own.
func (a *Admin) fromProvider(w http.ResponseWriter, r *http.Request) {
	to, err := a.Auth.FromProvider(w, r)
	if err != nil {
		a.loginFailed(w, r, err)
		return
	}
	w.Header().Set("Refresh", "0;url="+to)
	a.page(w, http.StatusOK, "back.html", to)
}

func (a *Admin) loginFailed(w http.ResponseWriter, r *http.Request, err error) {
	no := a.denied(r, err)
	http.Error(w, no.Detail, no.Status)
}
