package store

import "strings"

// Location is a column of pages and no property of a sign-in: city, state and country in one cell. Nothing stores
// or compares it, so Properties does not have it; its Text is for reading alone.
var Location = PlaceOf("Location", func(s *SignIn) *string {
	place := s.Place()
	return &place
}, City, State, CountryOrRegion)

// Place names the place of the sign-in, from the smallest part to the largest; empty where nothing is known. A
// city that is also a state is named once.
func (s *SignIn) Place() string { return PlaceName(s.City, s.State, s.CountryOrRegion) }

// PlaceName names a place by its parts, from the smallest to the largest; empty where nothing is known.
func PlaceName(city, state, country string) string {
	var parts []string
	for _, part := range []string{city, state, country} {
		if part = strings.TrimSpace(part); part != "" && (len(parts) == 0 || parts[len(parts)-1] != part) {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ", ")
}
