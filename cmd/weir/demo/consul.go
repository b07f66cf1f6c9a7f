package demo

import (
	"errors"
	"fmt"

	"github.com/hashicorp/consul/api"

	"weir/route"
)

// prefix is of the demo's own IDs and keys: its weights must not become those
// of a real service that has the same name.
const prefix = "weir-demo"

// register makes the instances known to a Consul agent with a passing check,
// and returns what takes them back, and the weights that were set.
func register(addr string, instances []route.Instance) (leave func() error, err error) {
	conf := api.DefaultConfig()
	conf.Address = addr
	client, err := api.NewClient(conf)
	if err != nil {
		return nil, err
	}
	leave = func() error {
		_, err := client.KV().DeleteTree(prefix+"/", nil)
		for _, i := range instances {
			err = errors.Join(err, client.Agent().ServiceDeregister(prefix+"-"+i.ID))
		}
		return err
	}
	// A demo that was killed leaves its weights behind.
	if _, err := client.KV().DeleteTree(prefix+"/", nil); err != nil {
		return nil, fmt.Errorf("consul agent %s: %w", addr, err)
	}
	for _, i := range instances {
		err := client.Agent().ServiceRegister(&api.AgentServiceRegistration{
			ID: prefix + "-" + i.ID, Name: i.Service, Address: i.Address, Port: i.Port, Tags: i.Tags,
			Check: &api.AgentServiceCheck{TCP: fmt.Sprintf("%s:%d", i.Address, i.Port), Interval: "1s", Status: api.HealthPassing},
		})
		if err != nil {
			return nil, errors.Join(fmt.Errorf("consul agent %s: %w", addr, err), leave())
		}
	}
	return leave, nil
}
