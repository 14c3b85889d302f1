package store

import (
	"fmt"
	"slices"
)

// AppliesTo tells whether records of the log can have a value of the property.
func (p *Property) AppliesTo(log LogInfo) bool {
	return p.Logs == nil || slices.Contains(p.Logs, log.Log)
}

// AppliesTo tells whether records of the log can have a value of the field. In another log a condition on the
// field is set aside: it narrows nothing there, and counts again in a log that has the field.
func (f *Field) AppliesTo(log LogInfo) bool {
	return f.kind == log.kind && (len(f.Properties) == 0 || slices.ContainsFunc(f.Properties, func(p *Property) bool { return p.AppliesTo(log) }))
}

// Refuse gives an error for a question about the log that names a field of another kind of records.
func (l LogInfo) Refuse(filter Filter, fields ...*Field) error {
	fields = slices.Clone(fields)
	for _, c := range filter.conditions {
		fields = append(fields, c.Field)
	}
	for _, f := range fields {
		if f.kind != l.kind {
			return fmt.Errorf("the log %s cannot be asked for the field %s: it is of another kind of records", l.Log, f.Name)
		}
	}
	return nil
}

// For splits the filter into the conditions on fields that apply to the log, and those set aside.
func (f Filter) For(log LogInfo) (applied, aside Filter) {
	applied.told, aside.told = f.told, f.told
	for _, c := range f.conditions {
		if c.Field.AppliesTo(log) {
			applied.conditions = append(applied.conditions, c)
		} else {
			aside.conditions = append(aside.conditions, c)
		}
	}
	return applied, aside
}
