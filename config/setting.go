package config

// Setting is a key and what counts for it.
type Setting struct {
	Key     string
	Value   string // [redacted] for a secret
	Default string
	From    string // "flag", "env NAME", or a place in a file; empty: the default
}

// settings lists the keys that have an effect, in the order of Keys.
func (l *loader) settings() (list []Setting) {
	for _, k := range l.table.keys {
		if k.Status != Built {
			continue
		}
		s := l.setting(k.Name)
		if k.secret {
			s.value = Secret(s.value).String()
		}
		list = append(list, Setting{Key: k.Name, Value: s.value, Default: k.Default, From: s.from})
	}
	return list
}
