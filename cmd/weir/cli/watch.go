package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

const (
	silence   = 45 * time.Second // after which a stream is dead: weir says something every 15
	comeAgain = time.Second      // between two tries to connect
)

// lost is the name of the event that a connection was lost. Its data says why, and
// it does not come from weir.
const lost = "lost"

// watch calls each with the events of the running weir, of those in only, until
// each fails or ctx ends. A connection that was made and is lost is made again, and
// what came in the meantime is told then.
func (c *cli) watch(ctx context.Context, only string, each func(message) error) error {
	last, connected := "", false
	for {
		err := c.stream(ctx, only, last, func(e message) error {
			connected = true
			if e.id != "" {
				last = e.id
			}
			return each(e)
		})
		if ctx.Err() != nil {
			return nil
		}
		if !connected || !errors.Is(err, errUnreachable) {
			return err
		}
		if err := each(message{name: lost, data: []byte(err.Error())}); err != nil {
			return err
		}
		if wait(ctx, comeAgain) != nil {
			return nil
		}
	}
}

// stream calls each with the events of one connection.
func (c *cli) stream(ctx context.Context, only, last string, each func(message) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	watchdog := time.AfterFunc(silence, cancel)
	defer watchdog.Stop()
	header := http.Header{}
	if last != "" {
		header.Set("Last-Event-ID", last)
	}
	resp, err := c.open(ctx, http.MethodGet, "/api/v1/events"+query("only", only), nil, header)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	events := newEventReader(resp.Body, func() { watchdog.Reset(silence) })
	for {
		e, err := events.next()
		if errors.Is(err, io.EOF) {
			err = errors.New("it has ended the stream of events")
		}
		if err != nil {
			return c.unreachable(err)
		}
		if err := each(e); err != nil {
			return err
		}
	}
}

// read reads the data of an event.
func (e message) read(into any) error {
	if err := json.Unmarshal(e.data, into); err != nil {
		return fmt.Errorf("cannot read the event %q: %w", e.name, err)
	}
	return nil
}

// wait waits for a time, or until ctx ends.
func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
