package config_test

import (
	"os"
	"strings"
	"testing"

	"github.com/magiconair/properties"

	"weir/config"
)

func TestFabioPropertiesWithEveryDefaultLoad(t *testing.T) {
	c, warnings, err := load(t, []string{"-cfg", "testdata/fabio.properties"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if c.UI.Addr != ":9998" {
		t.Errorf("ui.addr is %s, want what the file says", c.UI.Addr)
	}
	golden(t, "testdata/fabio.warnings", []byte(strings.Join(problems(warnings), "\n")+"\n"))
}

func TestFabioPropertiesFixtureHasEveryKeyOfFabio(t *testing.T) {
	data, err := os.ReadFile("testdata/fabio.properties")
	if err != nil {
		t.Fatal(err)
	}
	props, err := properties.LoadString(string(data))
	if err != nil {
		t.Fatal(err)
	}
	written := map[string]bool{}
	for _, k := range props.Keys() {
		written[strings.ToLower(k)] = true
	}
	for _, k := range config.Keys() {
		if !k.Ours && !written[strings.ToLower(k.Name)] {
			t.Errorf("fabio.properties lacks %s", k.Name)
		}
	}
}

// commandLine is how fabio is started with everything that is built, first
// with a file of routes and then with Consul.
func commandLine(registry ...string) []string {
	return append(append([]string{"-insecure"}, registry...),
		"-proxy.cs=cs=c;type=file;cert=/tmp/c.pem;key=/tmp/k.pem",
		"-proxy.addr=127.0.0.1:1,127.0.0.1:2;cs=c,127.0.0.1:3;proto=tcp,127.0.0.1:4;proto=tcp+sni,127.0.0.1:5;proto=https+tcp+sni;cs=c",
		"-ui.addr=127.0.0.1:6", "-proxy.strategy=rr", "-proxy.matcher=iprefix", "-proxy.localip=192.0.2.9",
		"-proxy.auth=name=ba;type=basic;file=/tmp/htpasswd;realm=R")
}

func TestFabioCommandLinesLoad(t *testing.T) {
	bases := [][]string{
		commandLine("-registry.backend=file", "-registry.file.path=/tmp/routes", "-registry.file.noroutehtmlpath=/tmp/noroute"),
		commandLine("-registry.consul.addr=127.0.0.1:8500", "-registry.consul.register.enabled=false"),
	}
	extras := [][]string{
		nil, {"-glob.matching.disabled=true"}, {"-proxy.header.clientip=X-Client"}, {"-proxy.header.requestid=X-Rid"},
		{"-proxy.header.sts.maxage=100", "-proxy.header.sts.subdomains=true", "-proxy.header.sts.preload=true"},
		{"-ui.access=ro"}, {"-ui.path=/fabio"}, {"-registry.consul.tagprefix=p-"}, {"-glob.matching.disabled", "true"},
	}
	for _, base := range bases {
		for _, extra := range extras {
			c, _, err := load(t, append(base, extra...), nil)
			if err != nil {
				t.Errorf("%q: %v", extra, err)
				continue
			}
			var got []string
			for _, l := range c.Listen {
				got = append(got, l.Proto)
			}
			if want := "http https tcp tcp+sni https+tcp+sni"; strings.Join(got, " ") != want {
				t.Errorf("listeners are %q, want %s", got, want)
			}
		}
	}
}
