package accesslog

import (
	"strconv"
	"time"
)

// field appends one value as it is; who asks escapes it. Nothing appended says
// that there is no such value.
type field func(b []byte, w *line) []byte

// fields are all that a template may name, but for $header.NAME. The first are
// fabio's.
func fields() map[string]field {
	all := map[string]field{
		"remote_addr": remoteAddr, "remote_host": remoteHost, "remote_port": remotePort,
		"request": request, "request_args": requestArgs, "request_host": requestHost, "request_method": requestMethod,
		"request_scheme": requestScheme, "request_uri": requestURI, "request_url": requestURL, "request_proto": requestProto,
		"response_body_size": responseBodySize, "response_status": responseStatus,
		"time_common": timeCommon, "time_rfc3339": timeRFC3339(0),
		"upstream_addr": upstreamAddr, "upstream_host": upstreamHost, "upstream_port": upstreamPort,
		"upstream_request_scheme": upstreamScheme, "upstream_request_uri": upstreamURI, "upstream_request_url": upstreamURL,
		"upstream_service": upstreamService,

		"listener": listener, "request_id": requestID, "request_body_size": requestBodySize, "route": routeKey,
		"upstream_variant": upstreamVariant, "upstream_version": upstreamVersion, "upstream_instance": upstreamInstance,
		"upstream_attempts": upstreamAttempts, "rollout_arm": rolloutArm,
		"tls_version": tlsVersion, "tls_cipher": tlsCipher(), "tls_server_name": tlsServerName, "tls_protocol": tlsProtocol,
		"grpc_status": grpcStatus, "error": errorText,
	}
	for i, unit := range []string{"ms", "us", "ns"} {
		decimals := 3 * (i + 1)
		all["response_time_"+unit] = seconds(decimals, (*entry).response)
		all["upstream_connect_time_"+unit] = seconds(decimals, (*entry).connect)
		all["upstream_first_byte_time_"+unit] = seconds(decimals, (*entry).firstByte)
		all["time_rfc3339_"+unit] = timeRFC3339(decimals)
		all["time_unix_"+unit] = timeUnix(decimals)
	}
	return all
}

func (e *entry) response() time.Duration { return e.took }

// seconds prints a duration as fabio does, "0.012" for 12 ms. One that was not
// measured is no value.
func seconds(decimals int, of func(*entry) time.Duration) field {
	return func(b []byte, w *line) []byte {
		d := of(&w.entry)
		if d <= 0 {
			return b
		}
		b = append(strconv.AppendInt(b, int64(d/time.Second), 10), '.')
		return appendDecimals(b, int64(d%time.Second), decimals)
	}
}

func timeRFC3339(decimals int) field {
	return func(b []byte, w *line) []byte { return w.clock.appendRFC3339(b, decimals) }
}

func timeUnix(decimals int) field {
	return func(b []byte, w *line) []byte {
		b = strconv.AppendInt(b, w.clock.now.Unix(), 10)
		return appendDecimals(b, int64(w.clock.now.Nanosecond()), decimals)
	}
}

func timeCommon(b []byte, w *line) []byte { return append(b, w.clock.common...) }
