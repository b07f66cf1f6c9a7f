package config

import (
	"crypto/tls"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// tlsVersion reads tls10 to tls13 or the number of crypto/tls.
func tlsVersion(s string) (uint16, error) {
	s = strings.ToLower(s)
	for v := uint16(tls.VersionTLS10); v <= tls.VersionTLS13; v++ {
		n, err := strconv.ParseUint(s, 0, 16)
		if s == tlsVersionName(v) || err == nil && uint16(n) == v {
			return v, nil
		}
	}
	return 0, fmt.Errorf("%q is not one of tls10, tls11, tls12, tls13", s)
}

func tlsVersionName(v uint16) string {
	return fmt.Sprintf("tls1%d", v-tls.VersionTLS10)
}

// tlsCiphers reads names and numbers of crypto/tls, comma separated.
func tlsCiphers(s string) ([]uint16, error) {
	known := slices.Concat(tls.CipherSuites(), tls.InsecureCipherSuites())
	names := make([]string, len(known))
	for i, c := range known {
		names[i] = c.Name
	}
	var ids []uint16
	for _, item := range splitList(s) {
		n, err := strconv.ParseUint(item, 0, 16)
		i := slices.IndexFunc(known, func(c *tls.CipherSuite) bool {
			return strings.EqualFold(c.Name, item) || err == nil && c.ID == uint16(n)
		})
		if i < 0 {
			return nil, fmt.Errorf("%q is not a cipher suite that Go has%s", item, meant(item, names))
		}
		ids = append(ids, known[i].ID)
	}
	return ids, nil
}
