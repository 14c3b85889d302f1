package importer

import "signpost/store/rawjson"

// field is a member of a record that holds a field of a sign-in.
type field struct {
	key   *key
	value []byte
}

// outerKey says how a key of the record itself is read: as one of the envelope, as a field, or as both.
type outerKey struct {
	envelope, field *key
	isProperties    bool
}

var outerKeys = func() map[string]*outerKey {
	keys := map[string]*outerKey{"properties": {isProperties: true}}
	for name, k := range envelopeKeys {
		keys[name] = &outerKey{envelope: k}
	}
	for name, m := range formatKeys {
		keys[name] = &outerKey{envelope: &key{set: func(d *decoder, value []byte) {
			if !isNull(value) && (m != markSourceSystem || rawjson.IsText(value)) { // of a provisioning record it is an object
				d.marks |= m
			}
		}}}
	}
	for name, k := range fieldKeys {
		if keys[name] == nil {
			keys[name] = &outerKey{}
		}
		keys[name].field = k
	}
	return keys
}()

// outline reads the envelope and the keys of a compact record, which tell its shape. It decodes no field. It stops before the
// properties of a sign-in that its category names: they are large, and decoding passes over them too.
func (d *decoder) outline(doc []byte) {
	d.marks, d.envelope, d.badTime, d.hasMissed, d.anyScalar, d.isShallow, d.openDate = 0, envelope{}, nil, false, false, false, ""
	d.rest, d.properties, d.fields, d.fieldMarks = rawjson.MembersOf(doc), d.properties[:0], d.fields[:0], 0
	d.readEnvelope()
}

// readEnvelope reads to the end of the record, or to properties that decoding reads later.
func (d *decoder) readEnvelope() {
	d.atProperties = false
	for {
		name, ok := d.rest.Key()
		if !ok {
			return
		}
		k := d.table.outer[string(d.name(name))]
		if k == nil {
			d.rest.Value()
			continue
		}
		if k.isProperties && d.rest.IsObject() {
			if _, known := logOf(d.envelope.category); known {
				d.atProperties = true
				return
			}
		}
		value := d.rest.Value()
		if k.isProperties {
			if value = d.unwrap(value); value[0] == '{' {
				d.properties = append(d.properties, value)
			}
			continue
		}
		if k.envelope != nil {
			k.envelope.read(d, value)
		}
		if k.field != nil {
			d.fields = append(d.fields, field{k.field, value})
			d.fieldMarks |= k.field.markOf(value)
			if name[0] == 'C' && k.field == createdKey {
				d.marks |= markPascal
			}
		}
	}
}

// isEnveloped says that the record has `properties`. The keys around them are then no fields.
func (d *decoder) isEnveloped() bool { return d.atProperties || len(d.properties) > 0 }

// noteFields adds the marks of the record's fields to those of its envelope.
func (d *decoder) noteFields() {
	if !d.isEnveloped() {
		d.marks |= d.fieldMarks
	}
	for _, object := range d.properties {
		for name, value := range rawjson.EachMember(object) {
			if k := fieldKeys[string(d.name(name))]; k != nil {
				d.marks |= k.markOf(value)
			}
		}
	}
}

// mayBeFew says that the record has an id and a time, as every stored sign-in of Graph does. An answer can tell that its
// records are sign-ins; such a record may have few other properties.
func (d *decoder) mayBeFew() bool {
	d.noteFields()
	return d.has(markCreated) && d.hasID()
}

func (d *decoder) hasID() (has bool) {
	if !d.isEnveloped() {
		for _, f := range d.fields {
			has = has || f.key == fieldKeys["id"] && d.uniqueText(f.value) != ""
		}
	}
	for _, object := range d.properties {
		has = has || d.uniqueText(d.member(object, "id")) != ""
	}
	return has
}

// readFields decodes all fields of the record into the sign-in, and the rest of its envelope.
func (d *decoder) readFields() {
	if !d.isEnveloped() {
		for _, f := range d.fields {
			f.key.read(d, f.value)
		}
		return
	}
	d.readProperties()
	for d.atProperties {
		inner := d.rest.Enter()
		d.readMembers(&inner)
		d.rest.Leave(inner)
		d.readEnvelope()
		d.readProperties()
	}
}

// readProperties decodes the properties that the outline has passed over.
func (d *decoder) readProperties() {
	for _, object := range d.properties {
		m := rawjson.MembersOf(object)
		d.readMembers(&m)
	}
	d.properties = d.properties[:0]
}

// readMembers decodes fields up to the end of their object.
func (d *decoder) readMembers(m *rawjson.Members) {
	for {
		name, value, ok := m.Next()
		if !ok {
			return
		}
		if k, known := fieldKeys[string(d.name(name))]; known {
			k.read(d, value)
		}
	}
}
