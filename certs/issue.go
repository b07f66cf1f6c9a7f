package certs

import (
	"context"
	"crypto/tls"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"weir/tlssni"
)

// issue asks Vault for a certificate,
// https://developer.hashicorp.com/vault/api-docs/secret/pki#generate-certificate-and-key.
func (i *issuer) issue(ctx context.Context, name string) (*tls.Certificate, error) {
	var data struct {
		Certificate string   `json:"certificate"`
		Chain       []string `json:"ca_chain"`
		Key         string   `json:"private_key"`
	}
	err := i.vault.ask(ctx, http.MethodPost, escaped(i.path), map[string]string{"common_name": name}, &data)
	if err != nil {
		return nil, err
	}
	chain := strings.Join(append([]string{data.Certificate}, data.Chain...), "\n")
	cert, err := (pair{chain: []byte(chain), key: []byte(data.Key)}).certificate()
	if err != nil {
		return nil, fmt.Errorf("what vault issued cannot be used: %w", err)
	}
	if !slices.Contains(tlssni.Names(cert), name) {
		return nil, fmt.Errorf("vault issued a certificate that is not for %s", name)
	}
	return cert, nil
}
