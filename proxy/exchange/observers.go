package exchange

// Observers tells all of them, in their order.
type Observers []Observer

// Accepted implements Observer.
func (all Observers) Accepted(listener string) {
	for _, o := range all {
		o.Accepted(listener)
	}
}

// Closed implements Observer.
func (all Observers) Closed(listener string) {
	for _, o := range all {
		o.Closed(listener)
	}
}

// Refused implements Observer.
func (all Observers) Refused(listener, reason string) {
	for _, o := range all {
		o.Refused(listener, reason)
	}
}

// Exchange implements Observer.
func (all Observers) Exchange(x *Exchange) {
	for _, o := range all {
		o.Exchange(x)
	}
}

// Session implements Observer.
func (all Observers) Session(s *Session) {
	for _, o := range all {
		o.Session(s)
	}
}
