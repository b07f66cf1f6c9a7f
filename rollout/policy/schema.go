package policy

import (
	"encoding/json"
	"reflect"
	"strconv"
)

// Schema is the JSON Schema (draft 2020-12) of a policy. It says what each key
// takes; what holds between keys only Parse checks.
func Schema() ([]byte, error) {
	all := leaves()
	s := schemaOf(reflect.TypeFor[Policy](), all, "")
	s["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	s["title"] = "weir rollout policy"
	text, err := json.MarshalIndent(s, "", "  ")
	return append(text, '\n'), err
}

type object = map[string]any

func schemaOf(t reflect.Type, all map[reflect.Type]leaf, tag reflect.StructTag) object {
	if l, ok := all[t]; ok {
		return l.schema()
	}
	switch t.Kind() {
	case reflect.Pointer:
		return schemaOf(t.Elem(), all, tag)
	case reflect.Slice:
		return object{"type": "array", "minItems": 1, "maxItems": maxList, "items": schemaOf(t.Elem(), all, "")}
	case reflect.Struct:
		return schemaOfStruct(t, all)
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.String:
		return object{"type": "string", "minLength": 1}
	}
	s := object{"type": "number"}
	if t.Kind() == reflect.Int {
		s["type"] = "integer"
	}
	for key, name := range map[string]string{"min": "minimum", "max": "maximum"} {
		if v, err := strconv.ParseFloat(tag.Get(key), 64); err == nil {
			s[name] = v
		}
	}
	return s
}

func schemaOfStruct(t reflect.Type, all map[reflect.Type]leaf) object {
	fields := object{}
	for f := range t.Fields() {
		s := schemaOf(f.Type, all, f.Tag)
		s["description"] = f.Tag.Get("help")
		fields[keyOf(f)] = s
	}
	s := object{"type": "object", "additionalProperties": false, "properties": fields}
	if t == reflect.TypeFor[Step]() {
		s["minProperties"], s["maxProperties"] = 1, 1
	}
	return s
}

func (l leaf) schema() object {
	if l.words != nil {
		return object{"type": "string", "enum": l.words}
	}
	return object{"type": "string", "pattern": l.pattern, "examples": []string{l.example}}
}
