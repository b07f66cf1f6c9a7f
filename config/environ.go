package config

import (
	"slices"
	"strings"
)

// setting is one value as it was given.
type setting struct {
	key   string // as it was written; of the environment: the key that the name belongs to
	value string
	from  string // Problem.From
	warn  string // what to say about the value
	bad   string // why there is no value
}

// fromEnviron returns the settings of KEY=value pairs, from the strongest
// name of each key. Upper and lower case are the same, as in fabio. Unknown
// names are problems only with one of the two prefixes: others are not ours.
func fromEnviron(environ []string, table *keyTable) ([]setting, []Problem) {
	given := map[string]string{}
	var problems []Problem
	known := table.envNames()
	for _, e := range environ {
		name, value, _ := strings.Cut(e, "=")
		upper := strings.ToUpper(name)
		given[upper] = value
		weirs, fabios := strings.HasPrefix(upper, "WEIR_"), strings.HasPrefix(upper, "FABIO_")
		if _, ok := known[upper]; ok || !weirs && !fabios {
			continue
		}
		problems = append(problems, Problem{name, "env", "unknown key" + meantEnv(upper, known)})
	}
	var settings []setting
	for _, k := range table.keys {
		for _, name := range k.Env() {
			if value, ok := given[name]; ok {
				settings = append(settings, setting{key: k.Name, value: value, from: "env " + name})
				break
			}
		}
	}
	return settings, problems
}

// meantEnv is meant among the names with the same prefix. A key that fabio does
// not have is meant by its name under FABIO_, too.
func meantEnv(name string, known map[string]string) string {
	prefix, rest, _ := strings.Cut(name, "_")
	if _, ok := known["WEIR_"+rest]; ok {
		return ", did you mean WEIR_" + rest + "?"
	}
	var names []string
	for n := range known {
		if strings.HasPrefix(n, prefix+"_") {
			names = append(names, n)
		}
	}
	slices.Sort(names)
	return meant(name, names)
}

// envNames returns the key names by the names of their variables.
func (t *keyTable) envNames() map[string]string {
	names := map[string]string{}
	for _, k := range t.keys {
		for _, n := range k.Env() {
			names[n] = k.Name
		}
	}
	return names
}
