package controller_test

import (
	"os"
	"testing"

	"weir/internal/testenv"
)

// TestMain runs the tests, or one proxy where a test has started this program
// for that.
func TestMain(m *testing.M) {
	if os.Getenv(childAddr) != "" {
		os.Exit(child())
	}
	testenv.ConsulMain(m)
}
