// Command curl is as much of curl as the lines that weir prints and the console
// blocks of the documents need. Tests put it first in PATH on a machine without
// curl.
package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
)

func main() {
	r, err := parse(os.Args[1:])
	if err == nil {
		err = r.send(os.Stdout)
	}
	if err != nil {
		if !r.silent {
			fmt.Fprintln(os.Stderr, "curl:", err)
		}
		os.Exit(1)
	}
}

// request is what the arguments ask for.
type request struct {
	method, url, body      string
	header                 []string
	silent, insecure, fail bool
	resolve                map[string]string // host:port to the address to connect to
}

// parse reads the arguments: -s, -k and -f, also together, -H, -X, -d and
// --resolve with a value each, and one URL.
func parse(args []string) (r request, err error) {
	r.resolve = map[string]string{}
	for i := 0; i < len(args); i++ {
		value := func() string {
			if i++; i < len(args) {
				return args[i]
			}
			err = errors.New(args[i-1] + " wants a value")
			return ""
		}
		switch arg := args[i]; {
		case arg == "-H":
			r.header = append(r.header, value())
		case arg == "-X":
			r.method = value()
		case arg == "-d":
			r.body = value()
		case arg == "--resolve":
			err = errors.Join(err, r.direct(value()))
		case strings.HasPrefix(arg, "-"):
			err = errors.Join(err, r.switches(arg[1:]))
		case r.url != "":
			err = errors.New("more than one URL")
		default:
			r.url = arg
		}
	}
	return r, err
}

func (r *request) switches(letters string) error {
	for _, letter := range letters {
		switch letter {
		case 's':
			r.silent = true
		case 'k':
			r.insecure = true
		case 'f':
			r.fail = true
		default:
			return fmt.Errorf("-%c is not known here", letter)
		}
	}
	return nil
}

// direct reads HOST:PORT:ADDRESS.
func (r *request) direct(text string) error {
	part := strings.SplitN(text, ":", 3)
	if len(part) != 3 {
		return fmt.Errorf("%q is not HOST:PORT:ADDRESS", text)
	}
	r.resolve[part[0]+":"+part[1]] = net.JoinHostPort(part[2], part[1])
	return nil
}

// send makes the request and writes the body of the answer.
func (r *request) send(out io.Writer) error {
	if r.method == "" && r.body != "" {
		r.method = http.MethodPost
	}
	req, err := http.NewRequest(r.method, r.url, strings.NewReader(r.body))
	if err != nil {
		return err
	}
	for _, line := range r.header {
		name, value, _ := strings.Cut(line, ":")
		if strings.EqualFold(name, "Host") {
			req.Host = strings.TrimSpace(value)
		}
		req.Header.Set(name, strings.TrimSpace(value))
	}
	resp, err := r.transport().RoundTrip(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if r.fail && resp.StatusCode >= http.StatusBadRequest {
		return errors.New(resp.Status)
	}
	_, err = io.Copy(out, resp.Body)
	return err
}

func (r *request) transport() http.RoundTripper {
	return &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: r.insecure},
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			if to := r.resolve[addr]; to != "" {
				addr = to
			}
			return (&net.Dialer{}).DialContext(ctx, network, addr)
		},
	}
}
