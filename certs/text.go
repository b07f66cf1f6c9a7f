package certs

import (
	"fmt"
	"io"
	"strings"
)

// Bounds of what is read of one place.
const (
	maxText  = 1 << 20 // bytes of one text, as fabio has it
	maxTexts = 10_000
)

// text is one file of a place: certificates, keys or both, in PEM.
type text struct {
	name string // as problems call it: a path, a URL without its query, a key
	data []byte
	err  error // why it could not be read; data is then nil
}

// Problem is one text that could not be used, or soon cannot be.
type Problem struct {
	Place  string // the name of a file, or of the whole place
	Reason string
}

// readText reads one text to its end.
func readText(name string, r io.Reader) text {
	data, err := io.ReadAll(io.LimitReader(r, maxText+1))
	if err == nil && len(data) > maxText {
		err = fmt.Errorf("has more than %d bytes", maxText)
	}
	if err != nil {
		return text{name: name, err: err}
	}
	return text{name: name, data: data}
}

// counted is the error of a place with too many texts.
func counted(n int) error {
	if n > maxTexts {
		return fmt.Errorf("more than %d files", maxTexts)
	}
	return nil
}

// isPEM reports whether a name is that of a file to read.
func isPEM(name string) bool { return strings.HasSuffix(name, ".pem") }
