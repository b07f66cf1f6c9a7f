// Package file is a registry.Source of route commands in a file, which it reads
// again when it changes.
package file

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"weir/registry"
	"weir/route"
	"weir/twolooks"
)

// look is how often the files are looked at.
const look = 250 * time.Millisecond

// maxSize bounds a file in bytes.
const maxSize = 64 << 20

// Source reads files of route commands.
type Source struct {
	Path    string // of the commands, one a line
	NoRoute string // of the page for requests without a route; empty: none
}

// Name implements registry.Source.
func (s Source) Name() string { return "file " + s.Path }

// Run implements registry.Source. Files that cannot be read keep what was read
// of them last.
func (s Source) Run(ctx context.Context, out chan<- registry.Snapshot) error {
	var known registry.Snapshot
	twolooks.Follow(ctx, look, s.look, versions.are, func(versions) (again bool) {
		fresh, err := s.read()
		if err == nil {
			known = fresh
		} else {
			known.Err = err
		}
		select {
		case <-ctx.Done():
		case out <- known:
		}
		return known.Err != nil
	})
	return context.Cause(ctx)
}

func (s Source) look() versions { return versions{stat(s.Path), stat(s.NoRoute)} }

// version tells states of a file apart; nil is that of a missing one.
type version struct{ fs.FileInfo }

func stat(path string) version {
	info, err := os.Stat(path)
	if err != nil {
		return version{}
	}
	return version{info}
}

func (v version) is(other version) bool {
	if v.FileInfo == nil || other.FileInfo == nil {
		return v.FileInfo == other.FileInfo
	}
	return os.SameFile(v.FileInfo, other.FileInfo) && v.Size() == other.Size() && v.ModTime().Equal(other.ModTime())
}

// versions are those of the commands and of the page.
type versions [2]version

func (v versions) are(other versions) bool { return v[0].is(other[0]) && v[1].is(other[1]) }

// read reads both files anew.
func (s Source) read() (now registry.Snapshot, err error) {
	now.At = time.Now()
	text, err := readFile(s.Path)
	if err != nil {
		return now, err
	}
	now.Commands = []route.Commands{{Source: "file " + s.Path, Text: text}}
	if s.NoRoute != "" {
		now.NoRouteHTML, err = readFile(s.NoRoute)
	}
	return now, err
}

func readFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	info, err := f.Stat()
	if err == nil && info.Size() > maxSize {
		err = fmt.Errorf("%s has %d bytes, at most %d are read", path, info.Size(), maxSize)
	}
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(io.LimitReader(f, maxSize))
	return string(text), err
}
