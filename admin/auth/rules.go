package auth

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"strings"
	"time"
	"unicode"

	"go.yaml.in/yaml/v3"
)

// maxRules bounds the file of rules in bytes.
const maxRules = 1 << 20

// Rules say who may do what. They are read from a file and never changed.
type Rules struct {
	Tokens    []Token  `yaml:"tokens"`
	People    []Person `yaml:"people"`
	Anonymous Role     `yaml:"anonymous"` // who is not logged in: Nobody or Viewer
}

// Token is a secret of a program, by its hash.
type Token struct {
	Name    string    `yaml:"name"`
	SHA256  string    `yaml:"sha256"` // of the token's text, in hexadecimal
	Expires time.Time `yaml:"expires"`
	Grant   `yaml:",inline"`
}

// Person is an entry for people who log in otherwise: by name, or by a group
// that their certificate or OIDC provider names.
type Person struct {
	Name  string `yaml:"name"`
	Group string `yaml:"group"`
	Via   Via    `yaml:"via"` // empty: any
	Grant `yaml:",inline"`
}

// readRules reads the file of rules.
func readRules(file string) (*Rules, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxRules+1))
	if err == nil && len(text) > maxRules {
		err = fmt.Errorf("it has more than %d bytes", maxRules)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	r, err := ParseRules(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return r, nil
}

// ParseRules reads rules in YAML. The error lists everything that is wrong.
func ParseRules(text []byte) (*Rules, error) {
	r := &Rules{}
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(r); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	var wrong []error
	for i, t := range r.Tokens {
		wrong = append(wrong, within(fmt.Sprintf("token %d (%q)", i+1, t.Name), t.check()))
	}
	for i, p := range r.People {
		wrong = append(wrong, within(fmt.Sprintf("people entry %d (%q)", i+1, p.Name+p.Group), p.check()))
	}
	if r.Anonymous > Viewer {
		wrong = append(wrong, fmt.Errorf("anonymous is %q, want viewer or nothing", r.Anonymous))
	}
	if err := errors.Join(wrong...); err != nil {
		return nil, err
	}
	return r, nil
}

func within(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}

func (t *Token) check() error {
	sum, err := hex.DecodeString(t.SHA256)
	switch {
	case err != nil || len(sum) != sha256.Size:
		return fmt.Errorf("sha256 is %.8q…, want 64 hexadecimal digits as weir token prints them", t.SHA256)
	case t.Name == "":
		return errors.New("the name is missing")
	}
	return errors.Join(checkName(t.Name), t.Grant.check())
}

func (p *Person) check() error {
	switch {
	case (p.Name == "") == (p.Group == ""):
		return errors.New("want either name or group")
	case !slices.Contains([]Via{"", ByPassword, ByCertificate, ByOIDC}, p.Via):
		return fmt.Errorf("via is %.40q, want password, certificate or oidc", p.Via)
	}
	return errors.Join(checkName(p.Name+p.Group), p.Grant.check())
}

func (g *Grant) check() error {
	if g.Role == Nobody {
		return errors.New("the role is missing, want viewer, operator or admin")
	}
	for _, pattern := range g.Services {
		if _, err := path.Match(pattern, ""); err != nil || pattern == "" {
			return fmt.Errorf("%q of services is neither a name nor a pattern", pattern)
		}
	}
	return nil
}

// checkName refuses what would spoil a line of a log or an audit.
func checkName(name string) error {
	if len(name) > 100 || strings.ContainsFunc(name, unicode.IsControl) {
		return fmt.Errorf("%.40q has more than 100 bytes or a control character", name)
	}
	return nil
}

// grants are what all entries for somebody allow. A token's name is its own.
func (r *Rules) grants(name string, groups []string, via Via) (list []Grant) {
	for _, p := range r.People {
		if p.Via != "" && p.Via != via {
			continue
		}
		if p.Name != "" && p.Name == name || p.Group != "" && slices.Contains(groups, p.Group) {
			list = append(list, p.Grant)
		}
	}
	return list
}

// named keeps the groups that the rules speak of, so that a session has few.
func (r *Rules) named(groups []string) (kept []string) {
	for _, p := range r.People {
		if p.Group != "" && slices.Contains(groups, p.Group) && !slices.Contains(kept, p.Group) {
			kept = append(kept, p.Group)
		}
	}
	return kept
}
