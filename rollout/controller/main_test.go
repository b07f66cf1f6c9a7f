package controller_test

import (
	"testing"

	"weir/internal/testenv"
)

func TestMain(m *testing.M) { testenv.ConsulMain(m) }
