package route

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// weight is a target's own weight as a fraction. Unset is not the same as 0.
type weight struct {
	value float64
	set   bool
}

// maxWeight bounds a weight; more than the whole is scaled down.
const maxWeight = 1e6

// parseWeightValue reads a fraction such as 0.25, or a percentage.
func parseWeightValue(text string) (weight, error) {
	if strings.HasSuffix(text, "%") {
		w, err := ParseWeight(text)
		return weight{float64(w) / float64(Full), true}, err
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(f) || f < 0 || f > maxWeight {
		return weight{}, fmt.Errorf("weight %q is not a fraction such as 0.25 or a percentage from 0%% to 100%%", text)
	}
	return weight{f, true}, nil
}

// split divides the whole over the targets by fabio's arithmetic: fixed weights
// as they are, the rest in equal parts to those without one. Fixed weights are
// scaled to the whole when they exceed it, or when nobody else could take the
// rest. Weight 0 is none. It fills in share, and returns the sum of the fixed
// weights where it scaled them up, else 0.
func split(targets []*Target) (scaled float64) {
	fixed, sum, unset := 0, 0.0, 0
	for _, t := range targets {
		if !t.weight.set {
			unset++
		} else if t.weight.value > 0 {
			fixed++
			sum += t.weight.value
		}
	}
	scale, each := 1.0, 0.0
	if sum > 1 || unset == 0 && sum > 0 {
		scale = 1 / sum
	}
	if unset > 0 {
		each = max(0, 1-sum) / float64(unset)
	}
	for _, t := range targets {
		if t.share = each; t.weight.set {
			t.share = t.weight.value * scale
		}
	}
	if scale > 1+1e-9 {
		return sum
	}
	return 0
}

// sum adds up the shares.
func sum(targets []*Target) (total float64) {
	for _, t := range targets {
		total += t.share
	}
	return total
}

// living are the targets that are up.
func living(targets []*Target) []*Target {
	if !slices.ContainsFunc(targets, isDown) {
		return targets
	}
	return slices.DeleteFunc(slices.Clone(targets), isDown)
}

func isDown(t *Target) bool { return !t.up }

// sharing are the targets that have a share.
func sharing(targets []*Target) []*Target {
	if !slices.ContainsFunc(targets, hasNone) {
		return targets
	}
	return slices.DeleteFunc(slices.Clone(targets), hasNone)
}

func hasNone(t *Target) bool { return t.share <= 0 }
