package accesslog

import (
	"fmt"
	"io"
	"os"

	"github.com/DeRuina/timberjack"
)

// Stream is an output that others own, such as standard output.
func Stream(w io.Writer) io.WriteCloser { return stream{w} }

type stream struct{ io.Writer }

// Close leaves the stream open.
func (stream) Close() error { return nil }

// MinSize is the least size of a file in megabytes: more than is written at once.
const MinSize = 5

// File is an output to a file that is renamed, with the time in its name, before
// it is larger than megabytes, at least MinSize; keep is how many such files stay,
// at least 1. The error says why the file cannot be written.
func File(path string, megabytes, keep int) (io.WriteCloser, error) {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o640)
	if err != nil {
		return nil, fmt.Errorf("access log: %w", err)
	}
	if err := f.Close(); err != nil {
		return nil, fmt.Errorf("access log: %w", err)
	}
	return &timberjack.Logger{Filename: path, MaxSize: megabytes, MaxBackups: keep, LocalTime: true, Compression: "none"}, nil
}
