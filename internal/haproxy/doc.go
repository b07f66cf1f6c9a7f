// Package haproxy proves that weir and HAProxy understand each other's PROXY
// protocol, with a real HAProxy in front of weir and one behind it. Its tests need
// the build tag haproxy and the program: make test-haproxy.
package haproxy
