package demo

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"signpost/store/rawjson"
)

// object is a JSON object whose members keep their order.
type object []member

type member struct {
	name  string
	value any
}

// members gives the members of a JSON object in the order in which they are written.
func members(v any) (object, bool) {
	switch v := v.(type) {
	case object:
		return v, true
	case map[string]any:
		o := make(object, 0, len(v))
		for _, name := range slices.Sorted(maps.Keys(v)) {
			o = append(o, member{name, v[name]})
		}
		return o, true
	}
	return nil, false
}

// appendJSON writes a value without blanks. The members of a map come in the order of their names, so that the same
// value has the same bytes.
func appendJSON(b []byte, v any) []byte {
	if o, ok := members(v); ok {
		b = append(b, '{')
		for i, m := range o {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(rawjson.AppendQuoted(b, m.name), ':')
			b = appendJSON(b, m.value)
		}
		return append(b, '}')
	}
	if list, ok := v.([]any); ok {
		b = append(b, '[')
		for i, element := range list {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendJSON(b, element)
		}
		return append(b, ']')
	}
	return appendScalar(b, v)
}

func appendScalar(b []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...)
	case bool:
		return strconv.AppendBool(b, v)
	case string:
		return rawjson.AppendQuoted(b, v)
	case json.Number:
		return append(b, v...)
	case int64:
		return strconv.AppendInt(b, v, 10)
	case json.RawMessage:
		return append(b, v...)
	}
	panic(fmt.Sprintf("demo: no JSON for a %T", v))
}
