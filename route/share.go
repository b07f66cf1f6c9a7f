package route

// split divides the whole over the targets by fabio's arithmetic: fixed weights
// as they are, the rest in equal parts to those without one. Fixed weights are
// scaled to the whole when they exceed it, or when nobody else could take the
// rest. Weight 0 is none. It returns the sum of the fixed weights where it
// scaled them up, else 0. share is called once for each target.
func split(targets []*Target, share func(i int, share float64)) (scaled float64) {
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
	for i, t := range targets {
		if t.weight.set {
			share(i, t.weight.value*scale)
		} else {
			share(i, each)
		}
	}
	if scale > 1+1e-9 {
		return sum
	}
	return 0
}
