package views

import (
	"slices"

	"signpost/store"
)

// isWorded says that values of the field are Graph's camelCase words.
func isWorded(f *store.Field) bool {
	return f.Worded || slices.ContainsFunc(f.Properties, func(p *store.Property) bool { return p.Worded })
}

// cellText is a chosen property as the details of the sign-in word it; "" where it is empty.
func cellText(p *store.Property, s *store.SignIn) string {
	text := propertyText(p, s)
	switch {
	case text == "":
		if absent := signInLook.Absent[p]; absent != nil {
			return absent(s)
		}
		return ""
	case p.Unit != "":
		return text + " " + p.Unit
	case p.Worded:
		return Words(text)
	}
	return text
}
