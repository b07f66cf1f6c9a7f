// Package curl asks weir as people do: with curl, over every version of HTTP
// that it speaks. Its tests need the build tag curl and the program: make
// test-curl.
package curl
