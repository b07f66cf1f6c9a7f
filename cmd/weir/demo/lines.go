package demo

import "strings"

// text is lines for a weir that was started by this name.
func text(name string) string { return strings.ReplaceAll(lines, "\n  weir ", "\n  "+name+" ") }

// lines is what the demo prints once it serves. Every line that begins with
// two spaces is a command; a test runs them all, in order.
const lines = `weir serves three instances of v1 and one of v2.

Production: three of four answers are v1.
  curl -s -H 'Host: web.example.com' http://127.0.0.1:9999/
  for i in $(seq 200); do curl -s -H 'Host: web.example.com' http://127.0.0.1:9999/; done | cut -d' ' -f1 | sort | uniq -c

The canary under a hostname of its own, whatever its weight:
  curl -s -H 'Host: canary.web.example.com' http://127.0.0.1:9999/

The same over TLS, which weir passes through by server name:
  curl -sk --resolve tls.example.com:9996:127.0.0.1 https://tls.example.com:9996/
  curl -sk --resolve canary.tls.example.com:9996:127.0.0.1 https://canary.tls.example.com:9996/

Change the canary's weight, cut over, undo:
  weir weight set web v2=5%
  weir routes
  weir cutover web v2
  weir weight clear web

The same without the command line:
  curl -s -X POST -H 'Content-Type: application/json' -d '{"scope":"service/web","variant":"v2","reason":"trying it"}' http://127.0.0.1:9998/api/v1/cutover
  curl -s http://127.0.0.1:9998/api/v1/weights
  curl -s -X DELETE http://127.0.0.1:9998/api/v1/weights/service/web

The table in a browser: http://127.0.0.1:9998/   Stop: Ctrl-C
`
