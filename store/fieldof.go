package store

import (
	"slices"
	"strconv"
)

// FieldOf gives the field that asks for the values of a property: the first in the order of Fields that
// compares it. ok is false for a property that no field compares.
func FieldOf(p *Property) (f *Field, ok bool) {
	f, ok = fieldOf[p]
	return f, ok
}

var fieldOf = func() map[*Property]*Field {
	of := map[*Property]*Field{}
	for _, f := range fields {
		if f.Column != nil {
			of[f.Column] = f
		}
		for _, p := range f.Properties {
			if of[p] == nil {
				of[p] = f
			}
		}
	}
	return of
}()

// IsComputed says that the property stands for a field that is computed of it and of others: see Field.Column.
func (p *Property) IsComputed() bool {
	f := fieldOf[p]
	return f != nil && f.Column == p
}

// PropertyValues gives the values by which FIELD=value finds the sign-in for what one of the field's properties
// holds; none where it is empty or cannot be asked for. A name that has an ID gives the ID: names repeat and change.
func (f *Field) PropertyValues(p *Property, s *SignIn) []string {
	switch {
	case p == f.Column || f.isNameOfID(p):
		return f.EventValues(s)
	case p.Text != nil:
		return f.ValuesIn(p, *p.Text(s))
	case p.Int != nil:
		if n := *p.Int(s); n.Set {
			return f.ValuesOf(strconv.FormatInt(n.N, 10))
		}
		return nil
	case p.Bool != nil:
		return f.ValuesOf(boolWord(*p.Bool(s)))
	}
	var values []string
	for _, text := range p.Set(s) {
		values = append(values, f.ValuesOf(text)...)
	}
	return f.distinct(values)
}

// PropertiesIn gives the properties that count for sign-ins of the log. The slice must not be changed.
func (f *Field) PropertiesIn(log Log) []*Property {
	if f.withoutUser == nil {
		return f.Properties
	}
	if info, ok := log.Info(); !ok || info.User {
		return f.Properties
	}
	return append(slices.Clip(f.Properties), f.withoutUser...)
}

// isNameOfID says that the property is the readable name, the last, of a field that has an ID with names.
func (f *Field) isNameOfID(p *Property) bool {
	return f.IsOfIDs() && p == f.Properties[len(f.Properties)-1]
}

// IsEmptyIn says whether FIELD.empty=yes finds the sign-in: no property of the field holds anything.
func (f *Field) IsEmptyIn(s *SignIn) bool { return !Condition{Field: f, Op: OpNotEmpty}.anyValue(s) }
