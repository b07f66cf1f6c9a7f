package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"

	"weir/bench/peers"
)

// page is written by a whole run.
const page = "docs/benchmarks.md"

// options of the command line.
type options struct {
	works   []work
	peers   []peers.Peer
	rounds  int
	seconds int
	out     string // file of the report; empty: only printed
	build   bool   // weir has to be built first
}

var errHelp = errors.New("help was asked for")

func parseOptions(args []string) (options, error) {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(os.Stderr)
	all := works()
	only := flags.String("only", "", "measure only these works, by commas: "+strings.Join(names(all, workName), ", "))
	which := flags.String("peers", "", "measure only these peers, by commas: "+strings.Join(names(peers.All(), peerName), ", "))
	rounds := flags.Int("rounds", 3, "turns of each peer in each work")
	seconds := flags.Int("seconds", 5, "length of a turn")
	out := flags.String("o", "", "file of the report (default "+page+" of a whole run, none of a part)")
	weir := flags.String("weir", "", "program of weir (default: built from ./cmd/weir)")
	fabio := flags.String("fabio", "", "program of fabio (default: looked for on PATH)")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return options{}, errHelp
	} else if err != nil {
		return options{}, err
	}
	if flags.NArg() > 0 {
		return options{}, fmt.Errorf("argument %q: only flags are expected", flags.Arg(0))
	}
	if *rounds < 1 || *seconds < 1 {
		return options{}, fmt.Errorf("-rounds %d -seconds %d: both must be 1 or more", *rounds, *seconds)
	}
	o := options{rounds: *rounds, seconds: *seconds, out: *out}
	var err, err2 error
	o.works, err = choose(all, *only, workName, "-only")
	o.peers, err2 = choose(peers.All(), *which, peerName, "-peers")
	if o.out == "" && *only == "" && *which == "" {
		o.out = page
	}
	o.setPaths(*weir, *fabio)
	return o, errors.Join(err, err2)
}

func workName(w work) string       { return w.name }
func peerName(p peers.Peer) string { return p.Name }

func names[T any](all []T, name func(T) string) []string {
	var list []string
	for _, v := range all {
		list = append(list, name(v))
	}
	return list
}

// choose returns those of all that list names, or all when it is empty.
func choose[T any](all []T, list string, name func(T) string, flag string) ([]T, error) {
	if list == "" {
		return all, nil
	}
	wanted := strings.Split(list, ",")
	for _, w := range wanted {
		if !slices.Contains(names(all, name), w) {
			return nil, fmt.Errorf("%s %q is none of %s", flag, w, strings.Join(names(all, name), ", "))
		}
	}
	return slices.DeleteFunc(all, func(v T) bool { return !slices.Contains(wanted, name(v)) }), nil
}

func (o *options) setPaths(weir, fabio string) {
	for i := range o.peers {
		p := &o.peers[i]
		switch {
		case p.Name == peers.Weir().Name && weir == "":
			o.build = true
		case p.Name == peers.Weir().Name:
			p.Path = weir
		case p.Name == peers.Fabio().Name && fabio != "":
			p.Path = fabio
		}
	}
}
