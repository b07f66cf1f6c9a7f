package config

import "regexp"

func compressionKeys() []Key {
	return []Key{
		{Name: "proxy.gzip.contenttype", Kind: Text,
			Help: "regular expression of the content types that are compressed, with zstd, br or gzip; empty is none",
			set:  checked(func(c *Config) *string { return &c.Proxy.Compress }, isRegexp)},
	}
}

func isRegexp(s string) string {
	if _, err := regexp.Compile(s); err != nil {
		return "a regular expression (RE2)"
	}
	return ""
}
