package admin

import (
	"cmp"
	"slices"
	"time"

	"weir/proxy/exchange"
	"weir/route"
)

// OpenShare is what clients have open with a variant.
type OpenShare struct {
	Variant string  `json:"variant" example:"canary" doc:"That the instances have now"`
	Open    int     `json:"open" example:"12" doc:"TCP connections, WebSockets, streams and requests in flight, of this proxy"`
	Share   float64 `json:"share" example:"0.1" doc:"Of all that is open, 0 to 1"`
	New     float64 `json:"new" example:"0.05" doc:"Of what comes now, 0 to 1"`
}

// RolloutDrain is a version that gets no new clients and still has some.
type RolloutDrain struct {
	Version string    `json:"version" example:"v1.0.4"`
	Left    int       `json:"left" example:"12" doc:"How much is still open with it, of this proxy"`
	Until   time.Time `json:"until" doc:"When the last of that is ended"`
}

// open tells what clients have open with the variants of s, the candidate first.
func (s scope) open(r exchange.Report) (list []OpenShare) {
	counts, shares := map[string]int{}, s.newShares()
	all := 0
	for part, n := range r.Open {
		if s.has(part.Service) {
			counts[part.Variant] += n
			all += n
		}
	}
	for name := range shares {
		counts[name] += 0
	}
	for name, n := range counts {
		o := OpenShare{Variant: name, Open: n, New: shares[name]}
		if all > 0 {
			o.Share = float64(n) / float64(all)
		}
		list = append(list, o)
	}
	slices.SortFunc(list, func(a, b OpenShare) int { return cmp.Compare(a.Variant, b.Variant) })
	return list
}

// has reports whether a service is one of the scope.
func (s scope) has(service string) bool {
	if s.Kind == "service" {
		return service == s.Name
	}
	return slices.ContainsFunc(s.routes, func(r *route.Route) bool { return slices.Contains(r.Services(), service) })
}

// newShares are what variants get of what comes now, on the first route that does
// not lead to one alone.
func (s scope) newShares() map[string]float64 {
	shares := map[string]float64{}
	for _, r := range s.routes {
		if r.Apart() {
			continue
		}
		for _, v := range r.Variants() {
			shares[v.Name] = v.Share
		}
		break
	}
	return shares
}

// draining are the versions of s that drain.
func (s scope) draining(r exchange.Report) (list []RolloutDrain) {
	for _, d := range r.Draining {
		if d.Scope == s.Scope {
			list = append(list, RolloutDrain{d.Version, d.Left, d.Until})
		}
	}
	return list
}
