// Package soak runs a whole weir under load while everything around it changes,
// and accounts for every request: those that failed must be ones that lost the
// instance which was serving them.
//
//	go test -race ./internal/soak -soak 5m
package soak

import (
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
