package certs

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"weir/twolooks"
)

// look is how often a source of type file is looked at.
const look = time.Second

// files are those of a folder, or those given.
type files struct {
	list  func() ([]string, error)
	every time.Duration // between two looks; 0: they are read once
}

// these are the files of those names.
func these(paths ...string) func() ([]string, error) {
	return func() ([]string, error) { return paths, nil }
}

// below lists the .pem files of a folder and the folders in it. What begins with
// a dot is left out, and with it what Kubernetes keeps beside the files of a
// mounted secret.
func below(root string) func() ([]string, error) {
	return func() (paths []string, err error) {
		inside := strings.TrimRight(root, "/") + "/" // a link to a folder is one
		err = filepath.WalkDir(inside, func(path string, d fs.DirEntry, err error) error {
			hidden := path != inside && strings.HasPrefix(d.Name(), ".")
			switch {
			case err != nil && path == inside:
				return err
			case d.IsDir() && (hidden || err != nil):
				return fs.SkipDir
			case !d.IsDir() && !hidden && isPEM(path):
				paths = append(paths, path)
			}
			return counted(len(paths))
		})
		return paths, err
	}
}

// anyOf is one file, or those below a folder.
func anyOf(path string) func() ([]string, error) {
	return func() ([]string, error) {
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			return below(path)()
		}
		return []string{path}, nil
	}
}

func (f *files) watch(ctx context.Context, each func([]text, error)) {
	if f.every == 0 {
		each(f.read())
		<-ctx.Done()
		return
	}
	same := func(a, b string) bool { return a == b }
	twolooks.Follow(ctx, f.every, f.version, same, func(string) (again bool) {
		each(f.read())
		return false
	})
}

// version tells states of the files apart.
func (f *files) version() string {
	var b strings.Builder
	paths, err := f.list()
	fmt.Fprintln(&b, err)
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			fmt.Fprintln(&b, path, err)
			continue
		}
		fmt.Fprintln(&b, path, info.Size(), info.ModTime().UnixNano(), info.Mode())
		if s, ok := info.Sys().(*syscall.Stat_t); ok {
			fmt.Fprintln(&b, s.Dev, s.Ino, s.Ctim)
		}
	}
	return b.String()
}

func (f *files) read() ([]text, error) {
	paths, err := f.list()
	if err != nil {
		return nil, err
	}
	texts := make([]text, len(paths))
	for i, path := range paths {
		texts[i] = readFile(path)
	}
	return texts, nil
}

func readFile(path string) text {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0) // a pipe would wait
	if err != nil {
		return text{name: path, err: err}
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return text{name: path, err: errors.New("is no regular file")}
	}
	return readText(path, f)
}
