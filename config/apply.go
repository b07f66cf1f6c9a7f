package config

import "strings"

// apply reads the value of each key.
func (l *loader) apply() {
	for _, k := range l.table.keys {
		s := l.setting(k.Name)
		switch k.Status {
		case Built:
			l.applyBuilt(k, s)
		case Accepted:
			l.applyAccepted(k, s)
		case Missing:
			l.applyMissing(k, s)
		case Dead:
			if s.from != "" {
				l.warn(s, k.Hint)
			}
		}
	}
}

// value returns the canonical spelling of a value; ok is false if it is bad,
// which is then reported.
func (l *loader) value(k Key, s setting) (value string, ok bool) {
	value, err := canonical(k.Kind, s.value)
	if len(k.Choices) > 0 && k.Kind == Text {
		value = strings.TrimSpace(value)
	}
	if err == nil {
		err = k.choose(value)
	}
	if err != nil {
		l.fail(s, err.Error())
	}
	return value, err == nil
}

func (l *loader) applyBuilt(k Key, s setting) {
	value, ok := l.value(k, s)
	if !ok {
		return
	}
	f := k.set(l.config, value)
	for _, text := range f.errs {
		l.fail(s, text)
	}
	for _, text := range f.warns {
		l.warn(s, text)
	}
}

func (l *loader) applyAccepted(k Key, s setting) {
	value, ok := l.value(k, s)
	if ok && s.from != "" && value != canon(k.Kind, k.fabioDefault()) {
		l.warn(s, k.Hint)
	}
}

// applyMissing lets a file with fabio's defaults, or with a feature switched
// off, pass. What would ask for the feature is an error.
func (l *loader) applyMissing(k Key, s setting) {
	if s.from == "" {
		return
	}
	value, ok := l.value(k, s)
	if !ok || value == "" || value == "false" || value == canon(k.Kind, k.Default) || k.off != "" && value == k.off {
		return
	}
	if value != canon(k.Kind, k.fabioDefault()) {
		l.fail(s, "is a fabio key that weir does not have yet")
	} else if k.Hint != "" {
		l.warn(s, k.Hint)
	}
}
