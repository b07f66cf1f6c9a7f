package config

import "github.com/magiconair/properties"

// fromProperties reads fabio's format. ${name} is replaced by the property of
// that name or else by the environment variable, as in fabio.
func fromProperties(file string, data []byte, environ []string) ([]setting, error) {
	loader := properties.Loader{Encoding: properties.UTF8, DisableExpansion: true}
	props, err := loader.LoadBytes(data)
	if err != nil {
		return nil, err
	}
	lines := keyLines(string(data))
	x := newExpander(props.Map(), environ)
	var settings []setting
	for _, key := range props.Keys() {
		s := setting{key: key, from: at(file, 0)}
		s.value, s.warn, s.bad = x.value(key)
		// The last line counts. The others are settings too, so that the
		// reader is warned about them.
		for _, line := range lines[key] {
			s.from = at(file, line)
			settings = append(settings, s)
		}
		if len(lines[key]) == 0 {
			settings = append(settings, s)
		}
	}
	return settings, nil
}
