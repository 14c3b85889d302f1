package store

import "strings"

// Location is a column of the page and no property of a sign-in: city, state and country as one cell. Nothing keeps
// or compares it, so it is not among Properties; its Text is for reading alone.
var Location = &Property{
	Name: "location", Label: "Location",
	Text: of(func(s *SignIn) *string {
		place := s.Place()
		return &place
	}),
}

// Place is where the sign-in came from, from the smallest part to the largest; empty where nothing is known. A city that
// is a state too is named once.
func (s *SignIn) Place() string {
	var parts []string
	for _, part := range []string{s.City, s.State, s.CountryOrRegion} {
		if part = strings.TrimSpace(part); part != "" && (len(parts) == 0 || parts[len(parts)-1] != part) {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ", ")
}

// ColumnByName finds a column as the parameter cols names it: by FIELD name, else by Graph's.
func ColumnByName(name string) (*Property, bool) { return columnByName(name) }
