package controller

import (
	"fmt"
	"reflect"

	"weir/rollout"
	"weir/store"
)

// known is what is known of one scope.
type known struct {
	state   rollout.State // the last good one; Schema 0: none
	index   uint64        // of the document in the store; 0: there is none
	problem string        // why that document does not count; empty: it is the state
}

func (k known) exists() bool { return k.state.Schema != 0 }

// follow takes a document that was read. One that cannot be right changes
// nothing but the problem.
func (k known) follow(e store.Entry) known {
	next, err := decodeState(e)
	if err == nil {
		err = k.succeededBy(next)
	}
	if err != nil {
		return known{k.state, e.Index, fmt.Sprintf("%s does not count: %v; %s", e.Key, err, k.consequence())}
	}
	return known{next, e.Index, ""}
}

// lose follows the end of the document, which nobody meant as long as weir sets
// the weights: a policy has to go first.
func (k known) lose() known {
	return known{k.state, 0, fmt.Sprintf("%s was deleted: %s", stateKey(k.state.Scope), k.consequence())}
}

func (k known) consequence() string {
	if !k.exists() {
		return "nothing is known of the scope, and nothing rolls out there"
	}
	return fmt.Sprintf("what was known before stays in force, generation %d; any command, or restore, writes it back", k.state.Generation)
}

// succeededBy says why next cannot come after the state. Whoever writes a state
// numbers it, and gives a new generation to what routes otherwise.
func (k known) succeededBy(next rollout.State) error {
	now := &k.state
	switch {
	case !k.exists():
		return nil
	case next.Serial < now.Serial || next.Generation < now.Generation:
		return fmt.Errorf("it is older, serial %d and generation %d after %d and %d", next.Serial, next.Generation, now.Serial, now.Generation)
	case next.Serial == now.Serial && !sameButLive(next, *now):
		return fmt.Errorf("it differs from the state with the same serial %d, so it was written by hand", next.Serial)
	case next.Generation == now.Generation && !reflect.DeepEqual(next.Routing(), now.Routing()):
		return fmt.Errorf("it routes otherwise and still has generation %d, so it was written by hand", next.Generation)
	}
	return nil
}

// sameButLive compares what an audit entry is written for.
func sameButLive(a, b rollout.State) bool {
	a.Live, b.Live = rollout.Live{}, rollout.Live{}
	left, err := encodeState(a)
	right, err2 := encodeState(b)
	return err == nil && err2 == nil && string(left) == string(right)
}
