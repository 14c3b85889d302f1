package importer

import (
	"cmp"
	"slices"
	"strings"

	"signpost/store"
	"signpost/store/rawjson"
)

// Explanations of the keys of other records: of declared kinds, of objects of a directory, and of rows of reports.

// entry looks at each key of a record of a declared kind.
func (l *look) entry(k *declared, doc []byte) {
	d := l.d
	d.outline(doc)
	d.anyScalar = true
	isEnveloped := d.isEnveloped()
	for name, value := range rawjson.EachMember(doc) {
		lower := string(d.lower(name))
		around := envelopeKeys[lower]
		switch inner := d.unwrap(value); {
		case lower == "properties" && inner[0] == '{':
			for name, value := range rawjson.EachMember(inner) {
				l.node(k, k.root.members[string(d.lower(name))], path(propertiesPath, name), value)
			}
		case k.kind.Shape.Inside != "" && lower == strings.ToLower(k.kind.Shape.Inside) && inner[0] == '{':
			for name, value := range rawjson.EachMember(inner) {
				l.node(k, k.root.members[string(d.lower(name))], path(k.kind.Shape.Inside, name), value)
			}
		case isEnveloped, around != nil && around.set != nil && k.root.members[lower] == nil:
			l.around(k.kind.Many, rawjson.Unescaped(name), lower, value, false)
		default:
			l.node(k, k.root.members[lower], rawjson.Unescaped(name), value)
		}
	}
	d.anyScalar = false
}

// node looks at the value of a key of a declared kind.
func (l *look) node(k *declared, n *node, path string, value []byte) {
	d, kind := l.d, k.kind.Many
	if d.isEmpty(value) {
		return
	}
	if n == nil {
		l.kept(kind, path)
		return
	}
	if object := d.unwrap(value); n.members != nil && object[0] == '{' {
		for name, member := range rawjson.EachMember(object) {
			l.node(k, n.members[string(d.lower(name))], path+"."+rawjson.Unescaped(name), member)
		}
		return
	}
	u := l.usageOf(kind, path)
	if u == nil {
		return
	}
	d.entry, d.hasMissed = k.kind.New(), false
	label, understood := inWords(strings.TrimPrefix(strings.TrimPrefix(path, propertiesPath+"."), k.kind.Shape.Inside+".")), false
	if n.rank > 0 {
		_, understood = d.time(value)
		label = "Date"
	}
	switch {
	case n.value != nil:
		understood = true
	case n.list != nil:
		understood = n.list(d.entry, d.unwrap(value))
	case n.set != nil:
		n.set(d, value)
		understood = understood || !d.hasMissed
	}
	if n.property != nil {
		label = cmp.Or(n.property.Label, label)
	}
	d.hasMissed = false
	if !understood {
		u.count(value)
		return
	}
	u.count(value, label)
}

// object looks at each key of an object of a directory: one that changes what is kept of the object is read.
func (l *look) object(doc []byte, kind string, of store.ObjectKind) {
	for name, value := range rawjson.EachMember(doc) {
		path := rawjson.Unescaped(name)
		if l.d.isEmpty(value) || strings.HasPrefix(path, "@odata.") {
			continue
		}
		u := l.usageOf(kind, path)
		switch {
		case u == nil:
		case u.known || l.isOfObject(strings.ToLower(path), value, of):
			u.count(value, inWords(path))
		default:
			u.with++
		}
	}
}

// state looks at each key of a row of a report.
func (l *look) state(k *shape, doc []byte) {
	r := stateReader{d: l.d}
	_, _ = k.state.row(&r, doc) // what is lacking is told elsewhere
	for name, value := range rawjson.EachMember(doc) {
		path := rawjson.Unescaped(name)
		if l.d.isEmpty(value) || strings.Contains(path, "@odata.") {
			continue
		}
		u := l.usageOf(k.name, path)
		switch {
		case u == nil:
		case slices.Contains(r.unknown, path):
			u.with++
		case slices.Contains(r.unread, path):
			u.count(value)
		default:
			u.count(value, inWords(path))
		}
	}
}

// isOfObject says whether a key of an object is read.
func (l *look) isOfObject(lower string, value []byte, of store.ObjectKind) bool {
	alone := append(rawjson.AppendQuoted([]byte{'{'}, lower), ':')
	o := l.d.graphObject(append(append(alone, value...), '}'))
	object := o.object(of)
	return object.ID+object.Name+object.Username+object.AppID+object.Type != "" || object.Enabled != store.Unset ||
		!object.Created.IsZero() || !object.LastSuccess.IsZero() || len(object.Facts) > 0 || o.members != nil || o.owners != nil || !object.Details.IsZero()
}
