package cli

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"weir/admin"
	"weir/cmd/weir/output"
	"weir/route"
)

const emergencyLong = `Take all traffic from the candidate while the store (Consul) is away, so that no abort gets through.

Every proxy that the one at --admin knows of is asked, and gives the candidate weight 0 by itself,
at once. A proxy that can write the store refuses: abort is the way there. When the store is back,
the fleet has one abort by you and with this reason; retry begins the rollout again.

The exit code is 0 when every proxy has done it, else 1.`

func (c *cli) rolloutEmergency() *cobra.Command {
	in := &admin.CommandInput{}
	command := &cobra.Command{
		Use: "emergency SERVICE|ROUTE --reason WHY", Short: "Take all traffic from the candidate, proxy by proxy, while the store is away",
		Long: emergencyLong, Example: "  weir rollout emergency web --reason 'it eats the orders'",
		Args: usage(cobra.ExactArgs(1)), ValidArgsFunction: c.completeRollouts("abort"),
	}
	command.Flags().StringVar(&in.By, "by", c.getenv("USER"), "author")
	command.Flags().StringVar(&in.Reason, "reason", "", "why, in one line: that of the abort when the store is back")
	format := output.Flag(command, "table")
	command.RunE = func(command *cobra.Command, args []string) error {
		if in.Reason == "" {
			return errors.New("want --reason WHY: it is the reason of the abort when the store is back")
		}
		did, err := c.broadcast(command.Context(), scopeOf(args[0]), in)
		if err != nil {
			return err
		}
		return report(command, format, did)
	}
	return command
}

// deed is what became of an emergency on one proxy.
type deed struct {
	Proxy  string `json:"proxy"`
	Admin  string `json:"admin"`
	Result string `json:"result"` // done, refused or unreachable
	Text   string `json:"text"`
}

// askOnce is how many proxies are asked at a time.
const askOnce = 32

// broadcast asks every proxy that the running weir knows of.
func (c *cli) broadcast(ctx context.Context, s route.Scope, in *admin.CommandInput) ([]deed, error) {
	list, err := c.getPeers(ctx)
	if err != nil {
		return nil, err
	}
	did := make([]deed, len(list))
	places := make(chan struct{}, askOnce)
	var asking sync.WaitGroup
	for i, p := range list {
		places <- struct{}{}
		asking.Go(func() {
			defer func() { <-places }()
			did[i] = c.emergencyAt(ctx, p, s, in)
		})
	}
	asking.Wait()
	return did, nil
}

func (c *cli) emergencyAt(ctx context.Context, p admin.Peer, s route.Scope, in *admin.CommandInput) deed {
	at := c.peer(p)
	var after admin.RolloutWritten
	err := at.call(ctx, http.MethodPost, rolloutPath(s)+"/emergency", in, &after)
	switch {
	case errors.Is(err, errUnreachable):
		text, _, _ := strings.Cut(err.Error(), "\n")
		return deed{p.Name, at.base(), "unreachable", text}
	case err != nil:
		text, _, _ := strings.Cut(err.Error(), "\n")
		return deed{p.Name, at.base(), "refused", text}
	case after.Emergency == nil: // the store came back meanwhile
		return deed{p.Name, at.base(), "done", brief(after.RolloutSummary)}
	}
	text := fmt.Sprintf("%s has 0%% instead of %s", after.Emergency.Candidate, after.Emergency.Weight)
	if after.Emergency.Volatile != "" {
		text += "; a restart of this proxy forgets it: " + after.Emergency.Volatile
	}
	return deed{p.Name, at.base(), "done", text}
}

// peer talks to a proxy of the fleet as to the one at --admin, whose list has it.
func (c *cli) peer(p admin.Peer) *cli {
	to := *c.at
	if !p.Self {
		to.base = c.baseAt(p.Admin)
	}
	return &cli{getenv: c.getenv, version: c.version, at: &to}
}

// baseAt is the admin URL of another proxy, which has the same ui.path.
func (c *cli) baseAt(announced string) string {
	u, err := url.Parse(c.base())
	if err != nil {
		return announced // the call says what is wrong with it
	}
	scheme, host, both := strings.Cut(announced, "://")
	if both {
		u.Scheme, u.Host = scheme, host
	} else {
		u.Host = announced
	}
	return u.String()
}

// report prints what became of it. The error says that not all have done it.
func report(command *cobra.Command, format *output.Format, did []deed) error {
	done := 0
	t := output.NewTable(command.OutOrStdout(), "PROXY", "ADMIN", "RESULT", "WHAT")
	for _, d := range did {
		t.Row(d.Proxy, d.Admin, d.Result, d.Text)
		if d.Result == "done" {
			done++
		}
	}
	if err := format.Print(command.OutOrStdout(), map[string][]deed{"proxies": did}, t.Flush); err != nil {
		return err
	}
	if done < len(did) {
		return fmt.Errorf("%d of %d proxies have taken the traffic from the candidate", done, len(did))
	}
	if !format.Data() {
		say(command, "When the store is back this becomes an abort; until then weir status and weir rollout get show it.\n")
	}
	return nil
}
