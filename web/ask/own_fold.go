package ask

import (
	"slices"
	"time"

	"signpost/store"
)

// OwnFold is the background refreshes of one device on one day of the person's zone. What is unusual and not answered stays a
// row of its own, and so does what the person answered.
type OwnFold struct {
	// N counts them, Failed those that did not succeed.
	N, Failed int64
	// Example is the newest one; all have its device. Browser is the one of all, empty where there are several. First is the
	// time of the oldest.
	Example store.Trace
	Browser string
	First   time.Time
	// Day is the start of the day in the person's zone, NextDay its end.
	Day, NextDay time.Time
	// Covered says that they came from the place and device of a sign-in that the person answered.
	Covered bool
	// Apps and Places are where they went and came from, the most frequent first; see Describe.
	Apps   []string
	Places []store.Place
	// Members are the newest ones as rows, where they were asked for.
	Members []OwnSignIn

	// members are all, by their place in the answer, newest first.
	members []int
}

// Key is the place of the fold in the list, which names it in addresses.
func (f *OwnFold) Key() store.Cursor { return f.Example.Cursor() }

// foldKey is what the sign-ins of one fold have in common.
type foldKey struct {
	day     int64
	device  string
	covered bool
}

// Fold leaves one sign-in of each fold in what was found, its newest, and gives the folds by these. device names the device of
// a sign-in; it is called once for those of one name and system. A fold of one sign-in is no fold.
func (o *OwnSignIns) Fold(found []int, zone *time.Location, device func(*store.Trace) string) (lines []int, folds map[int]*OwnFold) {
	leads := map[foldKey]*OwnFold{}
	names := map[[2]string]string{}
	folds = map[int]*OwnFold{}
	lines = make([]int, 0, len(found))
	var day, nextDay time.Time // around the last sign-in: they stand newest first
	for _, i := range found {
		t := &o.history[i]
		if !o.isFoldable(i) {
			lines = append(lines, i)
			continue
		}
		at := t.Time()
		if day.IsZero() || at.Before(day) {
			day, nextDay = dayIn(zone, at)
		}
		system := [2]string{t.DeviceDisplayName, t.OperatingSystem}
		name, known := names[system]
		if !known {
			name = device(t)
			names[system] = name
		}
		key := foldKey{day.Unix(), name, len(o.marks[i]) > 0}
		fold := leads[key]
		if fold == nil {
			fold = &OwnFold{Example: *t, Browser: t.Browser, Day: day, NextDay: nextDay, Covered: key.covered}
			leads[key], folds[i] = fold, fold
			lines = append(lines, i)
		}
		fold.N++
		if t.Status != store.StatusSuccess {
			fold.Failed++
		}
		if t.Browser != fold.Browser {
			fold.Browser = ""
		}
		fold.First, fold.members = at, append(fold.members, i)
	}
	for i, fold := range folds {
		if fold.N == 1 {
			delete(folds, i)
		}
	}
	return lines, folds
}

// isFoldable says that the person has nothing to look at in the sign-in.
func (o *OwnSignIns) isFoldable(i int) bool {
	t := &o.history[i]
	if t.Log != store.NonInteractive {
		return false
	}
	_, answered := o.said[t.Cursor()]
	return !answered && (len(o.marks[i]) == 0 || o.isCovered(t))
}

// Describe fills in the applications and places of a fold. app names the application of a sign-in.
func (o *OwnSignIns) Describe(f *OwnFold, app func(*store.Trace) string) {
	apps, places := map[string]int{}, map[store.Place]int{}
	for _, i := range f.members {
		t := &o.history[i]
		if name := app(t); apps[name] == 0 {
			f.Apps = append(f.Apps, name)
		}
		apps[app(t)]++
		if !t.Location.IsZero() && places[t.Location] == 0 {
			f.Places = append(f.Places, t.Location)
		}
		places[t.Location]++
	}
	slices.SortStableFunc(f.Apps, func(a, b string) int { return apps[b] - apps[a] })
	slices.SortStableFunc(f.Places, func(a, b store.Place) int { return places[b] - places[a] })
}

// dayIn gives the ends of the day of an instant in a zone.
func dayIn(zone *time.Location, at time.Time) (day, next time.Time) {
	y, m, d := at.In(zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, zone), time.Date(y, m, d+1, 0, 0, 0, 0, zone)
}

// holds says whether the sign-in at a place is one of the fold.
func (o *OwnSignIns) holds(f *OwnFold, at store.Cursor) bool {
	_, found := slices.BinarySearchFunc(f.members, at, o.comparePlace)
	return found
}

// Opened gives the fold of a page that the sign-in at a place belongs to, with up to limit of its newest members to read; nil
// where none of them does.
func (o *OwnSignIns) Opened(page []int, folds map[int]*OwnFold, at store.Cursor, limit int) (fold *OwnFold, members []int) {
	for _, i := range page {
		if fold = folds[i]; fold != nil && o.holds(fold, at) {
			return fold, fold.members[:min(len(fold.members), limit)]
		}
	}
	return nil, nil
}
