// Consulbin builds the Consul agent that the tests start, unless it is there
// already, and prints its path.
package main

import (
	"context"
	"fmt"
	"os"

	"weir/internal/testenv"
)

func main() {
	path, err := testenv.ConsulBinary(context.Background())
	if err != nil {
		fmt.Fprintln(os.Stderr, "consulbin:", err)
		os.Exit(1)
	}
	fmt.Println(path)
}
