package views

import (
	"strconv"
	"strings"

	"signpost/store"
)

// mapPoint is a place on the map of the world. The unit is a degree: x grows from 180 west to the east, y from the north
// pole to the south.
type mapPoint struct{ x, y, label string }

// mapPoint gives the probable place of the sign-in. It is nil if the record has no coordinates, and for 0,0, which is no
// place.
func (p DetailsPage) mapPoint() *mapPoint { return mapPointOf(p.signIn()) }

func mapPointOf(s *store.SignIn) *mapPoint {
	if !onMap(s.Coordinates) {
		return nil
	}
	place := Place(s)
	if place == Empty {
		place = coordinatesText(store.Coordinates{Latitude: s.Coordinates.Latitude, Longitude: s.Coordinates.Longitude})
	}
	c := s.Coordinates
	return &mapPoint{x: degrees(c.Longitude + 180), y: degrees(90 - c.Latitude), label: "Map of the world with a marker at " + place}
}

func onMap(c store.Coordinates) bool {
	return c.Set && (c.Latitude != 0 || c.Longitude != 0) && c.Latitude >= -90 && c.Latitude <= 90 && c.Longitude >= -180 && c.Longitude <= 180
}

func degrees(f float64) string { return strconv.FormatFloat(f, 'f', 2, 64) }

// smallMap is a part of the map that holds some places.
type smallMap struct {
	box    string // the viewBox
	radius string
	points []mapPoint
	label  string
}

// These are the smallest size of the shown part in degrees: about a continent, so that a country is recognised by its
// neighbours.
const (
	smallMapWidth  = 72.0
	smallMapHeight = 36.0
	mapTop         = 4.0 // the polar regions are cut off
	mapBottom      = 146.0
)

// smallMapOf gives the part of the map around some places; nil if none has coordinates.
func smallMapOf(places []store.Place, where map[store.Place]store.Coordinates) *smallMap {
	m := &smallMap{}
	var names []string
	left, right, top, bottom := 360.0, 0.0, 180.0, 0.0
	for _, place := range places {
		c := where[place]
		if !onMap(c) {
			continue
		}
		x, y := c.Longitude+180, 90-c.Latitude
		left, right, top, bottom = min(left, x), max(right, x), min(top, y), max(bottom, y)
		m.points = append(m.points, mapPoint{x: degrees(x), y: degrees(y), label: placeText(place)})
		names = append(names, placeText(place))
	}
	if len(m.points) == 0 {
		return nil
	}
	width := min(360, max(smallMapWidth, (right-left)*1.4, (bottom-top)*1.4*smallMapWidth/smallMapHeight))
	height := width * smallMapHeight / smallMapWidth
	x := min(max(0, (left+right-width)/2), 360-width)
	y := min(max(mapTop, (top+bottom-height)/2), max(mapTop, mapBottom-height))
	m.box = degrees(x) + " " + degrees(y) + " " + degrees(width) + " " + degrees(height)
	m.radius = degrees(width / 45)
	m.label = "Map with a marker at " + strings.Join(names, " and at ")
	return m
}
