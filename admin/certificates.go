package admin

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"weir/certs"
)

// CertificateSource is an entry of proxy.cs, and what it has now.
type CertificateSource struct {
	Name         string               `json:"name" example:"main"`
	Type         string               `json:"type" enum:"file,path,http,consul,vault,vault-pki"`
	Read         time.Time            `json:"read,omitzero" doc:"When it was last read; absent: never, or it issues certificates"`
	Certificates []Certificate        `json:"certificates" nullable:"false" doc:"Those served, the default first"`
	Problems     []CertificateProblem `json:"problems" nullable:"false" doc:"What cannot be read or used, or expires soon"`
}

// Certificate is one that is served. Nothing of its key is told but the kind.
type Certificate struct {
	Names     []string  `json:"names" nullable:"false" example:"[\"web.example.com\"]"`
	Issuer    string    `json:"issuer"`
	Serial    string    `json:"serial" doc:"Hexadecimal"`
	Key       string    `json:"key" example:"ECDSA P-256"`
	NotBefore time.Time `json:"not_before"`
	NotAfter  time.Time `json:"not_after"`
}

// CertificateProblem is a file, a key or a certificate that is or will be of no use.
type CertificateProblem struct {
	Place  string `json:"place" example:"/etc/weir/web.pem"`
	Reason string `json:"reason"`
}

type certificatesOutput struct {
	Body struct {
		Sources []CertificateSource `json:"sources" nullable:"false" doc:"In the order of proxy.cs"`
	}
}

func (a *Admin) registerCertificates(api huma.API) {
	huma.Register(api, huma.Operation{
		OperationID: "list-certificates", Method: http.MethodGet, Path: "/api/v1/certificates", Tags: []string{"status"},
		Summary: "The certificates that listeners serve, and when they expire",
	}, func(context.Context, *struct{}) (*certificatesOutput, error) {
		out := &certificatesOutput{}
		out.Body.Sources = []CertificateSource{}
		if a.Certificates == nil {
			return out, nil
		}
		for _, s := range a.Certificates(time.Now()) {
			out.Body.Sources = append(out.Body.Sources, certificateSource(s))
		}
		return out, nil
	})
}

func certificateSource(s certs.Status) CertificateSource {
	all := CertificateSource{Name: s.Name, Type: s.Type, Read: s.Read, Certificates: []Certificate{}, Problems: []CertificateProblem{}}
	for _, c := range s.Certificates {
		all.Certificates = append(all.Certificates, Certificate{
			Names: append([]string{}, c.Names...), Issuer: c.Issuer, Serial: c.Serial, Key: c.Key,
			NotBefore: c.NotBefore, NotAfter: c.NotAfter,
		})
	}
	for _, p := range s.Problems {
		all.Problems = append(all.Problems, CertificateProblem(p))
	}
	return all
}
