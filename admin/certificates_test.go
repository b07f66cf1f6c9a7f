package admin

import (
	"time"

	"weir/certs"
)

// served is what the tests' listeners serve.
func served(time.Time) []certs.Status {
	at := time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
	return []certs.Status{{
		Name: "main", Type: "path", Read: at,
		Certificates: []certs.Certificate{{
			Names: []string{"web.example.com", "*.web.example.com"}, Issuer: "CN=Example CA", Serial: "4f2a", Key: "ECDSA P-256",
			NotBefore: at, NotAfter: at.AddDate(0, 3, 0),
		}},
		Problems: []certs.Problem{{Place: "/etc/weir/old.pem", Reason: "failed to find any PEM data in certificate input"}},
	}}
}
