package store

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"signpost/store/rawjson"
)

// withoutEqual leaves out every version that says the same as the one behind it, but for when it was ingested. The list is
// changed in place.
func (k *Kind) withoutEqual(versions []Version) []Version {
	if len(versions) < 2 {
		return versions
	}
	says := make([]any, len(versions))
	for i := range versions {
		says[i] = k.says(&versions[i])
	}
	rest := versions[:0]
	for i := range versions {
		if i+1 == len(versions) || !reflect.DeepEqual(says[i], says[i+1]) {
			rest = append(rest, versions[i])
		}
	}
	clear(versions[len(rest):])
	return rest
}

// says gives what a version says, for comparing: its fields and its document, without what is empty and without the time of
// ingestion.
func (k *Kind) says(v *Version) any {
	s := v.Entry.Clone()
	head := s.Head()
	if head.Ingested = (time.Time{}); head.TimeIsIngestion {
		head.Time = time.Time{}
	}
	s.SetHead(head)
	fields, err := json.Marshal(s)
	if err != nil { // a part that is kept as it came is no JSON
		fields = fmt.Appendf(nil, "%+v", s)
	}
	doc := plainDocument(v.Doc)
	if object, ok := doc.(map[string]any); ok {
		for key := range object {
			if slices.Contains(ingestionKeys, strings.ToLower(key)) {
				delete(object, key)
			}
		}
	}
	values := map[string]any{}
	for _, p := range k.Properties {
		switch {
		case p.Text != nil:
			values[p.Name] = *p.Text(s)
		case p.Int != nil && p.Int(s).Set:
			values[p.Name] = p.Int(s).N
		case p.Bool != nil && *p.Bool(s) != Unset:
			values[p.Name] = *p.Bool(s)
		}
	}
	return [4]any{head.Time.UnixNano(), plainJSON(values), plainDocument(fields), doc}
}

// ingestionKeys are the members around a sign-in that tell when its record was ingested.
var ingestionKeys = []string{"time", "timegenerated"}

// plainDocument reads JSON for comparing; a document that is none is its text.
func plainDocument(doc []byte) any {
	decoder := json.NewDecoder(bytes.NewReader(doc))
	decoder.UseNumber()
	var value any
	if decoder.Decode(&value) != nil || decoder.More() {
		return string(doc)
	}
	return plainJSON(value)
}

// plainJSON gives a value without members that are empty, and with JSON that is written into a string read: records differ in
// these without saying anything else. What is empty itself is nil.
func plainJSON(value any) any {
	switch value := value.(type) {
	case map[string]any:
		for key, member := range value {
			if member = plainJSON(member); member == nil {
				delete(value, key)
			} else {
				value[key] = member
			}
		}
		if len(value) > 0 {
			return value
		}
	case []any:
		var list []any
		for _, item := range value {
			if item = plainJSON(item); item != nil {
				list = append(list, item)
			}
		}
		if len(list) > 0 {
			return list
		}
	case string:
		bare := bareJSON(value)
		switch {
		case bare == "":
			return nil
		case rawjson.IsDocument(bare):
			return plainDocument([]byte(bare))
		}
		return value
	default:
		return value
	}
	return nil
}
