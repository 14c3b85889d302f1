package store

import (
	"slices"
	"strconv"
)

// IsComputed says that the property stands for a field that is computed of it and of others: see Field.Column.
func (p *Property) IsComputed() bool {
	f, ok := p.kind.FieldOf(p)
	return ok && f.Column == p
}

// PropertyValues gives the values by which FIELD=value finds the record for what one of the field's properties
// holds; none where it is empty or cannot be asked for. A name that has an ID gives the ID: names repeat and change.
func (f *Field) PropertyValues(p *Property, e Entry) []string {
	switch {
	case p == f.Column || f.isNameOfID(p):
		return f.EventValues(e)
	case p.Text != nil:
		return f.ValuesIn(p, *p.Text(e))
	case p.Int != nil:
		if n := *p.Int(e); n.Set {
			return f.ValuesOf(strconv.FormatInt(n.N, 10))
		}
		return nil
	case p.Bool != nil:
		return f.ValuesOf(boolWord(*p.Bool(e)))
	}
	var values []string
	for _, text := range p.Set(e) {
		values = append(values, f.ValuesOf(text)...)
	}
	return f.distinct(values)
}

// PropertiesIn gives the properties that count for records of the log. The slice must not be changed.
func (f *Field) PropertiesIn(log Log) []*Property {
	if !slices.Contains(f.BesideIn, log) {
		return f.Properties
	}
	return append(slices.Clip(f.Properties), f.Beside...)
}

// isNameOfID says that the property is the readable name, the last, of a field that has an ID with names.
func (f *Field) isNameOfID(p *Property) bool {
	return f.IsOfIDs() && p == f.Properties[len(f.Properties)-1]
}

// IsEmptyIn says whether FIELD.empty=yes finds the record: no property of the field holds anything.
func (f *Field) IsEmptyIn(e Entry) bool { return !Condition{Field: f, Op: OpNotEmpty}.anyValue(e) }
