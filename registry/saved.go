package registry

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"weir/route"
	"weir/store"
)

// Limits of the file of the run before.
const (
	maxSaved  = 256 << 20   // bytes
	saveEvery = time.Second // at most
	format    = 1
)

// saved is what a publisher knew, in the form of the file.
type saved struct {
	Format  int
	Sources map[string]Snapshot // by name
	Intents []route.Intent
	At      time.Time // of the intents; zero: there was no store
}

// savedOf takes what is known at now. What can be read is true now, however
// long ago it changed.
func savedOf(in *inputs, now time.Time) saved {
	s := saved{Format: format, Sources: map[string]Snapshot{}}
	for _, f := range in.sources {
		one := f.value
		one.At, one.Err = f.trueAt(now), nil
		s.Sources[f.name] = one
	}
	if in.wishes != nil {
		s.Intents, s.At = in.wishes.value.intents, in.wishes.trueAt(now)
	}
	return s
}

// recall gives it to the feeds that have nothing of their own yet.
func (s saved) recall(in *inputs) {
	for i := range in.sources {
		one := s.Sources[in.sources[i].name]
		in.sources[i].recall(one, one.At)
	}
	if in.wishes != nil {
		in.wishes.recall(wishes{intents: s.Intents}, s.At)
	}
}

// load reads the file of the run before.
func load(file string) (s saved, err error) {
	f, err := os.Open(file)
	if err != nil {
		return s, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxSaved))
	if err != nil {
		return s, err
	}
	if err := json.Unmarshal(text, &s); err != nil {
		return s, fmt.Errorf("%s: %w", file, err)
	}
	if s.Format != format {
		return s, fmt.Errorf("%s: format %d, want %d", file, s.Format, format)
	}
	return s, nil
}

// keep writes what comes until saves is closed, the last of it always.
func keep(ctx context.Context, file string, saves <-chan saved, log *slog.Logger) {
	failed := false
	for s := range saves {
		err := write(file, s)
		if err != nil && !failed {
			log.Error("what is known cannot be kept for the next start", "error", err)
		}
		failed = err != nil
		select {
		case <-ctx.Done():
		case <-time.After(saveEvery):
		}
	}
}

func write(file string, s saved) error {
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return store.WriteFile(file, text)
}
