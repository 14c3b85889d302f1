package store_test

import (
	"slices"
	"strings"
	"testing"

	"signpost/store"
	"signpost/store/kinds"
)

func TestMappingProblems(t *testing.T) {
	good := func() store.Mapping {
		return store.Mapping{Name: "x", Log: store.Interactive, Headings: []string{"a", "b"}, Fields: map[string]string{"a": "createdDateTime"}}
	}
	for name, test := range map[string]struct {
		change func(*store.Mapping)
		want   []string // parts
	}{
		"good":             {func(*store.Mapping) {}, nil},
		"audit":            {func(m *store.Mapping) { m.Log, m.Fields["a"] = "audit", "activityDateTime" }, nil},
		"no name":          {func(m *store.Mapping) { m.Name = " " }, []string{store.MappingName}},
		"a long name":      {func(m *store.Mapping) { m.Name = strings.Repeat("ä", 81) }, []string{store.MappingName}},
		"no log":           {func(m *store.Mapping) { m.Log = "" }, []string{store.MappingLog}},
		"the portal's log": {func(m *store.Mapping) { m.Log = "access" }, []string{store.MappingLog}},
		"no time":          {func(m *store.Mapping) { m.Fields = map[string]string{"b": "userId"} }, []string{store.MappingTime}},
		"a field twice":    {func(m *store.Mapping) { m.Fields["b"] = "createdDateTime" }, []string{store.MappingHeading}},
		"a heading twice":  {func(m *store.Mapping) { m.Headings = []string{"a", "a"} }, []string{store.MappingHeading}},
		"no such heading":  {func(m *store.Mapping) { m.Fields["c"] = "userId" }, []string{store.MappingHeading}},
		"no such field":    {func(m *store.Mapping) { m.Fields["b"] = "microsoft" }, []string{store.MappingHeading}},
		"a list":           {func(m *store.Mapping) { m.Fields["b"] = "appliedConditionalAccessPolicies" }, []string{store.MappingHeading}},
		"an order":         {func(m *store.Mapping) { m.Dates = "ymd" }, []string{store.MappingDates}},
		"a zone":           {func(m *store.Mapping) { m.Zone = "Mars" }, []string{store.MappingZone}},
		"the server's":     {func(m *store.Mapping) { m.Zone = "Local" }, []string{store.MappingZone}},
	} {
		m := good()
		test.change(&m)
		var got []string
		for _, p := range m.Problems(kinds.Catalog) {
			got = append(got, p.Part)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: got %v, want %v", name, got, test.want)
		}
	}
}

// Every field that a mapping offers has a name and words of its own, within its kind.
func TestMappedFields(t *testing.T) {
	for _, kind := range kinds.Catalog {
		names, times := map[string]bool{}, 0
		for _, f := range kind.MappedFields() {
			if f.Name == "" || f.Label == "" || names[f.Name] {
				t.Errorf("%s: the field %+v", kind.One, f)
			}
			if names[f.Name] = true; f.IsTime {
				times++
			}
		}
		if times != 1 || len(names) < 5 {
			t.Errorf("%s: %d times, %d fields", kind.One, times, len(names))
		}
	}
}
