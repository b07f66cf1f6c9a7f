// Command h2spec runs the HTTP/2 conformance cases of h2spec, the strict ones
// too, against 127.0.0.1:PORT without TLS, or with it where the second argument
// is "tls". It prints one JSON object a case. It is a module of its own so that
// what it needs stays out of weir's.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/summerwind/h2spec/config"
	"github.com/summerwind/h2spec/generic"
	"github.com/summerwind/h2spec/hpack"
	"github.com/summerwind/h2spec/http2"
	"github.com/summerwind/h2spec/spec"
)

type result struct {
	Case, Desc, Error string
	Skipped           bool
}

func main() {
	port, err := strconv.Atoi(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	tls := len(os.Args) > 2 && os.Args[2] == "tls"
	c := &config.Config{Host: "127.0.0.1", Port: port, Path: "/", Timeout: 2 * time.Second,
		MaxHeaderLen: 4000, Strict: true, TLS: tls, Insecure: true}
	out := json.NewEncoder(os.Stdout)
	os.Stdout = os.Stderr // where the cases print
	for _, g := range []*spec.TestGroup{generic.Spec(), http2.Spec(), hpack.Spec()} {
		g.Test(c)
		report(out, g)
	}
}

func report(out *json.Encoder, g *spec.TestGroup) {
	for i, tc := range append(g.Tests, g.StrictTests...) {
		if tc.Result == nil {
			continue
		}
		r := result{Case: fmt.Sprintf("%s/%d", g.ID(), i+1), Desc: tc.Desc, Skipped: tc.Result.Skipped}
		if tc.Result.Failed {
			r.Error = tc.Result.Error.Error()
		}
		out.Encode(r)
	}
	for _, sub := range g.Groups {
		report(out, sub)
	}
}
