package importer

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"signpost/store"
	"signpost/store/rawjson"
)

// Misread gives the properties that a record holds in a shape that is not read: an object for a text, words for a number, an
// object that was cut off. Absent and empty values do not count. SignIn.CollectionState tells the same of lists. A record that
// is of no other kind of the catalog is read as a sign-in.
func Misread(catalog store.Catalog) func(doc []byte) []*store.Property {
	table := tableOf(catalog)
	return func(doc []byte) []*store.Property {
		compact, _, err := rawjson.Compact(nil, doc, maxDepth)
		if err != nil {
			return nil
		}
		d := newDecoder(table)
		if d.mappedLog(compact) != "" {
			return d.misreadMapped(compact)
		}
		if k := d.readDeclared(compact); k != nil {
			return slices.Clone(d.misreads)
		}
		return d.misreadIn(compact)
	}
}

// readDeclared decodes a compact record of a declared kind and gives the kind; nil for all others.
func (d *decoder) readDeclared(doc []byte) *declared {
	d.outline(doc)
	v := d.tell(doc, &directory{})
	if v.shape == nil || v.shape.declared == nil {
		return nil
	}
	d.declared(v.shape.declared, v.log, doc) // a record that cannot be used is read all the same
	return v.shape.declared
}

// misreadIn is Misread for a compact sign-in, sorted by name. Like decode it looks in `properties`, else at the record itself.
func (d *decoder) misreadIn(doc []byte) (list []*store.Property) {
	if f := d.rowFormatOf(doc); f != nil {
		return d.misreadRow(f, doc)
	}
	enveloped := false
	for name, value := range rawjson.EachMember(doc) {
		if string(d.name(name)) != "properties" {
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

// misreadFields gives the misread properties of an object's members.
func (d *decoder) misreadFields(object []byte) (list []*store.Property) {
	for name, value := range rawjson.EachMember(object) {
		list = append(list, d.misread(string(d.name(name)), value)...)
	}
	return list
}

// missed notes a value that could not be read. Most records have none, so the misread properties are looked for only in the
// others.
func (d *decoder) missed(value []byte) {
	if string(value) != `""` && !d.isEmpty(value) {
		d.hasMissed = true
	}
}

// misread gives the misread properties of one field. key is its key in lower case.
func (d *decoder) misread(key string, value []byte) (list []*store.Property) {
	if name, ok := aliases[key]; ok {
		key = keyName(name)
	}
	if fieldKeys[key] == nil || d.isEmpty(value) {
		return nil
	}
	d.begin(&store.SignIn{})
	d.envelope = envelope{}
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

// isWord says that a value is a text that is no cut-off object.
func isWord(value []byte) bool { return rawjson.IsText(value) && !bytes.HasPrefix(value, []byte(`"{`)) }

// member gives the value of an object's member by its name in lower case. It is null where the object has no such member.
func (d *decoder) member(object []byte, name string) []byte {
	for key, value := range rawjson.EachMember(object) {
		if string(d.name(key)) == name {
			return value
		}
	}
	return []byte("null")
}

// isEmpty says that a value holds nothing that could be missed.
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
		inside, _ := rawjson.Unquoted(value)
		return isDotNetType(inside)
	}
	return string(value) == "{}" || string(value) == "[]"
}

// isUnset says that a property holds nothing.
func isUnset(p *store.Property, s store.Entry) bool {
	switch {
	case p.Text != nil:
		return *p.Text(s) == ""
	case p.Int != nil:
		return !p.Int(s).Set
	}
	return *p.Bool(s) == store.Unset
}

// propertyKeys are the properties that are read from a field, by its key in lower case. A property has an empty name where
// the field is its value, else the name of the member that is. Left out are fields that some exports write in another way,
// and fields whose values need a look: there a value that is not taken was understood.
var propertyKeys = func() map[string]map[string]*store.Property {
	keys := map[string]map[string]*store.Property{}
	for _, p := range store.SignIns.Properties {
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
