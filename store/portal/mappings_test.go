package portal

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"testing"

	"signpost/store"
)

func TestMappingsAreKept(t *testing.T) {
	folder, c := t.TempDir(), newClock()
	p, other := openTestPortal(t, folder), openTestPortal(t, folder)
	want := store.Mapping{
		Name: "Badge", Log: store.Interactive, Headings: []string{"Who", "When", "Ärger, \"x\""}, Fields: map[string]string{"When": "createdDateTime", "Who": "userId"},
		Dates: "dmy", Zone: "Europe/Zurich", By: "ada", Created: c.t,
	}
	got, err := p.AddMapping(t.Context(), want)
	if err != nil || got.ID == 0 {
		t.Fatalf("got %+v, %v", got, err)
	}
	want.ID, want.Headings = got.ID, []string{"When", "Who", "Ärger, \"x\""}
	for name, of := range map[string]*DB{"here": p, "another process": other} {
		if list, err := of.Mappings(t.Context()); err != nil || !reflect.DeepEqual(list, []store.Mapping{want}) {
			t.Errorf("%s: got %+v, %v, want %+v", name, list, err, want)
		}
	}
	if list, err := MappingsOf(t.Context(), folder); err != nil || !reflect.DeepEqual(list, []store.Mapping{want}) {
		t.Errorf("of the folder: got %+v, %v", list, err)
	}
	same := want
	same.Headings = []string{"a", "b"}
	same.Name = "BADGE"
	if _, err := p.AddMapping(t.Context(), same); !errors.Is(err, store.ErrMappingNameTaken) {
		t.Errorf("the name of another: %v", err)
	}
	same.Name, same.Headings = "second", []string{"Ärger, \"x\"", "Who", "When"}
	if _, err := p.AddMapping(t.Context(), same); !errors.Is(err, store.ErrMappingHeadingsTaken) {
		t.Errorf("the headings of another: %v", err)
	}
	same.Headings = []string{"a", "b"}
	second, err := p.AddMapping(t.Context(), same)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.RenameMapping(t.Context(), second.ID, "badge"); !errors.Is(err, store.ErrMappingNameTaken) {
		t.Errorf("renamed to the name of another: %v", err)
	}
	if err := p.RenameMapping(t.Context(), second.ID, " Alpha "); err != nil {
		t.Error(err)
	}
	if err := p.RenameMapping(t.Context(), 999, "x"); !errors.Is(err, store.ErrNoMapping) {
		t.Errorf("renamed: %v", err)
	}
	if list, err := other.Mappings(t.Context()); err != nil || len(list) != 2 || list[0].Name != "Alpha" {
		t.Errorf("got %+v, %v", list, err)
	}
	changed := want
	changed.Name, changed.Log, changed.Fields, changed.Dates, changed.Zone = " Badges ", store.NonInteractive, map[string]string{"Who": "createdDateTime"}, "", "UTC"
	changed.By, changed.Headings = "eve", []string{"gone"}
	if err := p.ChangeMapping(t.Context(), changed); err != nil {
		t.Error(err)
	}
	changed.Name, changed.By, changed.Headings = "Badges", want.By, want.Headings
	if list, err := other.Mappings(t.Context()); err != nil || len(list) != 2 || !reflect.DeepEqual(list[1], changed) {
		t.Errorf("changed: got %+v, %v, want %+v", list, err, changed)
	}
	changed.Name = "ALPHA"
	if err := p.ChangeMapping(t.Context(), changed); !errors.Is(err, store.ErrMappingNameTaken) {
		t.Errorf("changed to the name of another: %v", err)
	}
	changed.ID, changed.Name = 999, "x"
	if err := p.ChangeMapping(t.Context(), changed); !errors.Is(err, store.ErrNoMapping) {
		t.Errorf("changed: %v", err)
	}
	if err := errors.Join(p.RemoveMapping(t.Context(), want.ID), p.RemoveMapping(t.Context(), second.ID)); err != nil {
		t.Error(err)
	}
	if err := p.RemoveMapping(t.Context(), want.ID); !errors.Is(err, store.ErrNoMapping) {
		t.Errorf("removed twice: %v", err)
	}
	for i := range store.MaxMappings + 1 {
		_, err := p.AddMapping(t.Context(), store.Mapping{Name: fmt.Sprint(i), Headings: []string{fmt.Sprint(i)}})
		if (err != nil) != (i == store.MaxMappings) || err != nil && !errors.Is(err, store.ErrTooManyMappings) {
			t.Fatalf("mapping %d: %v", i, err)
		}
	}
}

// A folder without a portal has no mappings, and to ask for them makes none.
func TestMappingsOfAFolderWithoutAPortal(t *testing.T) {
	folder := t.TempDir()
	if list, err := MappingsOf(t.Context(), folder); err != nil || len(list) != 0 {
		t.Errorf("got %v, %v", list, err)
	}
	if entries, err := os.ReadDir(folder); err != nil || len(entries) != 0 {
		t.Errorf("the folder holds %v, %v", entries, err)
	}
}
