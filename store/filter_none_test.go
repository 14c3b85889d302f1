package store

import (
	"slices"
	"testing"
)

// WithNone adds to what a filter asks. It gives what With gives value by value.
func TestFilterWithNone(t *testing.T) {
	f := Filter{}.With(RequestField, OpIs, "a").With(RequestField, OpIsNot, "b").With(UserField, OpIsNot, "c")
	want := f.With(RequestField, OpIsNot, "B").With(RequestField, OpIsNot, "D").With(RequestField, OpIsNot, "e")
	values := []string{"e", "D", "d", "B"}
	got := f.WithNone(RequestField, values)
	if got.Values().Encode() != want.Values().Encode() {
		t.Errorf("got %s, want %s", got.Values().Encode(), want.Values().Encode())
	}
	if !slices.Equal(values, []string{"e", "D", "d", "B"}) || f.Values().Encode() != (Filter{}.With(RequestField, OpIs, "a").With(RequestField, OpIsNot, "b").With(UserField, OpIsNot, "c")).Values().Encode() {
		t.Error("it changed what it was given")
	}
	if got := f.WithNone(RequestField, nil); got.Values().Encode() != f.Values().Encode() {
		t.Errorf("without values it gives %s", got.Values().Encode())
	}
}
