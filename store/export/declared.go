package export

import (
	"bytes"
	"slices"
	"strings"

	"signpost/store"
	"signpost/store/rawjson"
)

// declared writes the records of a kind from its declaration alone. A record has the properties under their names
// and the time under the first key of the kind's Shape, so that an importer can read it back. What the declaration
// does not name, such as lists, is written as it was received, also inside an object that has properties. Left out is what
// stands in an object of which the declaration names only former keys.
type declared struct {
	kind    *store.Kind
	members []*branch
	timeKey string
	// ids are the paths of the record's ID. known are the paths of all members that are written from the merged record,
	// and of the objects around them. Both are in lower case.
	ids   []string
	known map[string]bool
	// withholds tells that no record may be written as it was received.
	withholds bool
}

// branch is a member of a record: a property, or an object with members of its own.
type branch struct {
	name     string
	path     string // in lower case
	property *store.Property
	members  []*branch
}

// declaredRecords reads the form of a kind's records from its declaration.
func declaredRecords(kind *store.Kind, withheld store.Classes) *declared {
	d := &declared{kind: kind, timeKey: "time", withholds: kind.Classes()&withheld != 0}
	d.known = map[string]bool{"time": true, "timegenerated": true, "category": true, "properties": true}
	if len(kind.Shape.Times) > 0 {
		d.timeKey = kind.Shape.Times[0]
	}
	for _, key := range kind.Shape.Times {
		d.known[strings.ToLower(key)] = true
	}
	root := &branch{}
	for _, p := range kind.Properties {
		if p.Set != nil || p.MadeUp {
			continue
		}
		path := strings.Split(p.Name, ".")
		d.know(p.Name)
		if p.Unique && d.ids == nil {
			d.ids = []string{strings.ToLower(p.Name)}
		}
		if !withheld.Has(p.Class) {
			root.add(path, p)
		}
	}
	d.members = root.members
	for _, aliases := range []map[string]string{kind.Shape.Aliases, kind.Shape.Fills} {
		for alias, name := range aliases {
			d.know(alias)
			if slices.Contains(d.ids, strings.ToLower(name)) {
				d.ids = append(d.ids, alias)
			}
		}
	}
	return d
}

// know notes a path and those of the objects around it.
func (d *declared) know(path string) {
	path = strings.ToLower(path)
	for i, c := range path {
		if c == '.' {
			d.known[path[:i]] = true
		}
	}
	d.known[path] = true
}

// add puts a property under its path.
func (t *branch) add(path []string, p *store.Property) {
	for depth, name := range path {
		i := slices.IndexFunc(t.members, func(m *branch) bool { return m.name == name })
		if i < 0 {
			i = len(t.members)
			t.members = append(t.members, &branch{name: name, path: strings.ToLower(strings.Join(path[:depth+1], "."))})
		}
		t = t.members[i]
	}
	t.property = p
}

// append writes the members of an object that have a value, without the brackets around them. more writes what was
// received beside them in the object of a path, each member with a comma before it.
func (t *branch) append(b []byte, record store.Entry, more func(b []byte, path string) []byte) []byte {
	start := len(b)
	for _, m := range t.members {
		before := len(b)
		if before > start {
			b = append(b, ',')
		}
		b = append(rawjson.AppendQuoted(b, m.name), ':')
		begin := len(b)
		if m.property != nil {
			b = appendProperty(b, m.property, record)
		} else {
			b = more(m.append(append(b, '{'), record, more), m.path)
			if b = withoutComma(b, begin+1); len(b) > begin+1 {
				b = append(b, '}')
			} else {
				b = b[:begin]
			}
		}
		if len(b) == begin {
			b = b[:before]
		}
	}
	return b
}

// appendDeclared writes a record of a declared kind: its time, its properties, and the other members as received.
// In Graph's shape no envelope tells the kind, so the keys that do are there.
func (e *exporter) appendDeclared(b []byte, r *store.Record, d dialect) []byte {
	b = append(b, '{')
	start := len(b)
	if head := r.Entry.Head(); !head.Time.IsZero() && (d == graph || !head.TimeIsIngestion) {
		b = appendTime(append(rawjson.AppendQuoted(b, e.declared.timeKey), ':'), head.Time)
	}
	between := len(b)
	more := func(b []byte, path string) []byte { return e.appendUnknownIn(b, r, path) }
	b = (&branch{members: e.declared.members}).append(append(b, ','), r.Entry, more)
	if len(b) == between+1 {
		b = b[:between]
	}
	b = more(b, "")
	if d == graph {
		b = e.declared.appendTells(b, start)
	}
	return append(withoutComma(b, start), '}')
}

// withoutComma takes out the comma with which members begin where nothing stands before them.
func withoutComma(b []byte, start int) []byte {
	if start < len(b) && b[start] == ',' {
		return slices.Delete(b, start, start+1)
	}
	return b
}

// appendUnknownIn writes what the declaration does not name of the object at a path, or of the record where that is empty.
func (e *exporter) appendUnknownIn(b []byte, r *store.Record, path string) []byte {
	before := ""
	if path != "" {
		before = path + "."
	}
	return e.appendReceived(b, r, func(doc []byte, sh shape) []byte {
		if path == "" {
			return fieldsOf(doc, sh)
		}
		return unwrapped(valueAt(fieldsOf(doc, sh), path))
	}, func(name string, _ []byte) bool { return !e.declared.known[before+name] })
}

// appendTells adds the keys that tell the kind and that no member from start on has: without them no importer would know
// the record.
func (d *declared) appendTells(b []byte, start int) []byte {
	has := map[string]bool{}
	for key := range rawjson.EachMember(append(b, '}')[start-1:]) {
		has[strings.ToLower(rawjson.Unescaped(key))] = true
	}
	for _, name := range d.kind.Shape.Tells {
		if !has[strings.ToLower(name)] {
			b = append(rawjson.AppendQuoted(append(b, ','), name), ":null"...)
		}
	}
	return b
}

// appendDeclaredEnvelope writes a record of a declared kind as Azure Monitor does. The envelope has the time of
// ingestion, as far as it is known, and what else was received around the properties.
func (e *exporter) appendDeclaredEnvelope(b []byte, r *store.Record) []byte {
	head := r.Entry.Head()
	b = append(b, '{')
	at := head.Ingested
	if head.TimeIsIngestion && at.IsZero() {
		at = head.Time
	}
	if !at.IsZero() {
		b = append(appendTime(append(b, `"time":`...), at), ',')
	}
	info, _ := e.declared.kind.Log(head.Log)
	b = rawjson.AppendQuoted(append(b, `"category":`...), info.Category)
	b = e.appendReceived(b, r, func(doc []byte, sh shape) []byte {
		if !sh.enveloped {
			return nil
		}
		return doc
	}, func(name string, _ []byte) bool {
		return !slices.Contains([]string{"time", "category", "properties"}, name)
	})
	return append(e.appendDeclared(append(b, `,"properties":`...), r, azureMonitor), '}')
}

// isReceived tells whether a file can have the record unchanged: it has Azure Monitor's shape, the log's category
// and the record's own ID.
func (d *declared) isReceived(doc []byte, log store.Log, id string) bool {
	sh := shapeOf(doc)
	info, _ := d.kind.Log(log)
	if d.withholds || !sh.enveloped || info.Category == "" || !strings.EqualFold(textOf(sh.category), info.Category) {
		return false
	}
	has := false
	for _, path := range d.ids {
		if value := valueAt(sh.properties, path); value != nil {
			if !strings.EqualFold(textOf(value), id) {
				return false
			}
			has = true
		}
	}
	return has
}

// valueAt gives the last value at a path, in lower case; nil where there is none.
func valueAt(object []byte, path string) (found []byte) {
	name, rest, nested := strings.Cut(path, ".")
	for key, value := range rawjson.EachMember(object) {
		if !strings.EqualFold(rawjson.Unescaped(key), name) {
			continue
		}
		if nested {
			value = valueAt(unwrapped(value), rest)
		}
		found = value
	}
	return found
}

// textOf is a text without its quotes.
func textOf(value []byte) string { return string(bytes.Trim(value, `"`)) }
