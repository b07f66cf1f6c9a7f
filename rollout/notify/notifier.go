package notify

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"weir/rollout"
)

// Config says who is told.
type Config struct {
	Webhooks []string // URLs that get a Message
	Slack    []string // URLs of incoming webhooks of Slack, or of what understands the same
	Events   []Event  // what they are told of; empty: all
	Secret   string   // signs what webhooks get; empty: not signed
	Log      *slog.Logger
}

// Notifier tells others of transitions. Use New.
type Notifier struct {
	events []Event
	log    *slog.Logger
	boxes  []*outbox
}

// queued is how many messages wait for one address; more are dropped.
const queued = 256

// outbox is one address and what waits for it.
type outbox struct {
	url, secret string
	slack       bool
	waiting     chan Message
	client      *http.Client
	log         *slog.Logger
	pauses      []time.Duration // before each further try
}

// New makes a notifier. Nothing is sent before Run.
func New(c Config) *Notifier {
	n := &Notifier{events: c.Events, log: c.Log}
	for i, to := range slices.Concat(c.Webhooks, c.Slack) {
		box := &outbox{
			url: to, slack: i >= len(c.Webhooks), waiting: make(chan Message, queued), client: newClient(), log: c.Log,
			pauses: []time.Duration{time.Second, 5 * time.Second, 25 * time.Second},
		}
		if !box.slack {
			box.secret = c.Secret
		}
		n.boxes = append(n.boxes, box)
	}
	return n
}

// Written implements controller.Listener. It never waits: where too much waits
// for an address already, the message is dropped and logged.
func (n *Notifier) Written(s rollout.State, e rollout.Entry) {
	m := messageOf(&s, &e)
	if !slices.ContainsFunc(m.Events, n.isWanted) {
		return
	}
	for _, box := range n.boxes {
		select {
		case box.waiting <- m:
		default:
			n.log.Warn("a message about a rollout is dropped: too many wait", "to", hostOf(box.url), "message", m.ID)
		}
	}
}

func (n *Notifier) isWanted(e Event) bool { return len(n.events) == 0 || slices.Contains(n.events, e) }

// Run sends messages, each address in its own time, until ctx ends. What waits
// then is dropped. It returns the cause of the end.
func (n *Notifier) Run(ctx context.Context) error {
	var running sync.WaitGroup
	for _, box := range n.boxes {
		running.Go(func() { box.run(ctx) })
	}
	<-ctx.Done()
	running.Wait()
	return context.Cause(ctx)
}

func (b *outbox) run(ctx context.Context) {
	defer b.client.CloseIdleConnections()
	for {
		select {
		case <-ctx.Done():
			return
		case m := <-b.waiting:
			b.deliver(ctx, m)
		}
	}
}

// deliver tries a few times. An answer of 400 to 499 will not change, unless it
// says that there were too many.
func (b *outbox) deliver(ctx context.Context, m Message) {
	body, err := b.body(m)
	if err != nil {
		b.log.Error("a message about a rollout cannot be written", "message", m.ID, "error", err)
		return
	}
	for try := 0; ; try++ {
		status, answer, err := post(ctx, b.client, b.url, b.secret, body)
		if ctx.Err() != nil || err == nil && status >= 200 && status <= 299 {
			return
		}
		final := err == nil && status >= 400 && status <= 499 && status != http.StatusTooManyRequests && status != http.StatusRequestTimeout
		if final || try == len(b.pauses) {
			b.log.Warn("a message about a rollout was not delivered", "to", hostOf(b.url), "message", m.ID, "tries", try+1,
				"error", err, "status", status, "answer", answer)
			return
		}
		if !pause(ctx, b.pauses[try]) {
			return
		}
	}
}

func (b *outbox) body(m Message) ([]byte, error) {
	if b.slack {
		return json.Marshal(map[string]string{"text": "weir: " + strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(m.Text)})
	}
	return json.Marshal(m)
}
