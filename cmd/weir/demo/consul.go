package demo

import (
	"errors"
	"fmt"

	"github.com/hashicorp/consul/api"

	"weir/route"
)

// register makes the instances known to a Consul agent with a passing check,
// and returns what takes them back.
func register(addr string, instances []route.Instance) (deregister func() error, err error) {
	conf := api.DefaultConfig()
	conf.Address = addr
	client, err := api.NewClient(conf)
	if err != nil {
		return nil, err
	}
	deregister = func() error {
		var err error
		for _, i := range instances {
			err = errors.Join(err, client.Agent().ServiceDeregister("weir-demo-"+i.ID))
		}
		return err
	}
	for _, i := range instances {
		err := client.Agent().ServiceRegister(&api.AgentServiceRegistration{
			ID: "weir-demo-" + i.ID, Name: i.Service, Address: i.Address, Port: i.Port, Tags: i.Tags,
			Check: &api.AgentServiceCheck{TCP: fmt.Sprintf("%s:%d", i.Address, i.Port), Interval: "1s", Status: api.HealthPassing},
		})
		if err != nil {
			return nil, errors.Join(fmt.Errorf("consul agent %s: %w", addr, err), deregister())
		}
	}
	return deregister, nil
}
