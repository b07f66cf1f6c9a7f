// Package contexts keeps the places of running weirs under names, in a file of
// the person who gives the commands.
package contexts

import (
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
)

// Context is a running weir and how to log in to it. Every field may be empty
// but the address.
type Context struct {
	Address   string // of the admin listener: http://HOST:PORT or https://HOST:PORT
	Path      string // its ui.path
	Token     string // to log in with
	TokenFile string // that holds the token; not together with Token
	CAFile    string // of the authorities that its certificate is checked against; empty: those of the system
	CertFile  string // of a client certificate
	KeyFile   string // of that
}

// Field is a part of a context by its name in the file.
type Field struct {
	Name string
	At   *string // in the context
	Help string
}

// Fields returns the parts of c. They are its own: what is written to them is
// written to c.
func (c *Context) Fields() []Field {
	return []Field{
		{"address", &c.Address, "URL of the admin listener, such as https://weir.example.com:9998"},
		{"path", &c.Path, "its ui.path, such as /weir"},
		{"token", &c.Token, "token to log in with; weir token makes one"},
		{"token-file", &c.TokenFile, "file that holds the token"},
		{"ca-file", &c.CAFile, "file of the authorities that sign its certificate, in PEM (default: those of the system)"},
		{"cert-file", &c.CertFile, "file of the client certificate to log in with, in PEM"},
		{"key-file", &c.KeyFile, "file of the key of that"},
	}
}

// Base is the URL that the API is below, without a slash at its end.
func (c *Context) Base() string {
	base := strings.TrimRight(c.Address, "/")
	if path := strings.Trim(c.Path, "/"); path != "" {
		base += "/" + path
	}
	return base
}

// Check says what is wrong with c by itself. It opens no file.
func (c *Context) Check() error {
	u, err := url.Parse(c.Address)
	switch {
	case c.Address == "":
		return errors.New("address is missing")
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return fmt.Errorf("address is %q, want a URL such as https://weir.example.com:9998", c.Address)
	case c.Token != "" && c.TokenFile != "":
		return errors.New("token and token-file are both given, want one of them")
	case (c.CertFile == "") != (c.KeyFile == ""):
		return errors.New("cert-file and key-file go only together")
	case u.Scheme == "http" && c.CAFile+c.CertFile != "":
		return errors.New("ca-file and cert-file need an address that begins with https://")
	}
	return nil
}

// checkName says what is wrong with the name of a context.
func checkName(name string) error {
	odd := func(r rune) bool { return r <= ' ' || r == 0x7f || strings.ContainsRune(`/\:'"`, r) }
	if name == "" || len(name) > 100 || strings.ContainsFunc(name, odd) {
		return fmt.Errorf("%q is no name of a context: want 1 to 100 characters without blanks, quotes, slashes and colons", name)
	}
	return nil
}

// Path is where the file is: below $XDG_CONFIG_HOME, else below $HOME/.config;
// empty where neither is set.
func Path(getenv func(string) string) string {
	if folder := getenv("XDG_CONFIG_HOME"); filepath.IsAbs(folder) {
		return filepath.Join(folder, "weir", "config.yaml")
	}
	if home := getenv("HOME"); filepath.IsAbs(home) {
		return filepath.Join(home, ".config", "weir", "config.yaml")
	}
	return ""
}
