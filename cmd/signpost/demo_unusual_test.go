package main

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"signpost/store"
	"signpost/store/demo"
	"signpost/store/importer"
	"signpost/store/kinds"
)

// markedPeople counts the marks of one kind by person. The key is the user principal name without its domain.
type markedPeople map[string]int

// demoMarks finds the marks of the tenant's people between two days, by kind, from the exported records alone. It
// looks at the people of the stories and at one in ten of the others.
func demoMarks(t *testing.T, rows int, seed uint64, from, until time.Time, isSampled func(name string) bool) map[store.MarkKind]markedPeople {
	t.Helper()
	tenant, err := demo.New(demo.Options{Rows: rows, Seed: seed, From: from, Until: until})
	if err != nil {
		t.Fatal(err)
	}
	var signIns []store.SignIn
	decode := importer.Decoder(kinds.Catalog)
	for _, day := range tenant.Days() {
		var records bytes.Buffer
		if err := tenant.Day(t.Context(), day, &records); err != nil {
			t.Fatal(err)
		}
		for line := range bytes.Lines(records.Bytes()) {
			user := userPattern.FindSubmatch(line)
			if user == nil || !isSampled(strings.ToLower(string(user[1]))) {
				continue
			}
			s, err := decode("", line)
			if err != nil {
				t.Fatal(err)
			}
			signIns = append(signIns, *s.(*store.SignIn))
		}
	}
	histories, where := demoHistories(signIns)
	found := map[store.MarkKind]markedPeople{}
	for name, history := range histories {
		for _, marks := range store.Unusual(history, where, nil) {
			for _, m := range marks {
				if found[m.Kind] == nil {
					found[m.Kind] = markedPeople{}
				}
				found[m.Kind][strings.TrimSuffix(name, "@tidewater-lantern.example")+" "+m.Value]++
			}
		}
	}
	return found
}

var userPattern = regexp.MustCompile(`"userPrincipalName":"([^"]+)"`)

// isTold tells whether a story is about the person.
func isTold(name string) bool {
	return slices.ContainsFunc([]string{"juniper.fern", "caspian.quill", "bram.kettle", "orla.thistle"}, func(s string) bool { return strings.HasPrefix(name, s) })
}

// isTenth chooses one person in ten, and every person of a story.
func isTenth(name string) bool {
	sum := fnv.New32a()
	sum.Write([]byte(name)) //nolint:errcheck // a hash takes everything
	return isTold(name) || sum.Sum32()%10 == 0
}

// of lists the people with the mark and their counts.
func (m markedPeople) of(value string) (people []string) {
	for name, n := range m {
		if name, ok := strings.CutSuffix(name, " "+value); ok {
			people = append(people, fmt.Sprint(name, " ", n))
		}
	}
	slices.Sort(people)
	return people
}

// The engine marks the stories of the demo tenant for their people, and for nobody else. A story comes back every
// 21 days, so each is looked for in a span without its previous time.
func TestDemoStoriesAreUnusualForTheRightPeople(t *testing.T) {
	t.Parallel()
	day := func(d int) time.Time { return time.Date(2026, 11, d, 0, 0, 0, 0, time.UTC) }
	found := demoMarks(t, 200000, 5, day(1), day(22), isTenth)
	expect := func(what string, got []string, want ...string) {
		t.Helper()
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", what, got, want)
		}
	}
	countries := found[store.MarkFirstCountry]
	sprayed := countries.of("PY")
	if len(sprayed) != 27 || !slices.Contains(sprayed, "bram.kettlewick 1") {
		t.Errorf("the spray from Paraguay: got %d %q, want 27 of the sample, Bram Kettlewick among them", len(sprayed), sprayed)
	}
	expect("the traveller in Iceland", countries.of("IS"), "caspian.quillmarch 1")
	expect("the traveller in the United States", countries.of("US"), "caspian.quillmarch 1")
	expect("the prompts from Fiji", countries.of("FJ"), "juniper.fernweather 1")
	if len(countries) != 30 {
		t.Errorf("countries: got %d marks, want the 30 of the stories: %v", len(countries), countries)
	}
	devices := found[store.MarkFirstDevice]
	expect("the devices of the spray", devices.of("Linux"), sprayed...)
	expect("the stranger's device", devices.of("Windows10"), "juniper.fernweather 1")
	if len(devices) != 28 {
		t.Errorf("devices: got %d marks, want 28: %v", len(devices), devices)
	}
	expect("declined", found[store.MarkDeniedMFA].of(""), "anselm.larkhollow 1", "farah.oatmeadow 1", "flora.umberfield 1", "juniper.fernweather 1", "kaia.candlewick 1")
	expect("too fast from home to the spray", found[store.MarkImpossibleSpeed].of(""), "emeka.fiddlehaven 1")
	if n := len(found[store.MarkFirstBrowser]); n != 0 {
		t.Errorf("browsers: got %v, want none", found[store.MarkFirstBrowser])
	}
	found = demoMarks(t, 150000, 8, day(9), day(30), isTold)
	expect("the device code from Mongolia, confirmed and used", found[store.MarkFirstCountry].of("MN"), "orla.thistledown 2")
	expect("the device code, confirmed and used", found[store.MarkFirstFlow].of("devicecode"), "orla.thistledown 2")
	expect("the stranger's device with the code", found[store.MarkFirstDevice].of("Windows10"), "juniper.fernweather 1", "orla.thistledown 2")
}

// demoHistories gives each person's history, newest first, by user principal name, and the coordinates of places.
func demoHistories(signIns []store.SignIn) (map[string][]store.Trace, map[store.Place]store.Coordinates) {
	type event struct {
		key    store.Key
		signIn *store.SignIn
	}
	events := map[string]map[store.Log][]event{}
	where := map[store.Place]store.Coordinates{}
	for i := range signIns {
		s := &signIns[i]
		if info, _ := store.SignIns.Log(s.Log); !info.User {
			continue
		}
		if s.Coordinates.Set {
			where[store.Place{City: s.City, State: s.State, CountryOrRegion: s.CountryOrRegion}] = s.Coordinates
		}
		name := strings.ToLower(s.UserPrincipalName)
		if events[name] == nil {
			events[name] = map[store.Log][]event{}
		}
		k := store.KeyAt(s.Time)
		for slices.ContainsFunc(events[name][s.Log], func(e event) bool { return e.key == k }) {
			k = k.Next()
		}
		events[name][s.Log] = append(events[name][s.Log], event{k, s})
	}
	histories := map[string][]store.Trace{}
	for name, logs := range events {
		var history []store.Trace
		for log, list := range logs {
			slices.SortFunc(list, func(a, b event) int { return a.key.Compare(b.key) })
			last := make([]int, len(list))
			if log == store.Interactive {
				folded := make([]store.LineEvent, len(list))
				for i, e := range list {
					folded[i] = store.LineEventOf(e.key, e.signIn)
				}
				last = store.Fold(folded)
			}
			lines := map[int][]*store.SignIn{}
			for i, e := range list {
				end := i
				if log == store.Interactive {
					end = last[i]
				}
				lines[end] = append(lines[end], e.signIn)
			}
			for i, line := range lines {
				history = append(history, store.TraceOf(list[i].key, line))
			}
		}
		slices.SortFunc(history, func(a, b store.Trace) int { return b.Key.Compare(a.Key) })
		histories[name] = history
	}
	return histories, where
}
