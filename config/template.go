package config

import (
	"fmt"
	"strings"

	"github.com/hashicorp/go-sockaddr/template"
)

// expandAddr fills in a template of go-sockaddr, "{{ GetPrivateIP }}:80", as fabio
// does; other addresses stay what they are.
func expandAddr(s string) (string, error) {
	if !strings.Contains(s, "{{") {
		return s, nil
	}
	expanded, err := template.Parse(s)
	if err != nil {
		return "", fmt.Errorf("template %q: %w", s, err)
	}
	if strings.HasPrefix(expanded, ":") && !strings.HasPrefix(s, ":") {
		return "", fmt.Errorf("template %q finds no address on this machine", s)
	}
	return expanded, nil
}
