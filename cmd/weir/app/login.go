package app

import (
	"net/url"

	"weir/admin"
	adminauth "weir/admin/auth"
)

// addLogin tells the admin listener how it is configured, and lets people and
// programs log in, on TLS if that is configured.
func (a *App) addLogin(p *parts) error {
	login, err := a.login()
	if err != nil {
		return err
	}
	if login != nil {
		p.admin.Auth = login
		p.loops = append(p.loops, login.Run)
	}
	p.admin.Settings = func() (list []admin.Setting) {
		for _, s := range p.config(a).Settings {
			list = append(list, admin.Setting(s))
		}
		return list
	}
	if l := a.Config.UI.Links; l.Enabled {
		p.admin.Links = &admin.Links{Scheme: l.Scheme, Host: l.Host, Port: l.Port, NewTab: l.NewTab}
	}
	p.admin.Hosts = a.Config.UI.Hosts
	if u, err := url.Parse(a.Config.UI.Auth.OIDC.Redirect); err == nil && u.Host != "" {
		p.admin.Hosts = append(p.admin.Hosts[:len(p.admin.Hosts):len(p.admin.Hosts)], u.Hostname())
	}
	if l := a.Config.UI.Listener; l.TLS() {
		p.admin.TLS = adminTLS(l, p.certs)
	}
	certs, err := a.adminCertificates()
	if certs != nil && err == nil {
		p.admin.TLS = certs.Config()
		p.loops = append(p.loops, certs.Run)
	}
	return err
}

// login reads the files of ui.auth; nil without them.
func (a *App) login() (*adminauth.Auth, error) {
	c := a.Config.UI.Auth
	if c.File == "" {
		return nil, nil
	}
	return adminauth.New(adminauth.Config{
		File: c.File, Htpasswd: c.Htpasswd, Session: c.Session, Secret: string(c.Secret), Path: a.Config.UI.Path, Log: a.Log,
		Trusted: a.Config.Proxy.Trusted,
		OIDC: adminauth.OIDC{
			Issuer: c.OIDC.Issuer, ClientID: c.OIDC.ClientID, ClientSecret: string(c.OIDC.ClientSecret),
			Redirect: c.OIDC.Redirect, Scopes: c.OIDC.Scopes, Claim: c.OIDC.Claim, Groups: c.OIDC.Groups,
		},
	})
}

// adminCertificates reads the files of ui.tls; nil without them.
func (a *App) adminCertificates() (*adminauth.Certificates, error) {
	c := a.Config.UI.TLS
	if c.CertFile == "" {
		return nil, nil
	}
	certs := &adminauth.Certificates{CertFile: c.CertFile, KeyFile: c.KeyFile, CAFile: c.CAFile, Log: a.Log}
	return certs, certs.Load()
}
