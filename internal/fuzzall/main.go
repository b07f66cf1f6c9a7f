// Command fuzzall runs every fuzz target of the module, one after the other. It
// goes on after a failure, and says at the end which targets failed.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

func main() {
	each := flag.String("time", "30s", "how long each target runs")
	flag.Parse()
	if err := all(*each); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func all(each string) error {
	packages, err := exec.Command("go", "list", "./...").Output()
	if err != nil {
		return err
	}
	ran := 0
	for pkg := range strings.FieldsSeq(string(packages)) {
		names, listErr := targets(pkg)
		err = errors.Join(err, listErr)
		for _, name := range names {
			ran++
			err = errors.Join(err, fuzz(pkg, name, each))
		}
	}
	fmt.Printf("%d fuzz targets ran %s each\n", ran, each)
	return err
}

// targets names the fuzz targets of a package.
func targets(pkg string) (names []string, err error) {
	list, err := exec.Command("go", "test", "-list", "^Fuzz", pkg).CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("list %s: %w\n%s", pkg, err, list)
	}
	for line := range strings.Lines(string(list)) {
		if strings.HasPrefix(line, "Fuzz") {
			names = append(names, strings.TrimSpace(line))
		}
	}
	return names, nil
}

func fuzz(pkg, name, each string) error {
	var out bytes.Buffer
	run := exec.Command("go", "test", "-run", "^$", "-fuzz", "^"+name+"$", "-fuzztime", each, pkg)
	run.Stdout, run.Stderr = io.MultiWriter(os.Stdout, &out), os.Stderr
	err := run.Run()
	if err != nil && onlyLate(out.String()) {
		fmt.Printf("%s in %s: nothing was found; its last input was under way when the time was over (golang/go#75804)\n", name, pkg)
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s in %s: %w", name, pkg, err)
	}
	return nil
}

// onlyLate recognises a run that fails without a finding: on a busy machine the
// fuzzing engine takes the end of its own time for a failure.
func onlyLate(out string) bool {
	return strings.Contains(out, "\n    context deadline exceeded\n") && !strings.Contains(out, "Failing input")
}
