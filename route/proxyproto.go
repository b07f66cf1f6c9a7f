package route

import "fmt"

// readProxyProto reads fabio's true, which is version 1, and our v1 and v2.
func (s *settings) readProxyProto(o option) {
	switch o.value {
	case "true", "v1":
		s.proxyProto = 1
	case "v2":
		s.proxyProto = 2
	case "false":
		s.proxyProto = 0
	default:
		s.notes = append(s.notes, fmt.Sprintf("option pxyproto=%s is none of true, v1, v2 and false, and counts as false", o.value))
	}
}

// checkProxyProto notes that the option has no effect on a route that only
// requests can have, as in fabio: those carry the client's address in their header.
func (t *Target) checkProxyProto(s source) {
	if set := t.settings; set.proxyProto > 0 && s.path != "/" && s.path != "" {
		set.notes = append(set.notes, "option pxyproto= has no effect on a route with a path: it is for connections that are passed on as they are")
	}
}

// ProxyProto is the version of the PROXY header, 1 or 2, with which connections
// that are passed on to the target begin; 0 for none.
func (t *Target) ProxyProto() int { return t.settings.proxyProto }
