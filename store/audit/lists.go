package audit

import (
	"encoding/json"
	"errors"

	"signpost/store"
	"signpost/store/rawjson"
)

// maxDepth bounds how deep the JSON inside a text may be nested.
const maxDepth = 100

// text is a JSON text; any other value is its JSON, and null is nothing.
type text string

// UnmarshalJSON reads any value.
func (t *text) UnmarshalJSON(value []byte) error {
	if inside, isText := rawjson.Unquoted(value); isText {
		*t = text(rawjson.Unescaped(inside))
	} else if string(value) != "null" {
		*t = text(value)
	}
	return nil
}

// list is a JSON list of objects, also one inside a text, or one object where a list belongs.
type list[T any] []T

// errShape says that a value is no list of objects.
var errShape = errors.New("no list of objects")

// UnmarshalJSON reads as many of the objects as it can, and gives errShape where it cannot read all.
func (l *list[T]) UnmarshalJSON(value []byte) error {
	if inside, ok := rawjson.Embedded(value, maxDepth); ok {
		value = inside
	}
	switch value[0] {
	case 'n':
		return nil
	case '{':
		value = append(append([]byte{'['}, value...), ']')
	case '[':
	default:
		if string(value) == `""` {
			return nil
		}
		return errShape
	}
	var failed error
	for item := range rawjson.EachItem(value) {
		if len(item) == 0 || item[0] != '{' {
			failed = errShape
			continue
		}
		var one T
		if json.Unmarshal(item, &one) != nil {
			failed = errShape
		}
		*l = append(*l, one)
	}
	return failed
}

// targetJSON and changeJSON are the members of the lists. Their names are read in any casing.
type targetJSON struct {
	ID, DisplayName, Type, UserPrincipalName, GroupType text
	ModifiedProperties                                  list[changeJSON]
}

type changeJSON struct{ DisplayName, OldValue, NewValue text }

type detailJSON struct{ Key, Value text }

// readTargets reads targetResources; ok says that all of it was read.
func (r *Record) readTargets(value []byte) (ok bool) {
	var read list[targetJSON]
	err := read.UnmarshalJSON(value)
	r.Targets = nil
	for _, t := range read {
		target := Target{ID: string(t.ID), Name: string(t.DisplayName), Type: string(t.Type), Username: string(t.UserPrincipalName), GroupType: string(t.GroupType)}
		for _, c := range t.ModifiedProperties {
			target.Changes = append(target.Changes, Change{Name: string(c.DisplayName), Old: string(c.OldValue), New: string(c.NewValue)})
		}
		r.Targets = append(r.Targets, target)
	}
	r.UnreadTargets = err != nil
	return err == nil
}

// readDetails reads additionalDetails; ok says that all of it was read.
func (r *Record) readDetails(value []byte) (ok bool) {
	var read list[detailJSON]
	err := read.UnmarshalJSON(value)
	r.Details = nil
	for _, d := range read {
		r.Details = append(r.Details, store.KeyValue{Key: string(d.Key), Value: string(d.Value)})
	}
	r.UnreadDetails = err != nil
	return err == nil
}
