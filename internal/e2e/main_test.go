package e2e

import (
	"testing"

	"weir/internal/testenv"
)

func TestMain(m *testing.M) { testenv.WeirMain(m) }
