//go:build race

package http2

// poolsForget says that sync.Pool forgets some of what it is given, as it does
// under the race detector.
const poolsForget = true
