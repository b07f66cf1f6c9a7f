package contexts

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// maxFile bounds the file, and that of a token, in bytes.
const maxFile = 1 << 20

// File is what a file of contexts holds.
type File struct {
	Name     string // path; empty: there is no place for one
	Current  string // name of the context that counts when none is named; empty: none
	Contexts map[string]Context
}

// Read reads a file. One that is not there holds nothing. The error names the
// file and the line.
func Read(name string) (*File, error) {
	f := &File{Name: name, Contexts: map[string]Context{}}
	if name == "" {
		return f, nil
	}
	text, err := readBounded(name)
	if errors.Is(err, fs.ErrNotExist) {
		return f, nil
	}
	if err == nil {
		err = f.parse(text)
	}
	return f, err
}

func readBounded(name string) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err == nil && len(text) > maxFile {
		err = fmt.Errorf("%s is larger than %d bytes", name, maxFile)
	}
	return text, err
}

// Names are the names of the contexts, sorted.
func (f *File) Names() []string { return slices.Sorted(maps.Keys(f.Contexts)) }

// Get returns the context of a name, with paths of files as they are to be opened:
// in the file they may be relative to its folder.
func (f *File) Get(name string) (Context, error) {
	c, ok := f.Contexts[name]
	if !ok {
		known := "there is none; weir context set makes one"
		if len(f.Contexts) > 0 {
			known = "there are " + strings.Join(f.Names(), ", ")
		}
		return c, fmt.Errorf("%s has no context %q: %s", f.Name, name, known)
	}
	for _, path := range []*string{&c.TokenFile, &c.CAFile, &c.CertFile, &c.KeyFile} {
		if *path != "" && !filepath.IsAbs(*path) {
			*path = filepath.Join(filepath.Dir(f.Name), *path)
		}
	}
	return c, nil
}

// Set adds a context, or replaces that of the name.
func (f *File) Set(name string, c Context) error {
	if err := checkName(name); err != nil {
		return err
	}
	if err := c.Check(); err != nil {
		return fmt.Errorf("context %s: %w", name, err)
	}
	f.Contexts[name] = c
	return nil
}

// ReadToken returns the token of c, from its file if it is in one.
func (c *Context) ReadToken() (string, error) {
	if c.TokenFile == "" {
		return c.Token, nil
	}
	text, err := readBounded(c.TokenFile)
	if err != nil {
		return "", fmt.Errorf("token-file: %w", err)
	}
	token := strings.TrimSpace(string(text))
	if token == "" {
		return "", fmt.Errorf("token-file: %s is empty", c.TokenFile)
	}
	return token, nil
}
