package simulate

import (
	"fmt"
	"math"
	"math/rand/v2"
	"net/netip"

	"weir/rollout/cohort"
	"weir/rollout/verdict"
)

// zipfExponent is how fast the number of a client's requests falls with its
// rank: the busiest tenth makes about four fifths of them.
const zipfExponent = 1.1

// clients are those that stay with their version. A few make most requests.
type clients struct {
	rank *rand.Zipf
	all  []client
}

type client struct {
	cohort.Draw
	broken  bool // fails on both versions
	misfits bool // fails on the candidate
}

// newClients makes clients that draw as the policy says.
func newClients(c *Case, run uint64, dice *rand.Rand) (*clients, error) {
	splitter, err := cohort.New(c.Policy.Cohort, nil, fmt.Sprint("run ", run), []byte("nobody signs anything here"))
	if err != nil {
		return nil, err
	}
	n := c.Traffic.Clients
	all := &clients{rank: rand.NewZipf(dice, zipfExponent, 1, uint64(n-1)), all: make([]client, n)}
	for i := range all.all {
		// An address is a good key whatever clients are known by.
		key := netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})
		draw, err := splitter.Key(key.String())
		if err != nil {
			return nil, err
		}
		all.all[i] = client{draw, dice.Float64() < c.Traffic.Broken, dice.Float64() < c.Candidate.Misfits}
	}
	return all, nil
}

// play draws the requests of one proxy, each of some client.
func (c *clients) play(w *world, p *proxy, r rates, expected float64) (m minute) {
	share := float64(p.now.weight) / 10000
	for range w.poisson(expected) {
		who := &c.all[c.rank.Uint64()]
		d := verdict.Drawn{Generation: p.now.generation, Weight: p.now.weight, Client: who.Client,
			Candidate: float64(who.Variant)/math.MaxUint64 < share}
		rate, arm := r.stable, &m.stable
		if d.Candidate {
			rate, arm = r.candidate, &m.candidate
		}
		arm.units++
		if w.dice.Float64() < rate || who.broken || who.misfits && d.Candidate {
			d.Met = d.Met.With(w.met)
			arm.bad++
		}
		p.counter.Count(d)
	}
	return m
}
