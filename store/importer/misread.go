package importer

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"signpost/store"
	"signpost/store/rawjson"
)

// Misread gives the properties that a record holds in a shape that is not read: an object where a text belongs, words where a
// number does, an object that was cut off. What is absent or empty is none of them. Lists are told by SignIn.CollectionState.
func Misread(doc []byte) []*store.Property {
	compact, _, err := rawjson.Compact(nil, doc, maxDepth)
	if err != nil {
		return nil
	}
	return newDecoder().misreadIn(compact)
}

// misreadIn is Misread for a compact record, by name. It looks where decode reads: in `properties`, else at the record itself.
func (d *decoder) misreadIn(doc []byte) (list []*store.Property) {
	enveloped := false
	for name, value := range rawjson.EachMember(doc) {
		if string(d.lower(name)) != "properties" {
			continue
		}
		if inner := d.unwrap(value); inner[0] == '{' {
			list = append(list, d.misreadFields(inner)...)
			enveloped = true
		}
	}
	if !enveloped {
		list = d.misreadFields(doc)
	}
	slices.SortFunc(list, func(a, b *store.Property) int { return cmp.Compare(a.Name, b.Name) })
	return slices.Compact(list)
}

// misreadFields gives the properties that should be read from an object's members and are not.
func (d *decoder) misreadFields(object []byte) (list []*store.Property) {
	for name, value := range rawjson.EachMember(object) {
		list = append(list, d.misread(string(d.lower(name)), value)...)
	}
	return list
}

// missed notes that nothing was read of a value that is there. Most records have none, so only of the others it is found out
// which properties are misread.
func (d *decoder) missed(value []byte) {
	if string(value) != `""` && !d.isEmpty(value) {
		d.hasMissed = true
	}
}

// misread gives the properties that should be read from a field and are not; key is its key in lower case.
func (d *decoder) misread(key string, value []byte) (list []*store.Property) {
	if name, ok := aliases[key]; ok {
		key = strings.ToLower(name)
	}
	if fieldKeys[key] == nil || d.isEmpty(value) {
		return nil
	}
	d.into, d.envelope = &store.SignIn{}, envelope{}
	object := d.unwrap(value)
	if specialKeys[key] != nil && isWord(object) {
		return nil // a status or a country is a word in some exports
	}
	for member, p := range propertyKeys[key] {
		inner, isObject := value, object[0] == '{'
		if member != "" && isObject {
			if inner = d.member(object, member); d.isEmpty(inner) {
				continue
			}
		}
		if setter(p)(d, inner); member != "" && !isObject || isUnset(p, d.into) {
			list = append(list, p)
		}
	}
	return list
}

// isWord says that a value is a text, and not an object in one that was cut off.
func isWord(value []byte) bool { return rawjson.IsText(value) && !bytes.HasPrefix(value, []byte(`"{`)) }

// member gives the value of a member of an object, by its name in lower case; null where it has none.
func (d *decoder) member(object []byte, name string) []byte {
	for key, value := range rawjson.EachMember(object) {
		if string(d.lower(key)) == name {
			return value
		}
	}
	return []byte("null")
}

// isEmpty says that a value holds nothing, so that nothing of it can be missed.
func (d *decoder) isEmpty(value []byte) bool {
	value = d.unwrap(value)
	switch {
	case len(value) == 0, value[0] == 'n':
		return true
	case rawjson.IsText(value):
		switch strings.ToLower(d.text(value)) {
		case "", "null", "none", "nan": // as programs write that there is nothing
			return true
		}
		return false
	}
	return string(value) == "{}" || string(value) == "[]"
}

// isUnset says that a property holds nothing.
func isUnset(p *store.Property, s *store.SignIn) bool {
	switch {
	case p.Text != nil:
		return *p.Text(s) == ""
	case p.Int != nil:
		return !p.Int(s).Set
	}
	return *p.Bool(s) == store.Unset
}

// propertyKeys are the properties that are read from a field, by its key in lower case: from itself under an empty name, or
// from the members of the object that it is. Fields that some exports write in another way, or that are read with a look at
// what they say, are left out: there a value that is not taken was understood.
var propertyKeys = func() map[string]map[string]*store.Property {
	keys := map[string]map[string]*store.Property{}
	for _, p := range store.Properties() {
		object, member, _ := strings.Cut(strings.ToLower(p.Name), ".")
		if setter(p) == nil || p.MadeUp || member == "" && specialKeys[object] != nil && p != store.ResourceID {
			continue
		}
		if keys[object] == nil {
			keys[object] = map[string]*store.Property{}
		}
		keys[object][member] = p
	}
	return keys
}()
