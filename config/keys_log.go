package config

import (
	"log/slog"
	"slices"
	"strconv"
	"strings"
)

func logKeys() []Key {
	return []Key{
		{Name: "log.level", Default: "INFO", Kind: Text,
			Help: "lowest level that is logged: TRACE, DEBUG, INFO, WARN, ERROR, FATAL",
			set:  level(func(c *Config) *slog.Level { return &c.Log.Level })},
		{Name: "log.routes.format", Default: "delta", Kind: Text, Choices: routeFormats(),
			Help: "what is logged of a new table: delta is the lines that came and went, detail all routes with their shares, all the whole table as commands",
			set:  text(func(c *Config) *string { return &c.Log.Routes })},
		{Name: "proxy.log.routes", Kind: Text,
			Help: "old name of log.routes.format, which it beats", set: oldRouteFormat},
		{Name: "log.access.target", Kind: Text,
			Help: "where the access log goes: stdout, file or syslog; empty is nowhere",
			set:  checked(func(c *Config) *string { return &c.Log.Access.Target }, accessTarget)},
		{Name: "log.access.format", Default: "common", Kind: Text,
			Help: "a line of the access log: common, combined, json, or a template with fields such as $request",
			set:  text(func(c *Config) *string { return &c.Log.Access.Format })},
		{Name: "log.access.filter", Kind: Text, Ours: true,
			Help: "conditions that all lines of the access log meet, such as status>=400,time>=500ms,uri!=/health*; empty is none",
			set:  text(func(c *Config) *string { return &c.Log.Access.Filter })},
		{Name: "log.access.sample", Default: "1", Kind: Floats, Ours: true,
			Help: "part of the lines of the access log that is written, 0 to 1; those about failures always are",
			set:  fraction(func(c *Config) *float64 { return &c.Log.Access.Sample })},
		{Name: "log.access.file.path", Kind: Text, Ours: true,
			Help: "file of log.access.target=file",
			set:  text(func(c *Config) *string { return &c.Log.Access.File.Path })},
		{Name: "log.access.file.maxsize", Default: "100", Kind: Int, Ours: true,
			Help: "megabytes after which that file gets the time in its name and another one begins, 5 to 100000",
			set:  integer(func(c *Config) *int { return &c.Log.Access.File.MaxSize }, 5, 100_000)},
		{Name: "log.access.file.keep", Default: "10", Kind: Int, Ours: true,
			Help: "how many such files of before stay, 1 to 10000",
			set:  integer(func(c *Config) *int { return &c.Log.Access.File.Keep }, 1, 10_000)},
		{Name: "log.access.syslog.addr", Kind: Text, Ours: true,
			Help: "server of log.access.target=syslog: udp://host:port, tcp://host:port or unix:///path; empty is /dev/log",
			set:  text(func(c *Config) *string { return &c.Log.Access.Syslog })},
	}
}

func routeFormats() []string { return []string{"delta", "detail", "all"} }

func oldRouteFormat(c *Config, raw string) findings {
	if raw == "" {
		return findings{}
	}
	if !slices.Contains(routeFormats(), raw) {
		return failed("%q is not one of %s", raw, strings.Join(routeFormats(), ", "))
	}
	c.Log.Routes = raw
	return findings{warns: []string{"is the old name of log.routes.format"}}
}

func accessTarget(s string) string {
	if !slices.Contains([]string{"", "stdout", "file", "syslog"}, s) {
		return "stdout, file or syslog, or empty"
	}
	return ""
}

// fraction is a number from 0 to 1.
func fraction(at func(*Config) *float64) setter {
	return func(c *Config, raw string) findings {
		f, err := strconv.ParseFloat(raw, 64)
		if err != nil || !(f >= 0 && f <= 1) {
			return failed("%s is not one number from 0 to 1", raw)
		}
		*at(c) = f
		return findings{}
	}
}

func (l *loader) checkAccessLog() {
	if a := l.config.Log.Access; a.Target == "file" && a.File.Path == "" {
		l.fail(l.setting("log.access.file.path"), "names no file, which log.access.target=file needs")
	}
}
