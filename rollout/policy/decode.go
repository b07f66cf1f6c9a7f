package policy

import (
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// decoder fills in a value by the text of a policy and notes all that is wrong.
type decoder struct {
	leaves   map[reflect.Type]leaf
	isJSON   bool
	problems Problems
}

// wrong notes a problem with n.
func (d *decoder) wrong(n *yaml.Node, path, want string) {
	p := Problem{Line: n.Line, Path: path, Want: want}
	if d.isJSON {
		p.Line = 0 // it was put on one line
	}
	if n.Kind == yaml.ScalarNode {
		p.Value = n.Value
	}
	d.problems = append(d.problems, p)
}

// value reads n into v, which has the default.
func (d *decoder) value(n *yaml.Node, v reflect.Value, path string, limits reflect.StructTag) {
	if l, ok := d.leaves[v.Type()]; ok {
		d.leaf(n, v, path, l)
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		fresh := reflect.New(v.Type().Elem())
		if w, ok := fresh.Interface().(interface{ setDefaults() }); ok {
			w.setDefaults()
		}
		d.value(n, fresh.Elem(), path, limits)
		v.Set(fresh)
	case reflect.Struct:
		d.mapping(n, v, path)
	case reflect.Slice:
		d.list(n, v, path)
	default:
		d.scalar(n, v, path, limits)
	}
}

// mapping reads the keys of n into the fields of v.
func (d *decoder) mapping(n *yaml.Node, v reflect.Value, path string) {
	if n.Kind != yaml.MappingNode {
		d.wrong(n, path, oneOf("want a mapping, which may be {}, with the keys", keys(v.Type()), ""))
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		at := join(path, key.Value)
		switch field, ok := fieldOf(v.Type(), key.Value); {
		case !ok:
			d.wrong(key, path, oneOf("is not a key here; there are", keys(v.Type()), key.Value))
		case seen[key.Value]:
			d.wrong(key, path, "is given twice")
		default:
			d.value(value, v.FieldByIndex(field.Index), at, field.Tag)
		}
		seen[key.Value] = true
	}
}

// maxList bounds every list of a policy.
const maxList = 100

func (d *decoder) list(n *yaml.Node, v reflect.Value, path string) {
	if n.Kind != yaml.SequenceNode || len(n.Content) == 0 || len(n.Content) > maxList {
		d.wrong(n, path, fmt.Sprintf("want a list of 1 to %d entries", maxList))
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content)))
	for i, entry := range n.Content {
		d.value(entry, v.Index(i), path+"["+strconv.Itoa(i)+"]", "")
	}
}

func (d *decoder) leaf(n *yaml.Node, v reflect.Value, path string, l leaf) {
	value, err := l.parse(n.Value)
	switch {
	case n.Kind != yaml.ScalarNode:
		d.wrong(n, path, "want a text, not a list or mapping")
	case err != nil:
		d.wrong(n, path, err.Error())
	default:
		v.Set(reflect.ValueOf(value))
	}
}

// maxText bounds a text of a policy, in bytes.
const maxText = 4096

func (d *decoder) scalar(n *yaml.Node, v reflect.Value, path string, limits reflect.StructTag) {
	switch plain := n.Kind == yaml.ScalarNode && n.Tag != "!!null"; {
	case !plain && v.Kind() == reflect.Bool, plain && v.Kind() == reflect.Bool && n.Tag != "!!bool":
		d.wrong(n, path, "want true or false")
	case v.Kind() == reflect.Bool:
		v.SetBool(strings.EqualFold(n.Value, "true"))
	case v.Kind() != reflect.String:
		d.number(n, v, path, limits)
	case !plain || n.Value == "" || len(n.Value) > maxText:
		d.wrong(n, path, fmt.Sprintf("want a text of 1 to %d bytes", maxText))
	default:
		v.SetString(n.Value)
	}
}

// number reads an int or float64 within its limits.
func (d *decoder) number(n *yaml.Node, v reflect.Value, path string, limits reflect.StructTag) {
	low, high := limit(limits, "min", -math.MaxFloat64), limit(limits, "max", math.MaxFloat64)
	value, err := strconv.ParseFloat(n.Value, 64)
	whole := v.Kind() == reflect.Int
	if n.Kind == yaml.ScalarNode && n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) == 0 &&
		err == nil && value >= low && value <= high && (!whole || value == math.Trunc(value)) {
		if whole {
			v.SetInt(int64(value))
		} else {
			v.SetFloat(value)
		}
		return
	}
	want := "want a number"
	if whole {
		want = "want a whole number"
	}
	if min, max := limits.Get("min"), limits.Get("max"); max != "" {
		want += " from " + min + " to " + max
	}
	d.wrong(n, path, want)
}

func limit(tag reflect.StructTag, name string, otherwise float64) float64 {
	if f, err := strconv.ParseFloat(tag.Get(name), 64); err == nil {
		return f
	}
	return otherwise
}

// fieldOf finds the field that a key names.
func fieldOf(t reflect.Type, key string) (reflect.StructField, bool) {
	for f := range t.Fields() {
		if keyOf(f) == key {
			return f, true
		}
	}
	return reflect.StructField{}, false
}

// keys are the keys of a mapping, in the order of the documentation.
func keys(t reflect.Type) (names []string) {
	for f := range t.Fields() {
		names = append(names, keyOf(f))
	}
	return names
}

func keyOf(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
