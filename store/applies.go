package store

import "slices"

// AppliesTo tells whether records of the log can have a value of the property.
func (p *Property) AppliesTo(log LogInfo) bool {
	return p.Logs == nil || slices.Contains(p.Logs, log.Log)
}

// AppliesTo tells whether records of the log can have a value of the field. In another log a condition on the
// field is set aside: it narrows nothing there, and counts again in a log that has the field.
func (f *Field) AppliesTo(log LogInfo) bool {
	return f.kind == log.kind && (len(f.Properties) == 0 || slices.ContainsFunc(f.Properties, func(p *Property) bool { return p.AppliesTo(log) }))
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
