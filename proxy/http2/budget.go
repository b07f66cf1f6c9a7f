package http2

import "errors"

// Frames that move nothing are free for the peer and not for us. Each kind has
// an account; useful work and time pay in, and an overdrawn account ends the
// connection with ENHANCE_YOUR_CALM.
const (
	maxControl  = 2000 // PING, PRIORITY, WINDOW_UPDATE, empty DATA, unknown frames
	maxSettings = 50   // SETTINGS: each is a walk over the open streams
	maxResets   = 200  // streams that end early, by the client's wish or its fault

	controlPerTick  = 200
	settingsPerTick = 1
	resetsPerTick   = 50

	controlPerData   = 3 // a window update for the stream, one for the connection, a ping
	controlPerStream = 4
	resetsPerStream  = 1

	// maxContinuation bounds the frames of one header block, empty ones included.
	maxContinuation = 32
	// bombFactor times the limit of a header list is no mistake any more.
	bombFactor = 8
)

var (
	errControlFlood  = errors.New("too many frames without effect")
	errSettingsFlood = errors.New("too many SETTINGS frames")
	errResetFlood    = errors.New("too many streams reset")
	errContinuation  = errors.New("too many frames in one header block")
	errHeaderBomb    = errors.New("header list far beyond the limit")
)

// floodError ends a connection with ENHANCE_YOUR_CALM.
type floodError struct{ error }

// budget holds what is left in the accounts.
type budget struct{ control, settings, resets int }

func newBudget() budget { return budget{maxControl, maxSettings, maxResets} }

func (b *budget) tick() {
	b.control = min(b.control+controlPerTick, maxControl)
	b.settings = min(b.settings+settingsPerTick, maxSettings)
	b.resets = min(b.resets+resetsPerTick, maxResets)
}

// data pays for a DATA frame with content, either way.
func (b *budget) data() { b.control = min(b.control+controlPerData, maxControl) }

// opened and finished pay for a stream's beginning and its orderly end.
func (b *budget) opened()   { b.control = min(b.control+controlPerStream, maxControl) }
func (b *budget) finished() { b.resets = min(b.resets+resetsPerStream, maxResets) }

func (b *budget) spendControl() error  { return spend(&b.control, errControlFlood) }
func (b *budget) spendSettings() error { return spend(&b.settings, errSettingsFlood) }
func (b *budget) spendReset() error    { return spend(&b.resets, errResetFlood) }

func spend(account *int, flood error) error {
	if *account--; *account < 0 {
		return floodError{flood}
	}
	return nil
}
