package app

import (
	"regexp"

	"weir/config"
	"weir/proxy/compress"
	"weir/proxy/exchange"
)

// coder compresses answers; nil where none are to be.
func coder(c config.Proxy) exchange.Coder {
	if c.Compress == "" {
		return nil
	}
	return &compress.Coder{Types: regexp.MustCompile(c.Compress)} // the configuration was checked
}
