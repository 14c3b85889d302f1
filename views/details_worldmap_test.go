package views

import (
	"testing"

	"signpost/store"
)

func TestMapPoint(t *testing.T) {
	tests := []struct {
		name   string
		signIn store.SignIn
		want   *mapPoint
	}{
		{"a place", store.SignIn{City: "Oslo", CountryOrRegion: "NO", Coordinates: store.Coordinates{Latitude: 59.913, Longitude: 10.752, Set: true}}, &mapPoint{"190.75", "30.09", "Map of the world with a marker at Oslo, Norway"}},
		{"south and west, no name", store.SignIn{Coordinates: store.Coordinates{Latitude: -33.5, Longitude: -70.6, Set: true}}, &mapPoint{"109.40", "123.50", "Map of the world with a marker at -33.5, -70.6"}},
		{"none", store.SignIn{City: "Oslo"}, nil},
		{"0,0 is no place", store.SignIn{Coordinates: store.Coordinates{Set: true}}, nil},
		{"not on the globe", store.SignIn{Coordinates: store.Coordinates{Latitude: 91, Longitude: 1, Set: true}}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := DetailsPage{Record: store.Record{Entry: test.signIn.Clone()}}.mapPoint()
			if (got == nil) != (test.want == nil) || got != nil && *got != *test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}
