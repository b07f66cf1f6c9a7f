package simulate

import (
	"math/rand/v2"

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
	mark    uint32
	place   float64 // it belongs to the candidate where its place is below the weight
	broken  bool    // fails on both versions
	misfits bool    // fails on the candidate
}

func newClients(t Traffic, n Candidate, dice *rand.Rand) *clients {
	c := &clients{rank: rand.NewZipf(dice, zipfExponent, 1, uint64(t.Clients-1)), all: make([]client, t.Clients)}
	for i := range c.all {
		c.all[i] = client{dice.Uint32(), dice.Float64(), dice.Float64() < t.Broken, dice.Float64() < n.Misfits}
	}
	return c
}

// play draws the requests of one proxy, each of some client.
func (c *clients) play(w *world, p *proxy, r rates, expected float64) (m minute) {
	for range w.poisson(expected) {
		who := &c.all[c.rank.Uint64()]
		d := verdict.Drawn{Generation: p.now.generation, Weight: p.now.weight, Client: who.mark,
			Candidate: who.place < float64(p.now.weight)/10000}
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
