package app

import (
	"errors"
	"log/slog"

	"weir/config"
	"weir/rollout/policyfile"
	"weir/route"
)

// Check tries what a start would read from files, and lists all that fails. It
// neither listens nor connects.
func Check(conf *config.Config) error {
	a := &App{Config: conf, Log: slog.New(slog.DiscardHandler)}
	_, authErr := newPasswords().use(a)
	_, upstreamErr := a.credentials()
	_, listenErr := a.certificates(&route.Live{}, nil)
	_, nomadErr := a.nomad()
	sources, _, registryErr := a.sources(&parts{})
	routesErr := a.checkRoutes(sources)
	_, loginErr := a.login()
	_, certErr := a.adminCertificates()
	_, logErr := a.accessLogConfig()
	policyErr := policyfile.Source{Paths: conf.Rollout.Policies}.Check()
	return errors.Join(authErr, upstreamErr, listenErr, nomadErr, registryErr, routesErr, loginErr, certErr, logErr, policyErr)
}
