package route_test

import (
	"strconv"
	"strings"
	"testing"

	"weir/route"
)

// readInstances reads "SERVICE ID ADDRESS:PORT [down] [dc=X] [given=VARIANT] [meta:K=V] [TAG]",
// with further tags on indented lines. A tag in quotes is a Go string.
func readInstances(t *testing.T, text string) (all []route.Instance) {
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		tag, more := strings.CutPrefix(line, "  ")
		if !more {
			var in route.Instance
			in, tag = readInstance(t, line)
			all = append(all, in)
		}
		if unquoted, err := strconv.Unquote(tag); err == nil {
			tag = unquoted
		}
		if tag != "" {
			last := &all[len(all)-1]
			last.Tags = append(last.Tags, tag)
		}
	}
	return all
}

func readInstance(t *testing.T, line string) (in route.Instance, tag string) {
	words := strings.SplitN(line, " ", 4)
	if len(words) < 3 {
		t.Fatalf("instance %q", line)
	}
	colon := strings.LastIndex(words[2], ":")
	port, err := strconv.Atoi(words[2][colon+1:])
	if err != nil {
		t.Fatal(err)
	}
	in = route.Instance{Service: words[0], ID: words[1], Address: words[2][:colon], Port: port, Up: true, Meta: map[string]string{}}
	if len(words) == 4 {
		tag = words[3]
	}
	for {
		word, rest, _ := strings.Cut(tag, " ")
		key, value, _ := strings.Cut(word, "=")
		switch {
		case word == "down":
			in.Up = false
		case key == "dc":
			in.Datacenter = value
		case key == "given":
			in.Variant = value
		case strings.HasPrefix(key, "meta:"):
			in.Meta[key[5:]] = value
		default:
			return in, tag
		}
		tag = rest
	}
}

// readIntents reads "SCOPE VARIANT=SHARE… [by=WHO] [reason=WORD]".
func readIntents(t *testing.T, text string) (all []route.Intent) {
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		kind, name, _ := strings.Cut(strings.ReplaceAll(words[0], "%20", " "), "/")
		in := route.Intent{Scope: route.Scope{Kind: kind, Name: name}, Shares: map[string]route.Weight{}}
		for _, word := range words[1:] {
			k, v, _ := strings.Cut(word, "=")
			switch k {
			case "by":
				in.By = v
			case "reason":
				in.Reason = v
			default:
				w, err := route.ParseWeight(v)
				if err != nil {
					t.Fatal(err)
				}
				in.Shares[k] = w
			}
		}
		all = append(all, in)
	}
	return all
}

func readOptions(t *testing.T, text string) (o route.Options) {
	for _, word := range strings.Fields(text) {
		k, v, _ := strings.Cut(word, "=")
		switch k {
		case "matcher":
			o.Matcher = route.Matcher(v)
		case "strategy":
			o.Strategy = route.Strategy(v)
		case "tagprefix":
			o.TagPrefix = v
		case "credentials":
			o.Credentials = strings.Split(v, ",")
		case "exacthosts":
			o.ExactHosts = true
		default:
			t.Fatalf("option %q", word)
		}
	}
	return o
}
