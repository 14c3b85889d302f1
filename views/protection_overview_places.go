package views

import (
	"math"
	"strconv"
	"strings"

	"signpost/store"
	"signpost/web/ask"
)

// shownPlaces are the places of the table and of the map.
func (p ProtectionPage) shownPlaces() []ask.PlaceCount {
	return p.Answer.Places.Rows[:p.Answer.Places.Shown]
}

// countriesShown is how many countries and regions are listed.
const countriesShown = 20

func (p ProtectionPage) shownCountries() []ask.PlaceCount {
	all := p.Answer.Places.Countries
	return all[:min(len(all), countriesShown)]
}

// riskPoint is a place on the map. The greater its number is, the greater is its circle.
type riskPoint struct{ x, y, r, title string }

// riskPoints are the places of the table that have coordinates, the largest circle first, so that none hides a smaller one.
func (p ProtectionPage) riskPoints() (points []riskPoint) {
	places := p.shownPlaces()
	for _, place := range places {
		if onMap(place.At) {
			size := 1.6 + 5*math.Sqrt(float64(place.N)/float64(places[0].N))
			points = append(points, riskPoint{
				degrees(place.At.Longitude + 180), degrees(90 - place.At.Latitude), strconv.FormatFloat(size, 'f', 1, 64),
				placeOfRisk(place.RiskPlace) + ": " + Count(place.N, "risky sign-in", "risky sign-ins"),
			})
		}
	}
	return points
}

// mapLabel says what the map shows.
func (p ProtectionPage) mapLabel() string {
	return "Map of the world with " + Count(int64(len(p.riskPoints())), "place", "places") + " of risky sign-ins. The table below has the same places."
}

// mapNote says which places the table and the map leave out.
func (p ProtectionPage) mapNote() string {
	places := p.Answer.Places
	var parts []string
	if left := places.Rows[places.Shown:]; len(left) > 0 {
		var n int64
		for _, place := range left {
			n += place.N
		}
		parts = append(parts, Count(int64(len(left)), "further place", "further places")+" with "+Count(n, "risky sign-in", "risky sign-ins")+" are left out.")
	}
	if left := len(places.Countries) - len(p.shownCountries()); left > 0 {
		parts = append(parts, Count(int64(left), "further country or region is", "further countries and regions are")+" left out.")
	}
	switch without := places.Shown - len(p.riskPoints()); {
	case without == 0:
	case places.MapTrouble != ask.NoTrouble:
		parts = append(parts, Count(int64(without), "place of the table is", "places of the table are")+" not drawn: where they are on the map could not be looked up.")
	default:
		parts = append(parts, Count(int64(without), "place of the table", "places of the table")+" cannot be drawn: no sign-in tells where on the map.")
	}
	if places.Unplaced > 0 {
		parts = append(parts, Count(places.Unplaced, "risky sign-in tells", "risky sign-ins tell")+" no place.")
	}
	return strings.Join(parts, " ")
}

// riskySignInsURL leads to the list of all risky sign-ins.
func (p ProtectionPage) riskySignInsURL() string {
	if p.Answer.Places.SignIns == 0 {
		return ""
	}
	v := monthOnly(p.Query.Range)
	if p.Query.Level != "" {
		v.Set(store.RiskSignInField.Name, p.Query.Level)
	}
	return withQuery(RiskySignInsPath, v)
}

// placeNumbers are the two numbers above the map.
func (p ProtectionPage) placeNumbers() []protectionNumber {
	places := p.Answer.Places
	return []protectionNumber{
		{Number: ask.NumberRiskySignIns, Address: p.riskySignInsURL(), Text: atLeast(places.SignIns, places.Complete), Value: strconv.FormatInt(places.SignIns, 10)},
		{Number: ask.NumberPlaces, Text: atLeast(int64(len(places.Rows)), places.Complete), Value: strconv.Itoa(len(places.Rows))},
	}
}
