// Package check makes sure that a peer does the job before it is measured: that
// it forwards, sets X-Forwarded-*, keeps strangers out, routes by name and
// counts. A proxy that does less would look cheaper than it is.
package check

import (
	"context"
	"errors"
	"fmt"

	"weir/bench/peers"
)

// Peer checks a running peer and returns everything that is wrong.
func Peer(ctx context.Context, p peers.Peer, r *peers.Running) error {
	errs := []error{
		plain(ctx, r),
		encrypted(ctx, r),
		refusesStrangers(ctx, r),
		routesByName(ctx, r),
		counts(ctx, r),
	}
	if p.SNI {
		errs = append(errs, passesTLS(ctx, r))
	}
	if p.GRPC {
		errs = append(errs, calls(ctx, r))
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("%s does not do the job: %w", p.Name, err)
	}
	return nil
}
