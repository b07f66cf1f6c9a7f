package http1

import (
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"weir/proxy/exchange"
)

// upload copies the rest of a request's body to the target while the answer is
// waited for.
type upload struct {
	running  bool
	done     sync.WaitGroup
	read     atomic.Bool // the body has come to its end
	whole    bool        // and was sent; known when done
	cause    error       // of the client's side; known when done
	mu       sync.Mutex
	answered bool // the final head has come
}

func (a *attempt) startUpload() {
	a.upload = &upload{running: true}
	a.upload.done.Go(a.copyBody)
}

// copyBody runs on its own goroutine until the body or the connection ends.
func (a *attempt) copyBody() {
	u := a.upload
	buf := make([]byte, requestBytes)
	out := make([]byte, 0, requestBytes+64)
	for {
		n, err := a.x.Body.Read(buf)
		out = a.appendBody(out[:0], buf[:n])
		if err == io.EOF {
			u.read.Store(true)
			out = a.appendEnd(out)
		}
		if len(out) > 0 && a.write(out) != nil {
			return // the target does not want more; its answer may say why
		}
		switch {
		case err == io.EOF:
			u.whole = true
			a.limitHead()
			return
		case errors.Is(err, errStopped):
			return
		case err != nil:
			u.cause = err
			a.conn.Interrupt() // the target waits in vain, and so does the answer
			return
		}
	}
}

func (a *attempt) write(p []byte) error {
	a.conn.LimitWrite(a.bodyLimit())
	_, err := a.conn.Write(p)
	a.conn.LimitWrite(0)
	return err
}

// limitHead starts the time for the answer's head, unless that is here.
func (a *attempt) limitHead() {
	a.upload.mu.Lock()
	defer a.upload.mu.Unlock()
	if !a.upload.answered {
		a.conn.Limit(a.headLimit())
	}
}

// headIsHere ends the time for the answer's head.
func (a *attempt) headIsHere() {
	if a.upload == nil {
		a.conn.Limit(0)
		return
	}
	a.upload.mu.Lock()
	defer a.upload.mu.Unlock()
	a.upload.answered = true
	a.conn.Limit(0)
}

// sent reports, after the answer, whether the whole request was sent.
func (a *attempt) sent() bool {
	u := a.upload
	if u == nil || !u.running {
		return true
	}
	if !u.read.Load() {
		return false
	}
	// The last bytes are on their way, unless the target has stopped reading.
	a.conn.SetWriteDeadline(time.Now().Add(time.Second))
	u.done.Wait()
	u.running = false
	a.conn.SetWriteDeadline(time.Time{})
	return u.whole
}

// stopUpload ends an upload that nobody wants any more.
func (a *attempt) stopUpload() {
	if !a.upload.running {
		return
	}
	if body, ok := a.x.Body.(exchange.Stopper); ok {
		body.Stop()
	}
	a.conn.SetWriteDeadline(time.Unix(1, 0))
	a.upload.done.Wait()
	a.upload.running = false
}
