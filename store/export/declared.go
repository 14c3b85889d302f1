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
// does not name, such as lists, is written as it was received.
type declared struct {
	kind    *store.Kind
	members []*branch
	timeKey string
	// ids are the paths of the record's ID, and known the names of all members that are written from the merged
	// record, both in lower case.
	ids   []string
	known map[string]bool
	// withholds tells that no record may be written as it was received.
	withholds bool
}

// branch is a member of a record: a property, or an object with members of its own.
type branch struct {
	name     string
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
		d.known[strings.ToLower(path[0])] = true
		if p.Unique && d.ids == nil {
			d.ids = []string{strings.ToLower(p.Name)}
		}
		if !withheld.Has(p.Class) {
			root.add(path, p)
		}
	}
	d.members = root.members
	for alias, name := range kind.Shape.Aliases {
		first, _, _ := strings.Cut(alias, ".")
		d.known[first] = true
		if slices.Contains(d.ids, strings.ToLower(name)) {
			d.ids = append(d.ids, alias)
		}
	}
	return d
}

// add puts a property under its path.
func (t *branch) add(path []string, p *store.Property) {
	for _, name := range path {
		i := slices.IndexFunc(t.members, func(m *branch) bool { return m.name == name })
		if i < 0 {
			i = len(t.members)
			t.members = append(t.members, &branch{name: name})
		}
		t = t.members[i]
	}
	t.property = p
}

// append writes the members of an object that have a value, without the brackets around them.
func (t *branch) append(b []byte, record store.Entry) []byte {
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
		} else if b = m.append(append(b, '{'), record); len(b) > begin+1 {
			b = append(b, '}')
		} else {
			b = b[:begin]
		}
		if len(b) == begin {
			b = b[:before]
		}
	}
	return b
}

// appendDeclared writes a record of a declared kind: its time, its properties, and the other members as received.
func (e *exporter) appendDeclared(b []byte, r *store.Record, d dialect) []byte {
	b = append(b, '{')
	start := len(b)
	if head := r.Entry.Head(); !head.Time.IsZero() && (d == graph || !head.TimeIsIngestion) {
		b = appendTime(append(rawjson.AppendQuoted(b, e.declared.timeKey), ':'), head.Time)
	}
	between := len(b)
	b = (&branch{members: e.declared.members}).append(append(b, ','), r.Entry)
	if len(b) == between+1 {
		b = b[:between]
	}
	b = e.appendReceived(b, r, fieldsOf, e.declared.isUnknown)
	return append(slices.Delete(b, start, start+leadingComma(b[start:])), '}')
}

// leadingComma is 1 where members begin with a comma, since nothing stands before them.
func leadingComma(members []byte) int {
	if bytes.HasPrefix(members, []byte{','}) {
		return 1
	}
	return 0
}

func (d *declared) isUnknown(name string, _ []byte) bool { return !d.known[name] }

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
			value = valueAt(value, rest)
		}
		found = value
	}
	return found
}

// textOf is a text without its quotes.
func textOf(value []byte) string { return string(bytes.Trim(value, `"`)) }
