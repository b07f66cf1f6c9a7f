package certs

import (
	"testing"

	"weir/internal/testenv"
)

func TestMain(m *testing.M) { testenv.ConsulMain(m) }
