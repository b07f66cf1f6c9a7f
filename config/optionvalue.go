package config

import "time"

// setText, setBool, setDuration and setParsed read the value of one option.
func setText(at *string) func(string) error {
	return func(s string) error { *at = s; return nil }
}

func setBool(at *bool) func(string) error {
	return setParsed(at, func(s string) (bool, error) {
		word, err := canonical(Bool, s)
		return word == "true", err
	})
}

func setDuration(at *time.Duration) func(string) error {
	return setParsed(at, parseDuration)
}

func setParsed[T any](at *T, parse func(string) (T, error)) func(string) error {
	return func(s string) error {
		v, err := parse(s)
		if err == nil {
			*at = v
		}
		return err
	}
}
