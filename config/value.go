package config

import (
	"fmt"
	"log/slog"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// findings is what reading one value found.
type findings struct {
	errs, warns []string
}

func failed(format string, args ...any) findings {
	return findings{errs: []string{fmt.Sprintf(format, args...)}}
}

// add appends what other found.
func (f *findings) add(other findings) {
	f.errs = append(f.errs, other.errs...)
	f.warns = append(f.warns, other.warns...)
}

// setter reads a value in its canonical spelling into the place in c that
// belongs to it.
type setter func(c *Config, raw string) findings

// text keeps the value as it is.
func text[T ~string](at func(*Config) *T) setter {
	return func(c *Config, raw string) findings {
		*at(c) = T(raw)
		return findings{}
	}
}

// checked is text with a condition; check returns what was expected, or "".
func checked(at func(*Config) *string, check func(string) string) setter {
	return func(c *Config, raw string) findings {
		if want := check(raw); want != "" {
			return failed("%q is not %s", raw, want)
		}
		*at(c) = raw
		return findings{}
	}
}

func boolean(at func(*Config) *bool) setter {
	return func(c *Config, raw string) findings {
		*at(c) = raw == "true"
		return findings{}
	}
}

// integer is a whole number from least to most.
func integer(at func(*Config) *int, least, most int) setter {
	return func(c *Config, raw string) findings {
		n, err := strconv.Atoi(raw)
		if err != nil || n < least || n > most {
			return failed("%s is not between %d and %d", raw, least, most)
		}
		*at(c) = n
		return findings{}
	}
}

// duration is 0 or more.
func duration(at func(*Config) *time.Duration) setter {
	return func(c *Config, raw string) findings {
		d, err := parseDuration(raw)
		if err != nil {
			return failed("%v", err)
		}
		*at(c) = d
		return findings{}
	}
}

// limit is a duration above 0: waiting without an end is no choice.
func limit(at func(*Config) *time.Duration) setter {
	return func(c *Config, raw string) findings {
		f := duration(at)(c, raw)
		if len(f.errs) == 0 && *at(c) == 0 {
			return failed("%s is not a duration above 0", raw)
		}
		return f
	}
}

// list is one or more texts.
func list(at func(*Config) *[]string) setter {
	return func(c *Config, raw string) findings {
		items := splitList(raw)
		if len(items) == 0 {
			return failed("is empty: at least one value is needed")
		}
		*at(c) = items
		return findings{}
	}
}

// once is one or more texts, each once.
func once(at func(*Config) *[]string) setter {
	return func(c *Config, raw string) findings {
		f := list(at)(c, raw)
		for i, item := range *at(c) {
			if slices.Contains((*at(c))[:i], item) {
				f.add(failed("%s stands there twice", item))
			}
		}
		return f
	}
}

// networks is a list of CIDRs; a bare address is a network of one.
func networks(at func(*Config) *[]netip.Prefix) setter {
	return func(c *Config, raw string) findings {
		var f findings
		for _, item := range splitList(raw) {
			p, err := parseNetwork(item)
			if err != nil {
				f.errs = append(f.errs, err.Error())
				continue
			}
			*at(c) = append(*at(c), p)
		}
		return f
	}
}

func parseNetwork(s string) (netip.Prefix, error) {
	p, err := netip.ParsePrefix(s)
	if a, aerr := netip.ParseAddr(s); aerr == nil && a.Zone() == "" {
		p, err = netip.PrefixFrom(a, a.BitLen()), nil
	}
	if err != nil {
		return p, fmt.Errorf("%q is not a network such as 10.0.0.0/8 or fd00::/8", s)
	}
	if p.Addr().Is4In6() && p.Bits() >= 96 {
		p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
	}
	return p.Masked(), nil
}

// level is a log level by fabio's names, in upper or lower case.
func level(at func(*Config) *slog.Level) setter {
	return func(c *Config, raw string) findings {
		switch name := strings.ToUpper(strings.TrimSpace(raw)); name {
		case "TRACE":
			*at(c) = slog.LevelDebug - 4
		case "FATAL":
			*at(c) = slog.LevelError + 4
		case "DEBUG", "INFO", "WARN", "ERROR":
			if err := at(c).UnmarshalText([]byte(name)); err != nil {
				return failed("%v", err)
			}
		default:
			return failed("%q is not one of TRACE, DEBUG, INFO, WARN, ERROR, FATAL", raw)
		}
		return findings{}
	}
}
