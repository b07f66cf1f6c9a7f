//go:build browser

package apiclient

import (
	"testing"

	"weir/internal/testenv"
)

func TestMain(m *testing.M) { testenv.WeirMain(m) }
