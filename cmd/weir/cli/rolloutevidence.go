package cli

import (
	"context"
	"net/http"

	"github.com/spf13/cobra"
)

// Recordings gets from a running weir what its rollouts were judged by.
type Recordings struct{ c *cli }

// NewRecordings makes them. getenv reads the environment.
func NewRecordings(getenv func(string) string) Recordings { return Recordings{&cli{getenv: getenv}} }

// Flags adds --admin to a command whose argument is a service or route, and the
// completion of that.
func (r Recordings) Flags(command *cobra.Command) {
	r.c.withAdmin(command)
	command.ValidArgsFunction = r.c.completeRollouts("")
}

// Get returns the recording of the last rollout of a service or route: that of
// the leader, which has every round, or else what the weir at --admin knows.
func (r Recordings) Get(ctx context.Context, name string) ([]byte, error) {
	path := rolloutPath(scopeOf(name)) + "/evidence"
	list, err := r.c.getPeers(ctx)
	if err != nil {
		return nil, err
	}
	for _, p := range list {
		if p.Leads && !p.Self {
			if text, err := r.c.peer(p).send(ctx, http.MethodGet, path, nil); err == nil {
				return text, nil
			}
		}
	}
	return r.c.send(ctx, http.MethodGet, path, nil)
}
