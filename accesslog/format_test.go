package accesslog

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"weir/proxy/exchange"
)

func TestFormats(t *testing.T) {
	lines := map[string]*line{"proxied": lineOf(proxied(t), nil), "own": lineOf(own(), nil), "passed": lineOf(nil, passed(t))}
	for _, c := range []struct{ of, format, want string }{
		{"proxied", "common", `192.0.2.1 - - [21/Nov/2026:21:05:07 +0100] "GET /api/x?a=b HTTP/2.0" 200 1234`},
		{"proxied", "combined", `192.0.2.1 - - [21/Nov/2026:21:05:07 +0100] "GET /api/x?a=b HTTP/2.0" 200 1234 "https://bar.test/" "curl/8"`},
		{"own", "combined", `2001:db8::1 - - [21/Nov/2026:21:05:07 +0100] "GET / HTTP/1.1" 404 0 "-" "-"`},
		{"passed", "common", `192.0.2.1 - - [21/Nov/2026:21:05:07 +0100] "TLS foo.test" - 20`},
		{"proxied", `$remote_addr $remote_port $request_args $request_host $request_method $request_scheme`, `192.0.2.1:4000 4000 a=b foo.test GET https`},
		{"proxied", `$request_uri $request_url $request_proto $header.none`, `/api/x?a=b https://foo.test/api/x?a=b HTTP/2.0 -`},
		{"proxied", `$response_time_ms $response_time_us $response_time_ns`, `0.012 0.012345 0.012345678`},
		{"proxied", `$time_rfc3339 $time_rfc3339_ms $time_rfc3339_us $time_rfc3339_ns`,
			`2026-11-21T21:05:07+01:00 2026-11-21T21:05:07.012+01:00 2026-11-21T21:05:07.012345+01:00 2026-11-21T21:05:07.012345678+01:00`},
		{"proxied", `$time_unix_ms $time_unix_us $time_unix_ns`, `1795291507012 1795291507012345 1795291507012345678`},
		{"proxied", `$upstream_addr $upstream_host $upstream_port $upstream_service`, `10.0.0.1:80 10.0.0.1 80 web`},
		{"proxied", `$upstream_request_scheme $upstream_request_uri $upstream_request_url`, `http /x?a=b http://10.0.0.1:80/x?a=b`},
		{"proxied", `$listener $request_id $request_body_size $route $rollout_arm $grpc_status $error`, `:9999 a-b-c 3 foo.test/api candidate 0 -`},
		{"proxied", `$upstream_variant $upstream_version $upstream_instance $upstream_attempts`, `1.4.2 1.4.2 web-1 1`},
		{"proxied", `$upstream_connect_time_us $upstream_first_byte_time_ms`, `0.001500 0.010`},
		{"proxied", `$tls_version $tls_cipher $tls_server_name $tls_protocol`, `TLS 1.3 TLS_AES_128_GCM_SHA256 foo.test h2`},
		{"own", `$upstream_addr $upstream_host $upstream_port $upstream_request_url $upstream_service $route $tls_version`, `- - - - - - -`},
		{"passed", `$request_uri $request_method $request_url $upstream_request_url $error`, `- - tls://foo.test http://10.0.0.1:80 client\x0agone`},
		{"passed", `$upstream_connect_time_ms $upstream_first_byte_time_ms $upstream_attempts $tls_server_name`, `0.002 0.003 2 foo.test`},
		{"own", `costs 5$ or $$request_method.`, `costs 5$ or $GET.`},
	} {
		f, err := compile(c.format)
		if err != nil {
			t.Errorf("%s: %v", c.format, err)
			continue
		}
		if got := string(f.append(nil, lines[c.of])); got != c.want {
			t.Errorf("%s as %s is\n%s, want\n%s", c.of, c.format, got, c.want)
		}
	}
}

func TestJSON(t *testing.T) {
	for _, c := range []struct {
		line *line
		want string
	}{
		{lineOf(proxied(t), nil), `{"time":"2026-11-21T21:05:07.012345+01:00","listener":":9999","protocol":"HTTP/2.0","client":"192.0.2.1","client_port":4000,
"request_id":"a-b-c","method":"GET","scheme":"https","host":"foo.test","uri":"/api/x?a=b","status":200,"request_bytes":3,"response_bytes":1234,
"seconds":0.012345,"connect_seconds":0.001500,"first_byte_seconds":0.010000,"route":"foo.test/api","service":"web","variant":"1.4.2","version":"1.4.2",
"instance":"web-1","target":"10.0.0.1:80","attempts":1,"arm":"candidate","tls_version":"TLS 1.3","tls_cipher":"TLS_AES_128_GCM_SHA256",
"tls_server_name":"foo.test","tls_protocol":"h2","grpc_status":"0","referer":"https://bar.test/","user_agent":"curl/8"}`},
		{lineOf(own(), nil), `{"time":"2026-11-21T21:05:07.012345+01:00","listener":":9999","protocol":"HTTP/1.1","client":"2001:db8::1","client_port":4000,
"method":"GET","scheme":"http","host":"foo.test:9999","uri":"/","status":404,"request_bytes":0,"response_bytes":0,"seconds":1.000000,"attempts":0}`},
		{lineOf(nil, passed(t)), `{"time":"2026-11-21T21:05:07.012345+01:00","listener":":9998","protocol":"TLS","client":"192.0.2.1","client_port":4001,
"scheme":"tls","host":"foo.test","request_bytes":10,"response_bytes":20,"seconds":2.000000,"connect_seconds":0.002000,"first_byte_seconds":0.003000,
"route":"foo.test/api","service":"web","variant":"1.4.2","version":"1.4.2","instance":"web-1","target":"10.0.0.1:80","attempts":2,
"tls_server_name":"foo.test","error":"client\u000agone"}`},
	} {
		got := newJSON().append(nil, c.line)
		if string(got) != strings.ReplaceAll(c.want, "\n", "") || !json.Valid(got) {
			t.Errorf("the line is\n%s, want\n%s", got, c.want)
		}
	}
}

// TestNothingIsInjected: what clients send stays within its field.
func TestNothingIsInjected(t *testing.T) {
	evil := "x\" 200 1\n192.0.2.9 - - [forged] \"GET / HTTP/1.1\\\x1b[31m\x00\xff\u00e4"
	x := own()
	x.URI, x.Host = []byte(evil), []byte(evil)
	x.Fields = []exchange.Field{{Name: []byte("User-Agent"), Value: []byte(evil)}}
	for _, format := range []string{"common", "combined", "json", `"$request_url" "$header.user-agent" "$request_host"`} {
		f, err := compile(format)
		if err != nil {
			t.Fatal(err)
		}
		got := f.append(nil, lineOf(x, nil))
		if bytes.ContainsFunc(got, func(r rune) bool { return r < ' ' || r > '~' }) || format != "json" && strings.Count(string(got), `"`)%2 != 0 {
			t.Errorf("%s: the line is %q", format, got)
		}
		if strings.Contains(string(got), `" 200 1`) && !strings.Contains(string(got), `\" 200 1`) {
			t.Errorf("%s: a quote of the client's ends a field: %s", format, got)
		}
	}
}

// TestAValueIsBounded, so that clients cannot fill a disk by a single request.
func TestAValueIsBounded(t *testing.T) {
	x := own()
	x.URI = []byte("/" + strings.Repeat("\u00e4", 30_000))
	for _, format := range []string{"common", "json"} {
		f, _ := compile(format)
		if got := f.append(nil, lineOf(x, nil)); len(got) > 7*maxValue || format == "json" && !json.Valid(got) {
			t.Errorf("%s: the line has %d bytes: %.100s", format, len(got), got)
		}
	}
}

func TestBadFormats(t *testing.T) {
	for format, says := range map[string]string{
		"$nothing":       "there is no field $nothing",
		"a $header.":     "there is no field $header",
		"a $header. b":   "there is no field $header",
		"$header":        "there is no field $header",
		"$request\n":     "is not common, combined, json or one line",
		"":               "is not common, combined, json or one line",
		"$time_rfc3339x": "there is no field $time_rfc3339x",
	} {
		if err := Check(format); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: error %v, want one with %q", format, err, says)
		}
	}
}

func FuzzTemplate(f *testing.F) {
	for _, s := range []string{common, combined, "$", "$$x", "$header.X-y.z", "a$request.b", "\u00e4$request_uri$"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		again := ""
		for rest := text; rest != ""; {
			literal, name, after := cutField(rest)
			if again += literal; name != "" {
				again += "$" + name
			}
			if len(after) >= len(rest) {
				t.Fatalf("%q does not get shorter", rest)
			}
			rest = after
		}
		if again != text {
			t.Fatalf("%q is read as %q", text, again)
		}
		if parsed, err := parseTemplate(text); err == nil && len(parsed) == 0 {
			t.Fatalf("%q is nothing", text)
		}
	})
}

func FuzzEscape(f *testing.F) {
	f.Add([]byte("plain"))
	f.Add([]byte("\"\\\n\x00\x7f\xff\u00e4\u2028"))
	f.Fuzz(func(t *testing.T, value []byte) {
		if len(value) > maxValue {
			t.Skip()
		}
		escaped := escapeText(append([]byte(`"`), value...), 1)
		if got := unquoteText(t, escaped[1:]); !bytes.Equal(got, value) {
			t.Errorf("%q is %q, which reads %q", value, escaped, got)
		}
		var read string
		if err := json.Unmarshal(append(escapeJSON(append([]byte(`"`), value...), 1), '"'), &read); err != nil {
			t.Fatalf("%q: %v", value, err)
		}
		if want := latin1(value); read != want {
			t.Errorf("%q reads %q in JSON, want %q", value, read, want)
		}
	})
}
