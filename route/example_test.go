package route_test

import (
	"fmt"

	"weir/route"
)

func ExampleBuild() {
	table, problems := route.Build(route.Input{
		Instances: []route.Instance{
			{Service: "web", ID: "web-1", Address: "10.0.0.1", Port: 80, Up: true, Tags: []string{"urlprefix-web.example.com/"}},
			{Service: "web", ID: "web-9", Address: "10.0.0.9", Port: 80, Up: true, Tags: []string{"urlprefix-web.example.com/ variant=canary weight=10%"}},
			{Service: "api", ID: "api-1", Address: "10.0.0.2", Port: 80, Up: true, Tags: []string{"urlprefix-/api weight=140%"}},
		},
	})
	fmt.Print(table)
	for _, p := range problems {
		fmt.Printf("service %s instance %s tag %q: %s\n", p.Service, p.Instance, p.Text, p.Reason)
	}
	// Output:
	// web.example.com/  web/canary  10%  10.0.0.9:80  variant=canary
	// web.example.com/  web/stable  90%  10.0.0.1:80
	// service api instance api-1 tag "urlprefix-/api weight=140%": weight "140%" is not between 0% and 100% (write 25% or 0.25)
}

func ExampleParseTag() {
	tag, err := route.ParseTag("urlprefix-", "dc1", "urlprefix-WWW.$DC.example.com/Shop strip=/Shop  weight=25%")
	fmt.Println(tag.Source, err)
	fmt.Println(tag.Options)
	// Output:
	// www.dc1.example.com/Shop <nil>
	// strip=/Shop weight=25%
}
