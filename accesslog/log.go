// Package accesslog writes a line for every exchange and every TCP connection.
//
// A format is compiled once into a list of parts. A line is written by whoever
// served the request, into a buffer that is used again, and handed to one
// goroutine that does the I/O. Nobody waits for that: where lines come faster
// than they can be written they are dropped and counted.
package accesslog

import (
	"context"
	"io"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"weir/proxy/exchange"
)

// Config is what a Log needs.
type Config struct {
	// Format is "common", "combined", "json", or a template in fabio's grammar.
	Format string
	// Filter is a list of conditions, all of which must hold; empty takes all.
	Filter string
	// Sample is the part of the lines that is written, 0 to 1. Lines about
	// failures are always written.
	Sample float64
	// Output takes whole lines. Run closes it.
	Output io.WriteCloser
	// Log is told when lines are dropped.
	Log *slog.Logger
}

// Log is the Observer that writes lines. It is safe for concurrent use.
type Log struct {
	format format
	filter []condition
	sample float64
	output io.WriteCloser
	log    *slog.Logger
	queue  *queue
	lines  sync.Pool // of *line
}

var _ exchange.Observer = (*Log)(nil)

// New makes a Log, or says what is wrong with the format or the filter.
func New(c Config) (*Log, error) {
	f, err := compile(c.Format)
	if err != nil {
		return nil, err
	}
	filter, err := parseFilter(c.Filter)
	if err != nil {
		return nil, err
	}
	return &Log{format: f, filter: filter, sample: c.Sample, output: c.Output, log: c.Log, queue: newQueue()}, nil
}

// Check says what is wrong with a format.
func Check(format string) error {
	_, err := compile(format)
	return err
}

// CheckFilter says what is wrong with a filter.
func CheckFilter(filter string) error {
	_, err := parseFilter(filter)
	return err
}

// Dropped is how many lines were not written, because they came faster than
// they could be, or because writing failed.
func (l *Log) Dropped() uint64 { return l.queue.lost() }

// Run writes what there is to write until ctx ends, then the rest, and closes
// the output.
func (l *Log) Run(ctx context.Context) error {
	w := writer{queue: l.queue, output: l.output, log: l.log}
	w.run(ctx)
	return l.output.Close()
}

// Accepted implements exchange.Observer: there is no line for it.
func (l *Log) Accepted(string) {}

// Closed implements exchange.Observer: there is no line for it.
func (l *Log) Closed(string) {}

// Refused implements exchange.Observer: there is no line for what was not served.
func (l *Log) Refused(string, string) {}

// Exchange implements exchange.Observer.
func (l *Log) Exchange(x *exchange.Exchange) { l.write(x, nil) }

// Session implements exchange.Observer.
func (l *Log) Session(s *exchange.Session) { l.write(nil, s) }

// write writes the line of an exchange or a session, if it is wanted.
func (l *Log) write(x *exchange.Exchange, s *exchange.Session) {
	w, ok := l.lines.Get().(*line)
	if !ok {
		w = &line{}
	}
	w.begin(x, s)
	if l.wants(&w.entry) {
		w.text = append(l.format.append(w.text[:0], w), '\n')
		l.queue.add(w.text)
	}
	w.entry = entry{}
	l.lines.Put(w)
}

// wants reports whether a line is to be written.
func (l *Log) wants(e *entry) bool {
	for _, c := range l.filter {
		if !c.holds(e) {
			return false
		}
	}
	return l.sample >= 1 || e.failed() || rand.Float64() < l.sample
}

// line is one line while it is written, with what the next one may use again.
type line struct {
	entry
	text  []byte
	clock clock
}

func (w *line) begin(x *exchange.Exchange, s *exchange.Session) {
	w.entry = entry{x: x, s: s}
	start := w.start()
	w.took = time.Since(start)
	w.clock.set(start.Add(w.took))
}
