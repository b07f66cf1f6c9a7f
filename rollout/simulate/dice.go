package simulate

import (
	"math"
	"math/rand/v2"
	"time"

	"gonum.org/v1/gonum/stat/distuv"

	"weir/rollout/event"
	"weir/rollout/verdict"
)

// driftMemory is how long the bad rate remembers where it was.
const driftMemory = 5 * time.Minute

// world throws all dice of a run.
type world struct {
	traffic   Traffic
	candidate Candidate
	met       event.Event // what bad requests meet
	dice      *rand.Rand
	wander    float64 // log of the bad rate, relative to its average
	clients   *clients
}

func newWorld(c *Case, seed, run uint64) (w *world, err error) {
	w = &world{traffic: c.Traffic, candidate: c.Candidate, met: c.Policy.Analysis.BadEvents[0], dice: rand.New(rand.NewPCG(seed, run))}
	w.wander = c.Traffic.Drift * w.dice.NormFloat64()
	if c.Traffic.Clients > 0 {
		w.clients, err = newClients(c, run, w.dice)
	}
	return w, err
}

// rates are the probabilities that a request is bad.
type rates struct{ candidate, stable float64 }

// rates moves the bad rate on by one round. since is how long the candidate has
// had traffic.
func (w *world) rates(outage bool, since time.Duration) rates {
	if w.traffic.Drift > 0 {
		keep := math.Exp(-float64(Round) / float64(driftMemory))
		w.wander = float64(w.wander*keep) + float64(w.traffic.Drift*math.Sqrt(1-float64(keep*keep))*w.dice.NormFloat64())
	}
	// The mean of e^x is e^(s²/2) for normal x: the average rate stays.
	stable := w.traffic.BadRate * math.Exp(w.wander-float64(w.traffic.Drift*w.traffic.Drift)/2)
	if outage {
		stable *= OutageFactor
	}
	candidate := stable
	if since >= w.candidate.From {
		candidate *= w.candidate.Risk
	}
	return rates{min(candidate, 1), min(stable, 1)}
}

// play draws what one proxy gets in one round and counts it. It returns what
// the two versions met.
func (w *world) play(p *proxy, r rates) (m minute) {
	expected := w.traffic.Rate / float64(w.traffic.Proxies) * Round.Seconds()
	if w.clients != nil {
		return w.clients.play(w, p, r, expected)
	}
	share := float64(p.now.weight) / 10000
	m.candidate = w.draw(p, true, expected*share, r.candidate)
	m.stable = w.draw(p, false, expected*(1-share), r.stable)
	return m
}

// draw draws the requests of one version. Good and bad ones of a Poisson stream
// are Poisson streams of their own.
func (w *world) draw(p *proxy, candidate bool, expected, rate float64) tally {
	good, bad := w.poisson(expected*(1-rate)), w.poisson(expected*rate)
	d := verdict.Drawn{Generation: p.now.generation, Weight: p.now.weight, Candidate: candidate}
	p.counter.CountMany(d, good)
	d.Met = d.Met.With(w.met)
	for range bad {
		d.Client = w.dice.Uint32()
		p.counter.Count(d)
	}
	return tally{good + bad, bad}
}

func (w *world) poisson(mean float64) uint64 {
	if mean <= 0 {
		return 0
	}
	return uint64(distuv.Poisson{Lambda: mean, Src: w.dice}.Rand())
}
