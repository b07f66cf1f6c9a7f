package app

import "weir/tracing"

// addTracing has exchanges followed, if that is asked for.
func (a *App) addTracing(p *parts) error {
	c := a.Config.Tracing
	if c.Endpoint == "" {
		return nil
	}
	tracer, err := tracing.New(tracing.Config{Endpoint: c.Endpoint, Sample: c.Sample, Service: c.Service, Version: a.Version, Log: a.Log})
	if err != nil {
		return err
	}
	p.tracer = tracer
	p.closers = append(p.closers, tracer.Close)
	p.loops = append(p.loops, tracer.Run)
	return nil
}
