package importer

import (
	"slices"
	"strings"
	"time"

	"signpost/store"
	"signpost/store/rawjson"
)

// mappedKind is a kind whose records rows can be mapped to.
type mappedKind struct {
	declared *declared // nil for sign-ins
	time     string    // the name of the field that is the time
	columns  map[string]rowColumn
}

// mappedKindOf makes the reading of a kind's mapped rows. k is nil for sign-ins.
func mappedKindOf(kind *store.Kind, k *declared) *mappedKind {
	of := &mappedKind{declared: k, columns: map[string]rowColumn{}}
	for _, f := range kind.MappedFields() {
		switch {
		case f.IsTime:
			of.time = f.Name
		case f.Name == store.MappedPlace && f.Of == nil:
			place := kind.PlaceColumn()
			of.columns[f.Name] = rowColumn{read: func(d *decoder, cell string) { d.setCellPlace(place.Parts, cell) }}
		case f.Of == store.StatedStatus:
			of.columns[f.Name] = rowColumn{property: f.Of, read: (*decoder).setCellStatus}
		default:
			of.columns[f.Name] = cellsOf(f.Of)
		}
	}
	return of
}

// mappedLog gives the log that a mapped row names; empty for any other record.
func (d *decoder) mappedLog(doc []byte) store.Log {
	return store.Log(d.text(d.member(doc, mappedKey)))
}

// tellMapped tells the kind of a mapped row, which names its log.
func (d *decoder) tellMapped(doc []byte) verdict {
	log := d.mappedLog(doc)
	to := d.table.mapped[log]
	switch {
	case to == nil:
		return verdict{format: Mapped, reason: "the row is mapped to " + shortText(string(log)) + ", which is no log that rows can be mapped to."}
	case to.declared != nil:
		return verdict{shape: to.declared.shape, format: Mapped, log: log}
	}
	return verdict{shape: signIns, format: Mapped}
}

// mappedItem is a cell of a mapped row as it is kept.
type mappedItem struct {
	heading  []byte // the inside of a text
	property string
	cell     string
	value    []byte
	time     []byte // JSON
}

// eachMapped calls f with every cell of a mapped row.
func (d *decoder) eachMapped(doc []byte, f func(item mappedItem)) {
	row := d.member(doc, "row")
	if row[0] != '[' {
		return
	}
	for object := range rawjson.EachItem(row) {
		if object[0] != '{' {
			continue
		}
		var item mappedItem
		for name, value := range rawjson.EachMember(object) {
			switch string(d.lower(name)) {
			case "heading":
				item.heading, _ = rawjson.Unquoted(value)
			case "property":
				item.property = jsonText(value)
			case "value":
				item.value = value
				cell := mappedCell{value: value}
				item.cell = strings.TrimSpace(cell.text())
			case "time":
				item.time = value
			}
		}
		if item.value != nil {
			f(item)
		}
	}
}

// readMapped reads the cells of a mapped row into the record. It gives the ID that was derived from them.
func (d *decoder) readMapped(to *mappedKind, doc []byte) (id string) {
	d.misreads, d.eventTime, d.anyScalar = d.misreads[:0], time.Time{}, true
	d.eachMapped(doc, func(item mappedItem) {
		if item.property == to.time && item.property != "" {
			if t, ok := d.time(item.time); ok {
				d.eventTime = t
			} else if d.badTime == nil {
				d.badTime = item.value
			}
			return
		}
		column, known := to.columns[item.property]
		if !known || item.cell == "" {
			return
		}
		if column.isInstant() && item.time != nil {
			if item.cell = jsonText(item.time); item.cell == "" {
				d.misreads = append(d.misreads, column.property)
				return
			}
		}
		d.marks |= fieldMarks[topOf(item.property)] & shapeMarks
		if !d.readMappedCell(column, item.cell) && column.property != nil {
			d.misreads = append(d.misreads, column.property)
		}
	})
	d.settleMisreads()
	d.hasMissed = len(d.misreads) > 0
	return d.uniqueText(d.member(doc, "id"))
}

// readMappedCell reads a cell into the record. understood is false where it cannot be read as what the column holds.
func (d *decoder) readMappedCell(column rowColumn, cell string) (understood bool) {
	d.hasMissed = false
	if column.read == nil {
		d.setCell(column, cell)
		return !d.hasMissed
	}
	column.read(d, cell)
	return column.property == nil || isNothing(cell) || !isUnset(column.property, d.entry)
}

// topOf gives the key of a property in a record, in lower case.
func topOf(property string) string {
	top, _, _ := strings.Cut(property, ".")
	return strings.ToLower(top)
}

// mappedSignIn decodes a mapped row into a sign-in.
func (d *decoder) mappedSignIn(doc []byte, s *store.SignIn) (reason string) {
	log := d.mappedLog(doc)
	to := d.table.mapped[log]
	if to == nil || to.declared != nil {
		return "the row is mapped to no log of sign-ins."
	}
	id := d.readMapped(to, doc)
	if s.ID == "" {
		s.ID = id
	}
	s.Log, s.Time = log, d.eventTime
	if reason := d.settleMappedTime(to, s.Time.IsZero()); reason != "" {
		return reason
	}
	if reason := d.settleTime(&s.Time, &s.TimeIsIngestion, &s.Ingested, to.time); reason != "" {
		return reason
	}
	if s.ID == "" {
		return noMappedID
	}
	if info, _ := store.SignIns.Log(s.Log); !info.User {
		s.Microsoft = store.BoolOf(d.isMicrosofts())
	}
	return ""
}

// noMappedID is said of a mapped row that somebody has taken the ID out of.
const noMappedID = "the row has no ID: it cannot be told from another copy of itself."

// settleMappedTime says why a row has no time.
func (d *decoder) settleMappedTime(to *mappedKind, isMissing bool) (reason string) {
	switch {
	case !isMissing:
		return ""
	case d.badTime != nil:
		return "the time " + quoted(d.badTime) + " cannot be read: " + to.time + " is written like 2026-11-28T11:48:00Z."
	}
	return "the row has no time."
}

// mappedEntry decodes a mapped row into a record of a declared kind.
func (d *decoder) mappedEntry(k *declared, log store.Log, doc []byte) (e store.Entry, reason string) {
	to := d.table.mapped[log]
	if to == nil || to.declared != k {
		return nil, "the row is mapped to no log of " + k.kind.Many + "."
	}
	e = k.kind.New()
	d.entry, d.unreadLists = e, nil
	h := store.Head{Log: log, ID: d.readMapped(to, doc), Time: d.eventTime}
	if k.id != nil && *k.id.Text(e) != "" {
		h.ID = *k.id.Text(e)
	}
	if reason := d.settleMappedTime(to, h.Time.IsZero()); reason != "" {
		return nil, reason
	}
	if reason := d.settleTime(&h.Time, &h.TimeIsIngestion, &h.Ingested, to.time); reason != "" {
		return nil, reason
	}
	if h.ID == "" {
		return nil, noMappedID
	}
	e.SetHead(h)
	if settle := k.kind.Shape.Settle; settle != nil {
		settle(e, store.Envelope{})
		d.settleMisreads()
	}
	return e, ""
}

// unreadMapped gives the cells of a mapped row that no field is read from.
func (d *decoder) unreadMapped(doc []byte) (unknown []store.KeyValue) {
	to := d.table.mapped[d.mappedLog(doc)]
	d.eachMapped(doc, func(item mappedItem) {
		if to != nil && item.property != "" {
			if _, known := to.columns[item.property]; known || item.property == to.time {
				return
			}
		}
		unknown = d.appendUnread(unknown, "", item.heading, item.value)
	})
	return unknown
}

// misreadMapped gives the properties whose cells were not understood.
func (d *decoder) misreadMapped(doc []byte) []*store.Property {
	log := d.mappedLog(doc)
	if to := d.table.mapped[log]; to != nil {
		d.outline(doc)
		// A row that cannot be used is read all the same.
		if to.declared != nil {
			_, _ = d.mappedEntry(to.declared, log, doc)
		} else {
			s := &store.SignIn{}
			d.begin(s)
			_ = d.mappedSignIn(doc, s)
		}
		return slices.Clone(d.misreads)
	}
	return nil
}
