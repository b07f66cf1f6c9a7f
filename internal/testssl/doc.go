// Package testssl lets testssl.sh look for weaknesses of an https listener as it
// is by default. Its test needs the build tag testssl and the program: make
// test-tls.
package testssl
