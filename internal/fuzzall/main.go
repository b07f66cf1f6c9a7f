// Command fuzzall runs every fuzz target of the module, one after the other.
package main

import (
	"bufio"
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

func main() {
	each := flag.String("time", "30s", "how long each target runs")
	flag.Parse()
	packages, err := exec.Command("go", "list", "./...").Output()
	if err != nil {
		fail(err)
	}
	for pkg := range strings.FieldsSeq(string(packages)) {
		if err := fuzz(pkg, *each); err != nil {
			fail(err)
		}
	}
}

// fuzz runs the targets of one package.
func fuzz(pkg, each string) error {
	list, err := exec.Command("go", "test", "-list", "^Fuzz", pkg).CombinedOutput()
	if err != nil {
		return fmt.Errorf("list %s: %w\n%s", pkg, err, list)
	}
	for scan := bufio.NewScanner(bytes.NewReader(list)); scan.Scan(); {
		name := scan.Text()
		if !strings.HasPrefix(name, "Fuzz") {
			continue
		}
		run := exec.Command("go", "test", "-run", "^$", "-fuzz", "^"+name+"$", "-fuzztime", each, pkg)
		run.Stdout, run.Stderr = os.Stdout, os.Stderr
		if err := run.Run(); err != nil {
			return fmt.Errorf("%s in %s: %w", name, pkg, err)
		}
	}
	return nil
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
