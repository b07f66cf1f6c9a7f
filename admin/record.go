package admin

import (
	"context"
	"encoding/json"
	"time"

	"weir/admin/journal"
)

// Journal keeps who changed what. It is a journal.Journal.
type Journal interface {
	Add(ctx context.Context, e journal.Entry)
	// List returns what is kept, newest first.
	List(ctx context.Context) ([]journal.Entry, error)
}

// change is one change that was made, for the journal. Before and after are what
// the API shows of it; nil is nothing.
type change struct {
	action, scope, by, reason string
	before, after             any
}

// record keeps a change that the request of ctx has made. The client may have
// left by then.
func (a *Admin) record(ctx context.Context, c change) {
	if a.Journal == nil {
		return
	}
	who := askerOf(ctx)
	e := journal.Entry{At: time.Now().UTC(), By: c.by, Via: string(who.Via), Request: who.request, Action: c.action,
		Scope: c.scope, Reason: c.reason, Before: textOf(c.before), After: textOf(c.after)}
	if who.r != nil {
		e.Client = a.clientOf(who.r)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTime)
	defer cancel()
	a.Journal.Add(ctx, e)
}

// recordTime bounds how long the store may take for an entry.
const recordTime = 5 * time.Second

func textOf(v any) json.RawMessage {
	if v == nil {
		return nil
	}
	text, err := json.Marshal(v)
	if err != nil {
		return nil // what the API shows can be written
	}
	return text
}
