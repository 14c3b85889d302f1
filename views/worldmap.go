package views

import (
	"strconv"

	"signpost/store"
)

// mapPoint is a place on the map of the world, whose unit is a degree: x grows from 180 west to the east, y from the
// north pole to the south.
type mapPoint struct{ x, y, label string }

// mapPoint gives where the sign-in is believed to be from; nil where the record has no coordinates, and for 0,0, which is
// no place.
func (p DetailsPage) mapPoint() *mapPoint {
	c := p.signIn().Coordinates
	if !c.Set || c.Latitude == 0 && c.Longitude == 0 || c.Latitude < -90 || c.Latitude > 90 || c.Longitude < -180 || c.Longitude > 180 {
		return nil
	}
	degrees := func(f float64) string { return strconv.FormatFloat(f, 'f', 2, 64) }
	place := Place(p.signIn())
	if place == Empty {
		place = coordinatesText(store.Coordinates{Latitude: c.Latitude, Longitude: c.Longitude})
	}
	return &mapPoint{x: degrees(c.Longitude + 180), y: degrees(90 - c.Latitude), label: "Map of the world with a marker at " + place}
}
