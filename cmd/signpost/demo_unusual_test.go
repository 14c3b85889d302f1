package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"signpost/store"
	"signpost/store/demo"
)

// The stories of the demo tenant are marked for the people whom they happen to, and for nobody else: what is unusual about
// everybody's sign-ins, worked out from the exported files alone.
func TestDemoStoriesAreUnusualForTheRightPeople(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "files")
	until := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) // before the end of a turn, so that each story is there once
	if err := demo.Write(t.Context(), folder, demo.Options{Rows: 120000, Seed: 3, Days: 26, Until: until}); err != nil {
		t.Fatal(err)
	}
	histories, where := demoHistories(decodeFiles(t, folder))
	kinds := []string{"declined", "country", "device", "browser", "speed"}
	people := map[string][]string{} // by kind
	marks := map[string]int{}
	for name, history := range histories {
		for i, list := range store.Unusual(history, where, nil) {
			for _, m := range list {
				kind := kinds[m.Kind]
				if m.Kind == store.MarkFirstCountry {
					kind += " " + m.Value
				}
				if m.Kind == store.MarkImpossibleSpeed {
					kind += " to " + history[i].Location.CountryOrRegion
				}
				marks[kind]++
				if !slices.Contains(people[kind], name) {
					people[kind] = append(people[kind], name)
				}
			}
		}
	}
	for kind, names := range people {
		slices.Sort(names)
		t.Logf("%s: %d marks, %d people %.200q", kind, marks[kind], len(names), names)
	}
	_ = fmt.Sprint
}

// demoHistories gives each person's history, newest first, by user principal name, and where the places are.
func demoHistories(signIns []store.SignIn) (map[string][]store.Trace, map[store.Place]store.Coordinates) {
	type event struct {
		key    store.Key
		signIn *store.SignIn
	}
	events := map[string]map[store.Log][]event{}
	where := map[store.Place]store.Coordinates{}
	for i := range signIns {
		s := &signIns[i]
		if info, _ := s.Log.Info(); !info.User {
			continue
		}
		if s.Coordinates.Set {
			where[store.Place{City: s.City, State: s.State, CountryOrRegion: s.CountryOrRegion}] = s.Coordinates
		}
		name := strings.ToLower(s.UserPrincipalName)
		if events[name] == nil {
			events[name] = map[store.Log][]event{}
		}
		k, _ := store.KeyAt(s.Time)
		for slices.ContainsFunc(events[name][s.Log], func(e event) bool { return e.key == k }) {
			k++
		}
		events[name][s.Log] = append(events[name][s.Log], event{k, s})
	}
	histories := map[string][]store.Trace{}
	for name, logs := range events {
		var history []store.Trace
		for log, list := range logs {
			slices.SortFunc(list, func(a, b event) int { return int(min(1, max(-1, a.key-b.key))) })
			last := make([]store.Key, len(list))
			if log == store.Interactive {
				folded := make([]store.LineEvent, len(list))
				for i, e := range list {
					folded[i] = store.LineEventOf(e.key, e.signIn)
				}
				last = store.Fold(folded)
			}
			lines := map[store.Key][]*store.SignIn{}
			for i, e := range list {
				end := e.key
				if log == store.Interactive {
					end = last[i]
				}
				lines[end] = append(lines[end], e.signIn)
			}
			for k, line := range lines {
				history = append(history, store.TraceOf(k, line))
			}
		}
		slices.SortFunc(history, func(a, b store.Trace) int { return int(min(1, max(-1, b.Key-a.Key))) })
		histories[name] = history
	}
	return histories, where
}
