package exchange

import "weir/route"

// edit does to the request what t wants done, until unedit.
func (x *Exchange) edit(t *route.Target) {
	e := t.RequestEdits()
	if e == nil {
		return
	}
	x.unedited = x.Fields
	x.Fields = edited(make([]Field, 0, len(x.Fields)+len(e.Set)), x.Fields, e)
}

// unedit makes the fields of the request what they were: another target may want
// something else.
func (x *Exchange) unedit() {
	if x.unedited != nil {
		x.Fields, x.unedited = x.unedited, nil
	}
}

// edited appends fields to kept, which may be in their place, after e.
func edited(kept, fields []Field, e *route.Edits) []Field {
	for _, f := range fields {
		if !e.Drops(f.Is) {
			kept = append(kept, f)
		}
	}
	for _, f := range e.Set {
		kept = append(kept, Field{f.Name, f.Value})
	}
	return kept
}
