package http2

import (
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	"weir/internal/testenv"
	"weir/proxy/exchange"
)

// TestTimesOfARoute lets time pass at a target that says nothing, or begins to.
func TestTimesOfARoute(t *testing.T) {
	for _, opts := range []string{"timeout=5s", "idle=5s"} {
		for _, begins := range []bool{false, true} {
			asked, stop := make(chan struct{}), make(chan struct{})
			to := startTarget(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if begins {
					io.WriteString(w, "half")
					w.(http.Flusher).Flush()
				}
				close(asked)
				<-stop
			}), false)
			t.Cleanup(func() { close(stop) })
			transport := startTransport(t, to)
			c := chainThrough(t, to.url+` opts "`+opts+`"`, false, map[string]exchange.Transport{"h2c": transport})
			head, end := make(chan string, 1), make(chan error, 1)
			go c.read(head, end)
			testenv.Next(t, patience, "request", asked)
			if begins {
				testenv.Next(t, patience, "head", head)
			}
			testenv.Eventually(t, patience, func() error {
				now := time.Now().Add(10 * time.Second)
				transport.Tick(now)
				c.each(func(c *Conn) { c.Tick(now) })
				select {
				case err := <-end:
					if begins && err == nil || !begins && (<-head)[:3] != "504" {
						t.Errorf("%s, begun %v: ended with %v", opts, begins, err)
					}
					return nil
				default:
					return errors.New("it has not ended")
				}
			})
		}
	}
}

// read tells the status of an answer, and how it ended.
func (c *chain) read(head chan<- string, end chan<- error) {
	answer, err := c.client.Get("http://" + c.addr + "/")
	if err != nil {
		head <- err.Error()
		end <- err
		return
	}
	defer answer.Body.Close()
	head <- answer.Status
	_, err = io.Copy(io.Discard, answer.Body)
	end <- err
}

// TestAnotherTargetAnswers in place of one that is busy.
func TestAnotherTargetAnswers(t *testing.T) {
	busy := startTarget(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(503); io.WriteString(w, "busy") }), false)
	good := startTarget(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "good") }), false)
	transport := startTransport(t, good)
	c := chainThrough(t, busy.url+` opts "lb=rr retry=1"`+"\nroute add svc / "+good.url, false, map[string]exchange.Transport{"h2c": transport})
	for range 10 {
		answer, err := c.client.Get("http://" + c.addr + "/")
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil || answer.StatusCode != 200 || string(text) != "good" {
			t.Fatalf("got %s and %q, %v", answer.Status, text, err)
		}
	}
}
