package consul

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/hashicorp/consul/api"
)

// id is NAME-HOST-PORT, as in fabio.
func (r *Registrar) id(name string) string { return fmt.Sprintf("%s-%s-%d", name, r.host, r.conf.Port) }

func (r *Registrar) register(ctx context.Context, name string) error {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	opts := api.ServiceRegisterOpts{ReplaceExistingChecks: true}.WithContext(ctx)
	err := r.client.Agent().ServiceRegisterOpts(&api.AgentServiceRegistration{
		ID: r.id(name), Name: name, Address: r.conf.Address, Port: r.conf.Port, Tags: r.conf.Tags,
		Checks: api.AgentServiceChecks{
			{Name: "weir answers /health", HTTP: r.conf.Health, Interval: r.conf.Interval.String(), Timeout: r.conf.Timeout.String(), TLSSkipVerify: r.conf.InsecureSkipVerify},
			{Name: "weir lives", CheckID: r.ttl(name), TTL: alive.String(), DeregisterCriticalServiceAfter: forgotten.String()},
		},
	}, opts)
	if err != nil {
		return fmt.Errorf("service %s: %w", name, err)
	}
	r.conf.Log.Info("registered in Consul", "service", name, "id", r.id(name), "check", r.conf.Health)
	return r.pass(ctx, name)
}

func (r *Registrar) ttl(name string) string { return r.id(name) + "-ttl" }

// pass says that the proxy lives. It fails when Consul has lost the registration.
func (r *Registrar) pass(ctx context.Context, name string) error {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	return r.client.Agent().UpdateTTLOpts(r.ttl(name), "", api.HealthPassing, (&api.QueryOptions{}).WithContext(ctx))
}

// deregister succeeds, too, when Consul has lost the registration.
func (r *Registrar) deregister(ctx context.Context, name string) error {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	err := r.client.Agent().ServiceDeregisterOpts(r.id(name), (&api.QueryOptions{}).WithContext(ctx))
	if status := (api.StatusError{}); errors.As(err, &status) && status.Code == http.StatusNotFound {
		err = nil
	}
	if err == nil {
		r.conf.Log.Info("deregistered from Consul", "service", name)
	}
	return err
}
