package exchange

import (
	"errors"
	"fmt"
	"time"

	"weir/route"
)

// errAgain says that an answer is not passed on, because another target is asked.
var errAgain = errors.New("another target is asked")

// prepareRetry notes whether what t answers may be dropped and another target
// asked: the route wants it, there is one, and the request does no harm twice.
func (h *Handler) prepareRetry(x *Exchange, t *route.Target, failed int) {
	x.retries = 0
	if x.Route.Retries() == 0 || h.Retry == nil || !x.Repeatable() {
		return
	}
	if x.Attempts == 1 {
		h.Retry.earn()
	}
	if x.Route.Others(t) > failed {
		x.retries = x.Route.Retries() - x.retried
	}
}

// again reports whether another target is asked after an answer with a status; 0
// is none in time. It takes that off the budget.
func (x *Exchange) again(status int) bool {
	if x.retries <= 0 || x.begun || !x.Route.RetryOn(status) || !x.handler.Retry.spend(time.Now()) {
		return false
	}
	x.retries, x.retried = 0, x.retried+1
	return true
}

// dropped is the error of an attempt whose answer was not passed on.
func dropped(status int) error { return fmt.Errorf("status %d: %w", status, errAgain) }
