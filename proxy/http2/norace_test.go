//go:build !race

package http2

const poolsForget = false
