package policy

import (
	"errors"
	"math"
	"reflect"
	"strconv"
	"strings"

	"weir/rollout/event"
	"weir/route"
)

// leaf is how the values of one type are written.
type leaf struct {
	parse   func(text string) (any, error) // an error says what was expected
	words   []string                       // all possible texts, where they are few
	pattern string                         // else what they look like, for the JSON schema
	example string
}

// leaves are the types whose values are texts.
func leaves() map[reflect.Type]leaf {
	all := map[reflect.Type]leaf{
		reflect.TypeFor[Duration](): {text[Duration], nil, `^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$`, "5m"},
		reflect.TypeFor[Percent]():  {text[Percent], nil, `^[0-9]+(\.[0-9]+)? *%$`, "0.5%"},
		reflect.TypeFor[Rate]():     {text[Rate], nil, `^[0-9]+/s$`, "50/s"},
		reflect.TypeFor[By]():       {text[By], nil, `^(cookie|client_ip|conn|header:.+)$`, "header:X-User"},

		reflect.TypeFor[route.Weight](): {parseWeight, nil, `^[0-9]+(\.[0-9]{1,2})? *%$`, "10%"},
		reflect.TypeFor[event.Event]():  {parseEvent, eventNames(), "", "http_5xx"},
	}
	addWords(all, Canary, BlueGreen, Observe, None)
	addWords(all, Abort, Freeze, StepBack)
	addWords(all, Cohorts, NewSessions)
	addWords(all, SaltRollout, SaltRoute)
	addWords(all, AutoUnit, Requests, Clients)
	addWords(all, SLOPause, SLOAbort)
	addWords(all, AckAll, AckQuorum)
	addWords(all, LostAbort, LostPause)
	addWords(all, FailOpen, FailClosed)
	addWords(all, Supersede, Queue)
	addWords(all, NomadOff, NomadObserve, NomadAsk, NomadAuto)
	addWords(all, UntilPass, UntilTime)
	addWords(all, HoldOn, PromoteOn, AbortOn)
	addWords(all, Yes, No, Wait)
	return all
}

// addWords adds a type of which these are all values.
func addWords[T ~string](all map[reflect.Type]leaf, values ...T) {
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = string(v)
	}
	parse := func(text string) (any, error) {
		for _, v := range values {
			if string(v) == text {
				return v, nil
			}
		}
		return nil, errors.New(oneOf("want one of", words, text))
	}
	all[reflect.TypeFor[T]()] = leaf{parse: parse, words: words}
}

// text reads a value that reads itself.
func text[T any, P interface {
	*T
	UnmarshalText([]byte) error
}](written string) (any, error) {
	var v T
	err := P(&v).UnmarshalText([]byte(written))
	return v, err
}

// parseWeight reads a percentage. A bare number is refused: 1 could mean 1 % or
// the whole.
func parseWeight(text string) (any, error) {
	number, ok := strings.CutSuffix(text, "%")
	v, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	points := math.Round(v * 100)
	if !ok || err != nil || !(v >= 0 && v <= 100) || math.Abs(points-v*100) > 1e-6 {
		return nil, errors.New("want a percentage from 0% to 100% in steps of 0.01%, such as 5%")
	}
	return route.Weight(points), nil
}

func parseEvent(text string) (any, error) {
	e, err := event.Parse(text)
	if err != nil || e.Facts().Kind == event.Shown {
		return nil, errors.New(oneOf("want one of", eventNames(), text))
	}
	return e, nil
}

// eventNames are the events that can be judged.
func eventNames() (names []string) {
	for _, f := range event.Catalogue() {
		if f.Kind != event.Shown {
			names = append(names, f.Name)
		}
	}
	return names
}

// Header is the name of the header field that clients are known by, if it is one.
func (b By) Header() (name string, ok bool) { return strings.CutPrefix(string(b), "header:") }

// UnmarshalText reads cookie, client_ip, conn or header:NAME.
func (b *By) UnmarshalText(text []byte) error {
	*b = By(text)
	switch name, ok := b.Header(); {
	case *b == ByCookie || *b == ByClientIP || *b == ByConn || ok && isToken(name):
		return nil
	case ok:
		return errors.New("want header:NAME with the name of a header field")
	}
	return errors.New(oneOf("want one of", []string{"cookie", "client_ip", "conn", "header:NAME"}, string(text)))
}

// isToken reports whether a text can name a header field or a cookie (RFC 9110
// section 5.6.2).
func isToken(text string) bool {
	odd := func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("!#$%&'*+-.^_`|~", r))
	}
	return text != "" && len(text) <= 128 && !strings.ContainsFunc(text, odd)
}
