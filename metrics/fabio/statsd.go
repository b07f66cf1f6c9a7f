package fabio

import (
	"errors"
	"fmt"

	"github.com/cactus/go-statsd-client/v5/statsd"
)

// StatsD sends to a StatsD or, with Tagged, a DogStatsD by UDP. Times are sent
// in milliseconds by bucket, with a sample rate that says how many there were:
// so a busy proxy sends no more than an idle one.
type StatsD struct {
	Addr   string // host:port
	Tagged bool   // labels are tags, not parts of names
}

// String names the receiver.
func (s StatsD) String() string { return "StatsD at " + s.Addr }

func (s StatsD) send(n *Names, values []value) (err error) {
	client, err := statsd.NewClientWithConfig(&statsd.ClientConfig{Address: s.Addr, UseBuffered: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, client.Close()) }()
	out := client.NewSubStatter("")
	out.SetSamplerFunc(func(float32) bool { return true }) // the rate says what was summed up; nothing is left out
	for i := range values {
		if err := s.one(out, n, &values[i]); err != nil {
			return err
		}
	}
	return nil
}

func (s StatsD) one(client statsd.StatSender, n *Names, v *value) (err error) {
	name, tags, timing, unit := n.prefix+plain(n.flat(v)), []statsd.Tag(nil), "ms", 1000.0
	if s.Tagged {
		name, tags, timing = n.prefix+v.name, v.tags(), "h"
	}
	if len(tags) > 0 {
		unit = 1 // what has tags fabio sends in seconds
	}
	switch {
	case v.kind == gauge:
		return client.Raw(name, fmt.Sprintf("%f|g", v.n), 1, tags...)
	case v.kind == counter && v.n > 0:
		return client.Raw(name, fmt.Sprintf("%f|c", v.n), 1, tags...)
	}
	for _, t := range v.times {
		err = errors.Join(err, client.Raw(name, fmt.Sprintf("%f|%s", unit*t.seconds, timing), float32(1/t.count), tags...))
	}
	return err
}

// tags are the labels; fabio renames what Datadog has a meaning of its own for.
func (v *value) tags() (list []statsd.Tag) {
	for _, l := range v.labels {
		name := l.GetName()
		if name == "host" || name == "service" {
			name = "fabio-" + name
		}
		list = append(list, statsd.Tag{name, tagged(l.GetValue())})
	}
	return list
}
