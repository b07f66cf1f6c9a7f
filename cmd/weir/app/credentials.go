package app

import (
	"fmt"

	"weir/config"
	"weir/proxy/upstream"
)

// credentials loads those of proxy.upstream.tls.
func (a *App) credentials() (map[string]*upstream.Credentials, error) {
	byName := map[string]*upstream.Credentials{}
	for _, u := range a.Config.Proxy.UpstreamTLS {
		c := &upstream.Credentials{CA: u.CA, Cert: u.Cert, Key: u.Key, Log: a.Log}
		if err := c.Load(); err != nil {
			return nil, fmt.Errorf("proxy.upstream.tls %s: %w", u.Name, err)
		}
		byName[u.Name] = c
	}
	return byName, nil
}

// credentialNames are those that routes may name.
func credentialNames(all []config.UpstreamTLS) (names []string) {
	for _, u := range all {
		names = append(names, u.Name)
	}
	return names
}
