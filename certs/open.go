package certs

import (
	"errors"
	"fmt"
)

// open makes the places of the source.
func (s *Source) open() error {
	c := s.conf
	if c.Type == "vault" || c.Type == "vault-pki" {
		return s.openVault()
	}
	at, err := c.place(c.Cert, false)
	if err != nil {
		return fmt.Errorf("option cert: %w", err)
	}
	s.certs.from = at
	if c.ClientCA == "" {
		return nil
	}
	if at, err = c.place(c.ClientCA, true); err != nil {
		return fmt.Errorf("option clientca: %w", err)
	}
	s.clients = &half{from: at}
	return nil
}

// place is where the certificates lie, or the authorities.
func (c Config) place(at string, authorities bool) (place, error) {
	switch c.Type {
	case "file":
		f := &files{list: these(at), every: look}
		if c.Key != "" && !authorities {
			f.list = these(at, c.Key)
		}
		return f, nil
	case "path":
		if authorities {
			return &files{list: anyOf(at), every: c.Refresh}, nil
		}
		return &files{list: below(at), every: c.Refresh}, nil
	case "http":
		l, err := newListed(at, c.HeaderName, c.HeaderValue)
		if err != nil {
			return nil, err
		}
		return &polled{l.read, c.Refresh}, nil
	case "consul":
		return newInConsul(at)
	}
	return nil, errors.New("there is no such type")
}

func (s *Source) openVault() error {
	c := s.conf
	v, err := newVault(c.VaultToken, s.around.Getenv)
	if err != nil {
		return err
	}
	s.beside = append(s.beside, v)
	every := c.Refresh
	if c.Type == "vault-pki" {
		s.issuer = newIssuer(v, c, s.around.Wanted, s.served.Store)
		s.beside = append(s.beside, s.issuer)
		every = look // there refresh says something else
	} else {
		s.certs.from = &polled{(&inVault{v, c.Cert, true}).read, every}
	}
	if c.ClientCA != "" {
		s.clients = &half{from: &polled{(&inVault{v, c.ClientCA, false}).read, every}}
	}
	return nil
}
