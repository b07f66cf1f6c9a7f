package route_test

import (
	"fmt"
	"testing"

	"weir/route"
)

func BenchmarkLookup(b *testing.B) {
	for _, n := range []int{10, 1000, 100_000} {
		table := wide(n, route.Options{})
		for name, host := range map[string]string{"exact": "host-7.example.com", "wildcard": "a.b.wild.test", "none": "other.test"} {
			b.Run(fmt.Sprintf("%s/hosts=%d", name, n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					table.HTTP(host, "/api/x", false)
				}
			})
		}
	}
}

func BenchmarkPick(b *testing.B) {
	r := wide(1, route.Options{}).SNI("a.wild.test")
	b.ReportAllocs()
	for d := (route.Draw{}); b.Loop(); d.Variant += 1 << 59 {
		r.Pick(d)
	}
}

func BenchmarkNormalPath(b *testing.B) {
	for name, path := range map[string]string{"normal": "/a/path/of/usual/length.html", "encoded": "/a/%7Epath/../x y"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				route.NormalPath(path)
			}
		})
	}
}

func BenchmarkBuild(b *testing.B) {
	for name, source := range map[string]string{"hosts": "urlprefix-host-%d.example.com/ strip=/x", "paths": "urlprefix-web.example.com/p%d", "targets": "urlprefix-web.example.com/ weight=0.0%d"} {
		b.Run(name+"=100000", func(b *testing.B) {
			in := route.Input{Instances: make([]route.Instance, 100_000)}
			for i := range in.Instances {
				in.Instances[i] = route.Instance{Service: "web", ID: fmt.Sprint(i), Address: fmt.Sprint("10.0.0.", i%256), Port: 1 + i%65535, Up: true,
					Tags: []string{fmt.Sprintf(source, i), "v1"}}
			}
			b.ReportAllocs()
			for b.Loop() {
				route.Build(in)
			}
		})
	}
}
