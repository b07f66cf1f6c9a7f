package accesslog

// jsonFormat writes an object. What has no value is left out.
type jsonFormat []member

// member is a key of the object.
type member struct {
	key    string // `"status":`
	field  field
	number bool
}

// newJSON lists the keys in their order.
func newJSON() jsonFormat {
	known := fields()
	list := jsonFormat{}
	text := func(key, name string) { list = append(list, member{`"` + key + `":`, known[name], false}) }
	number := func(key, name string) { list = append(list, member{`"` + key + `":`, known[name], true}) }
	text("time", "time_rfc3339_us")
	text("listener", "listener")
	text("protocol", "request_proto")
	text("client", "remote_host")
	number("client_port", "remote_port")
	text("request_id", "request_id")
	text("method", "request_method")
	text("scheme", "request_scheme")
	text("host", "request_host")
	text("uri", "request_uri")
	number("status", "response_status")
	number("request_bytes", "request_body_size")
	number("response_bytes", "response_body_size")
	number("seconds", "response_time_us")
	number("connect_seconds", "upstream_connect_time_us")
	number("first_byte_seconds", "upstream_first_byte_time_us")
	text("route", "route")
	text("service", "upstream_service")
	text("variant", "upstream_variant")
	text("version", "upstream_version")
	text("instance", "upstream_instance")
	text("target", "upstream_addr")
	number("attempts", "upstream_attempts")
	text("arm", "rollout_arm")
	text("tls_version", "tls_version")
	text("tls_cipher", "tls_cipher")
	text("tls_server_name", "tls_server_name")
	text("tls_protocol", "tls_protocol")
	text("grpc_status", "grpc_status")
	list = append(list, member{`"referer":`, header("referer"), false}, member{`"user_agent":`, header("user-agent"), false})
	text("error", "error")
	return list
}

func (j jsonFormat) append(b []byte, w *line) []byte {
	b = append(b, '{')
	start := len(b)
	for i := range j {
		m := &j[i]
		back := len(b)
		if back > start {
			b = append(b, ',')
		}
		b = append(b, m.key...)
		if !m.number {
			b = append(b, '"')
		}
		at := len(b)
		if b = m.field(b, w); len(b) == at {
			b = b[:back]
			continue
		}
		if !m.number {
			b = append(escapeJSON(b, at), '"')
		}
	}
	return append(b, '}')
}
