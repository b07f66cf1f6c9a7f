package config

import (
	"strings"
)

// NormalizeArgs turns the arguments of a fabio command line, without the name
// of the program, into what pflag and cobra read: long flags with one dash
// (-proxy.addr :80, -proxy.addr=:80, -cfg FILE, -v, -version), and switches
// that are followed by a word (-insecure true), at which fabio stops reading.
//
// A name with a dot is always a key, so one that is unknown is kept for Load
// to report. Other flags are left to the caller. So are all arguments from the
// first word on that is no flag, unless it is one of commands, the commands
// that take the flags of AddFlags.
func NormalizeArgs(args []string, commands ...string) []string {
	n := normalizer{rest: args, table: newKeyTable(), commands: commands}
	for len(n.rest) > 0 && !n.done {
		n.next()
	}
	return append(n.out, n.rest...)
}

type normalizer struct {
	rest, out []string
	table     *keyTable
	commands  []string
	inCommand bool
	done      bool
}

// next moves one argument, with its value, from rest to out.
func (n *normalizer) next() {
	arg := n.take()
	if arg == "--" || !strings.HasPrefix(arg, "-") || arg == "-" {
		n.word(arg)
		return
	}
	name, value, joined := strings.Cut(strings.TrimLeft(arg, "-"), "=")
	key, known := n.table.find(name)
	switch {
	case arg == "-v" && !n.inCommand:
		n.out = append(n.out, "--version")
	case name == fileFlag:
		n.flag(name, n.value(value, joined, true))
	case known && key.Kind == Bool:
		n.key(name, key, n.boolean(value, joined))
	case known:
		n.key(name, key, n.value(value, joined, true))
	case strings.Contains(name, "."):
		n.key(name, Key{}, n.value(value, joined, false))
	case len(name) > 1 && !strings.HasPrefix(arg, "--"):
		n.out = append(n.out, "-"+arg)
	default:
		n.out = append(n.out, arg)
	}
}

func (n *normalizer) take() string {
	arg := n.rest[0]
	n.rest = n.rest[1:]
	return arg
}

// word ends the flags, unless it is a command that has them too.
func (n *normalizer) word(arg string) {
	n.out = append(n.out, arg)
	n.done = arg == "--"
	if n.inCommand || n.done {
		return
	}
	n.inCommand = true
	n.done = true
	for _, c := range n.commands {
		n.done = n.done && c != arg
	}
}

// value returns "=value", or "" if there is none. The next argument is the
// value, whatever it looks like if the flag needs one.
func (n *normalizer) value(value string, joined, needed bool) string {
	switch {
	case joined:
		return "=" + value
	case len(n.rest) == 0, !needed && strings.HasPrefix(n.rest[0], "-"):
		return ""
	}
	return "=" + n.take()
}

// boolean takes the next argument only if it is true or false.
func (n *normalizer) boolean(value string, joined bool) string {
	if joined {
		return "=" + value
	}
	if len(n.rest) > 0 && (strings.EqualFold(n.rest[0], "true") || strings.EqualFold(n.rest[0], "false")) {
		return "=" + n.take()
	}
	return "=true"
}

// key writes a key in its own spelling as its flag, any other as a misfit.
func (n *normalizer) key(name string, key Key, value string) {
	if name == key.Name {
		n.flag(name, value)
		return
	}
	n.flag(misfitFlag, "="+name+value)
}

func (n *normalizer) flag(name, value string) {
	n.out = append(n.out, "--"+name+value)
}
