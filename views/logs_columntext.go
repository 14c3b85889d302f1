package views

import (
	"slices"

	"signpost/store"
)

// isWorded says that values of the field are Graph's camelCase words.
func isWorded(f *store.Field) bool {
	return f.Worded || slices.ContainsFunc(f.Properties, func(p *store.Property) bool { return p.Worded })
}

// cellText is a chosen property as the details of the record word it; "" where it is empty.
func (l *Look) cellText(p *store.Property, e store.Entry) string {
	text := propertyText(p, e)
	switch {
	case text == "":
		if absent := l.Absent[p]; absent != nil {
			return absent(e)
		}
		return ""
	case p.Unit != "":
		return text + " " + p.Unit
	case p.Worded:
		return Words(text)
	case p == store.CountryOrRegion:
		return countryName(text)
	}
	return text
}
