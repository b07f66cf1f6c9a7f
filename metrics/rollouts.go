package metrics

import (
	"github.com/prometheus/client_golang/prometheus"

	"weir/rollout/controller"
	"weir/route"
)

// Rollouts is what metrics read of controller.Controller.
type Rollouts interface {
	List() []controller.Rollout
	Fleet() []controller.Peer
}

// rollouts reads at each scrape where the rollouts are.
type rollouts struct {
	from                                      Rollouts
	leads, phase, weight, generation, applied *prometheus.Desc
	behind, problem, stale                    *prometheus.Desc
}

func newRollouts(from Rollouts) *rollouts {
	return &rollouts{
		from: from,
		leads: desc("weir_rollouts_leads",
			"1 on the proxy that lets rollouts go on, else 0. Worry when its sum over the fleet is not 1 for a minute."),
		phase: desc("weir_rollout_phase",
			"Always 1; the label tells the phase. Worry about candidate_lost, stable_lost and frozen.", "scope", "phase"),
		weight: desc("weir_rollout_weight",
			"The weight of the candidate, 0 to 1. Worry when the proxies of a fleet stay apart.", "scope"),
		generation: desc("weir_rollout_generation",
			"Grows with each change of a rollout's routing. Worry when the proxies of a fleet stay apart.", "scope"),
		applied: desc("weir_rollout_applied_generation",
			"Generation that the table of this proxy follows. Worry when it stays below weir_rollout_generation.", "scope"),
		behind: desc("weir_rollout_behind",
			"1 for a proxy that has not acknowledged the generation, as the leader has written it last. Worry when it stays: that proxy holds the rollout.", "scope", "proxy"),
		problem: desc("weir_rollout_problem",
			"1 while the document in the store is gone, damaged or older and so does not count, else 0. Worry when it is not 0; weir rollout restore writes it back.", "scope"),
		stale: desc("weir_rollout_stale",
			"1 while the store cannot be read, else 0. Worry above a minute: nothing rolls out.", "scope"),
	}
}

// Describe implements prometheus.Collector.
func (r *rollouts) Describe(descs chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{r.leads, r.phase, r.weight, r.generation, r.applied, r.behind, r.problem, r.stale} {
		descs <- d
	}
}

// Collect implements prometheus.Collector.
func (r *rollouts) Collect(out chan<- prometheus.Metric) {
	gauge := gaugesTo(out)
	leads := false
	for _, p := range r.from.Fleet() {
		leads = leads || p.Self && p.Leads
	}
	gauge(r.leads, oneIf(leads))
	for _, one := range r.from.List() {
		scope := one.Scope.String()
		gauge(r.phase, 1, scope, string(one.Phase))
		gauge(r.weight, float64(one.Weight)/float64(route.Full), scope)
		gauge(r.generation, float64(one.Generation), scope)
		gauge(r.applied, float64(one.Applied), scope)
		gauge(r.problem, oneIf(one.Problem != ""), scope)
		gauge(r.stale, oneIf(one.Stale != ""), scope)
		for name, generation := range one.Live.Acks {
			if generation < one.Generation {
				gauge(r.behind, 1, scope, name)
			}
		}
	}
}

func oneIf(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
