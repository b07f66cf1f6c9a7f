package main

import (
	"context"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strings"
	"time"

	"weir/bench/report"
)

// machine gathers what the numbers depend on. What cannot be found out is
// "unknown".
func machine(ctx context.Context) report.Machine {
	m := report.Machine{
		Date:       time.Now().UTC().Format(time.DateOnly),
		CPU:        "unknown",
		Kernel:     file("/proc/sys/kernel/osrelease"),
		Go:         runtime.Version(),
		Commit:     "unknown",
		Load:       "unknown",
		Congestion: file("/proc/sys/net/ipv4/tcp_congestion_control"),
		Cores:      runtime.NumCPU(),
	}
	if model := regexp.MustCompile(`(?m)^model name\s*: (.*)$`).FindStringSubmatch(file("/proc/cpuinfo")); model != nil {
		m.CPU = model[1]
	}
	if load := strings.Fields(file("/proc/loadavg")); len(load) > 0 {
		m.Load = load[0]
	}
	if commit, err := exec.CommandContext(ctx, "git", "describe", "--always", "--dirty").Output(); err == nil {
		m.Commit = strings.TrimSpace(string(commit))
	}
	return m
}

func file(name string) string {
	text, err := os.ReadFile(name)
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(text))
}

// loaderVersions asks the loaders that are there for their versions.
func loaderVersions() []string {
	var list []string
	for _, cmd := range []*exec.Cmd{exec.Command("wrk", "-v"), exec.Command("h2load", "--version")} {
		out, _ := cmd.CombinedOutput() // wrk prints its version and fails
		if number := regexp.MustCompile(`\d+\.\d+\.\d+\S*`).Find(out); number != nil {
			list = append(list, cmd.Args[0]+" "+string(number))
		}
	}
	return list
}

// debianPackage is where Debian keeps a loader.
func debianPackage(program string) string {
	if program == "h2load" {
		return "nghttp2-client"
	}
	return program
}
