package nomadstory

import (
	"flag"
	"testing"

	"weir/internal/testenv"
)

func TestMain(m *testing.M) {
	flag.Set("test.parallel", "6") // stories wait most of their time; the command line wins
	testenv.WeirMain(m)
}
