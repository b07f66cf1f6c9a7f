//go:build browser

package browser

import (
	"testing"

	"weir/internal/testenv"
)

func TestMain(m *testing.M) { testenv.WeirMain(m) }
