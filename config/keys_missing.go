package config

import "slices"

// missingKeys are keys of fabio whose feature weir does not have yet.
func missingKeys() []Key {
	return slices.Concat(missingMetricsKeys(), missingAdminKeys())
}

func missingMetricsKeys() []Key {
	return []Key{
		{Name: "metrics.circonus.apikey", Kind: Text, Help: "Circonus API key"},
		{Name: "metrics.circonus.apiapp", Default: "fabio", Kind: Text, Help: "Circonus API app"},
		{Name: "metrics.circonus.apiurl", Kind: Text, Help: "Circonus API URL"},
		{Name: "metrics.circonus.brokerid", Kind: Text, Help: "Circonus broker"},
		{Name: "metrics.circonus.checkid", Kind: Text, Help: "Circonus check"},
		{Name: "metrics.circonus.submissionurl", Kind: Text, Help: "Circonus submission URL"},
	}
}

func missingAdminKeys() []Key {
	return []Key{
		{Name: "bgp.enabled", Default: "false", Kind: Bool, Help: "announce addresses by BGP"},
		{Name: "bgp.asn", Default: "65000", Kind: Int, Help: "own AS number"},
		{Name: "bgp.anycastaddresses", Kind: List, Help: "networks to announce"},
		{Name: "bgp.routerid", Kind: Text, Help: "own router ID"},
		{Name: "bgp.listenport", Default: "179", Kind: Int, off: "-1", Help: "BGP port"},
		{Name: "bgp.listenaddresses", Default: "0.0.0.0", Kind: List, Help: "BGP addresses"},
		{Name: "bgp.nexthop", Kind: Text, Help: "next hop of what is announced"},
		{Name: "bgp.peers", Kind: Text, Help: "BGP peers"},
		{Name: "bgp.enablegrpc", Default: "false", Kind: Bool, Help: "gRPC control of gobgp"},
		{Name: "bgp.grpclistenaddress", Default: "127.0.0.1:50051", Kind: Text, Help: "its address"},
		{Name: "bgp.gobgpdcfgfile", Kind: Text, Help: "gobgp's own configuration"},
	}
}
