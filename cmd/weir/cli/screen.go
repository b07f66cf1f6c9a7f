package cli

import (
	"errors"
	"io"
	"os"
	"strings"
	"sync"

	"golang.org/x/term"
)

const ctrlC = 3 // as a terminal sends it that signals nothing by itself

// What a terminal obeys (ECMA-48, and xterm for the second screen).
const (
	enter     = "\x1b[?1049h\x1b[?25l" // the second screen, without a cursor
	leave     = "\x1b[?25h\x1b[?1049l"
	home      = "\x1b[H"
	lineEnd   = "\x1b[K\r\n" // of a line of which nothing that was there before is left
	screenEnd = "\x1b[J"
)

// screen is a terminal that weir top has for itself until it is closed.
type screen struct {
	out  io.Writer
	size func() (width, height int) // in characters
	keys <-chan byte                // that were pressed; closed when no more can come

	restore func() error
	reading sync.WaitGroup
}

// openScreen takes over the terminal that out is.
func openScreen(out *os.File) (*screen, error) {
	tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	raw, err := control(tty, term.MakeRaw)
	if err != nil {
		return nil, errors.Join(err, tty.Close())
	}
	size := func() (int, int) {
		width, height, err := term.GetSize(int(out.Fd()))
		if err != nil || width < 1 || height < 1 {
			return 80, 24
		}
		return width, height
	}
	s := newScreen(out, size, tty)
	s.restore = func() error {
		_, err := control(tty, func(fd int) (struct{}, error) { return struct{}{}, term.Restore(fd, raw) })
		return errors.Join(err, tty.Close())
	}
	return s, nil
}

// newScreen draws on out, and reads keys from in until that is closed.
func newScreen(out io.Writer, size func() (int, int), in io.ReadCloser) *screen {
	keys := make(chan byte, 16)
	s := &screen{out: out, size: size, keys: keys, restore: in.Close}
	s.reading.Go(func() { readKeys(in, keys) })
	io.WriteString(out, enter) // what cannot be written here fails in draw
	return s
}

// readKeys ends with in. Keys that nobody waits for are dropped.
func readKeys(in io.Reader, keys chan<- byte) {
	defer close(keys)
	b := make([]byte, 1)
	for {
		if _, err := in.Read(b); err != nil {
			return
		}
		select {
		case keys <- b[0]:
		default:
		}
	}
}

// draw replaces what is on the screen, in one write, so that nothing flickers.
func (s *screen) draw(lines []string) error {
	_, err := io.WriteString(s.out, home+strings.Join(lines, lineEnd)+"\x1b[K"+screenEnd)
	return err
}

// close gives the terminal back as it was.
func (s *screen) close() error {
	_, err := io.WriteString(s.out, leave)
	err = errors.Join(err, s.restore())
	s.reading.Wait()
	return err
}

// control calls do with the descriptor of a file, which stays one whose reads end
// when it is closed: that of Fd would not.
func control[T any](file *os.File, do func(fd int) (T, error)) (result T, err error) {
	c, err := file.SyscallConn()
	if err != nil {
		return result, err
	}
	outer := c.Control(func(fd uintptr) { result, err = do(int(fd)) })
	return result, errors.Join(outer, err)
}

// isTerminal reports whether somebody reads what is printed as it comes.
func isTerminal(out io.Writer) bool {
	file, ok := out.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}
