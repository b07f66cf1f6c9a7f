package conformance

import "strings"

func (s *strict) checkTarget(m *message) {
	bad := func(r rune) bool { return r < '!' || r > '~' || strings.ContainsRune(`#\"<>`, r) }
	if strings.ContainsFunc(m.target, bad) {
		s.fault("target %.60q", m.target)
	}
	if m.target[0] != '/' && !strings.Contains(m.target, "://") && (m.target != "*" || m.method != "OPTIONS") {
		s.fault("form of the target %.60q", m.target)
	}
}

func (s *strict) checkHost(m *message) {
	hosts := m.get("Host")
	if len(hosts) > 1 || len(hosts) == 0 && m.version == "HTTP/1.1" {
		s.fault("%d Host fields", len(hosts))
	}
	for _, host := range hosts {
		if strings.ContainsAny(host, "/?#@ ,\\\t") {
			s.fault("Host %q", host)
		}
		if strings.Contains(m.target, "://") && !strings.EqualFold(host, m.authority()) {
			s.fault("Host %q of %q", host, m.target)
		}
	}
}
