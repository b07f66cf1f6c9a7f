package app

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"runtime/trace"

	"weir/config"
)

// startProfile begins what profile.mode asks for, in a file that pkg/profile,
// fabio's library, would name the same. stop writes the rest.
func startProfile(c config.Profile) (stop func() error, err error) {
	if c.Mode == "" {
		return func() error { return nil }, nil
	}
	ext := ".pprof"
	if c.Mode == "trace" {
		ext = ".out"
	}
	file, err := os.Create(filepath.Join(c.Path, c.Mode+ext))
	if err != nil {
		return nil, fmt.Errorf("profile.path: %w", err)
	}
	end, err := profiles()[c.Mode](file)
	return func() error { return errors.Join(end(), file.Close()) }, err
}

// profiles begin by name, and return what ends them.
func profiles() map[string]func(*os.File) (end func() error, err error) {
	atEnd := func(name string, begin, end func()) func(*os.File) (func() error, error) {
		return func(f *os.File) (func() error, error) {
			begin()
			return func() error { defer end(); return pprof.Lookup(name).WriteTo(f, 0) }, nil
		}
	}
	return map[string]func(*os.File) (func() error, error){
		"cpu": func(f *os.File) (func() error, error) {
			return func() error { pprof.StopCPUProfile(); return nil }, pprof.StartCPUProfile(f)
		},
		"trace": func(f *os.File) (func() error, error) {
			return func() error { trace.Stop(); return nil }, trace.Start(f)
		},
		"mem":   atEnd("heap", func() {}, func() {}),
		"mutex": atEnd("mutex", func() { runtime.SetMutexProfileFraction(1) }, func() { runtime.SetMutexProfileFraction(0) }),
		"block": atEnd("block", func() { runtime.SetBlockProfileRate(1) }, func() { runtime.SetBlockProfileRate(0) }),
	}
}
