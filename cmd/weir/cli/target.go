package cli

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"strings"

	"weir/cmd/weir/contexts"
)

// target is the running weir that commands talk to.
type target struct {
	base  string      // admin URL, without a slash at its end
	token string      // to log in with; empty: none
	tls   *tls.Config // nil: Go's default
}

// target finds out once where to talk to: at --admin, else --context, else
// WEIR_ADMIN, else the current context, else DefaultAdmin. A context's credentials
// are only for who is in the context, unless --context names both.
func (c *cli) target() (target, error) {
	if c.at != nil {
		return *c.at, nil
	}
	env := c.getenv("WEIR_ADMIN")
	t := target{base: withScheme(cmp.Or(c.admin, env, DefaultAdmin)), token: c.getenv("WEIR_TOKEN")}
	if c.context != "" || c.admin == "" && env == "" {
		if err := c.fromContext(&t); err != nil {
			return t, err
		}
	}
	c.at = &t
	return t, nil
}

// fromContext completes t by --context or by the current context, if there is any.
func (c *cli) fromContext(t *target) error {
	file, err := c.contexts()
	if err != nil {
		return err
	}
	name := cmp.Or(c.context, file.Current)
	if name == "" {
		return nil
	}
	k, err := file.Get(name)
	if err != nil {
		return err
	}
	if c.admin == "" {
		t.base = k.Base()
	}
	if t.token == "" || c.context != "" {
		token, err := k.ReadToken()
		if err != nil {
			return fmt.Errorf("context %s: %w", name, err)
		}
		t.token = cmp.Or(token, t.token)
	}
	if t.tls, err = tlsOf(k); err != nil {
		return fmt.Errorf("context %s: %w", name, err)
	}
	return nil
}

// contexts reads the file of contexts.
func (c *cli) contexts() (*contexts.File, error) { return contexts.Read(contexts.Path(c.getenv)) }

// base is the admin URL in use; empty where it cannot be found out.
func (c *cli) base() string {
	t, err := c.target()
	if err != nil {
		return ""
	}
	return t.base
}

func withScheme(address string) string {
	if !strings.Contains(address, "://") {
		address = "http://" + address
	}
	return strings.TrimRight(address, "/")
}

// tlsOf reads the certificates of a context.
func tlsOf(k contexts.Context) (*tls.Config, error) {
	if k.CAFile+k.CertFile == "" {
		return nil, nil
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if k.CAFile != "" {
		pem, err := os.ReadFile(k.CAFile)
		if err != nil {
			return nil, fmt.Errorf("ca-file: %w", err)
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("ca-file: %s holds no certificate in PEM", k.CAFile)
		}
	}
	if k.CertFile != "" {
		pair, err := tls.LoadX509KeyPair(k.CertFile, k.KeyFile)
		if err != nil {
			return nil, fmt.Errorf("cert-file and key-file: %w", err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return config, nil
}
