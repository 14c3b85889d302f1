package ask

import (
	"slices"
	"time"

	"signpost/store"
)

// OwnFold is the background refreshes of one device on one day of the person's zone. A sign-in that is unusual and not
// answered stays a row of its own, and so does one that the person answered.
type OwnFold struct {
	// N counts them; Failed counts those that did not succeed.
	N, Failed int64
	// Example is the newest one; all have its device. Browser is the browser of all, empty where they have several. First is
	// the time of the oldest.
	Example store.Trace
	Browser string
	First   time.Time
	// Day is the start of the day in the person's zone, NextDay its end.
	Day, NextDay time.Time
	// Covered says that they came from the place and device of a sign-in that the person answered.
	Covered bool
	// Apps and Places are their targets and origins, the most frequent first; see Describe.
	Apps   []string
	Places []store.Place
	// Members are the newest ones as rows, where they were asked for.
	Members []OwnSignIn

	// members are all of them, by their index in the answer, newest first.
	members []int
}

// Key is the place of the fold in the list, which names it in addresses.
func (f *OwnFold) Key() store.Cursor { return f.Example.Cursor() }

// folding gathers the folds of one day. A day has a few devices, so they are searched one by one. A map would hash two texts
// for each of thousands of sign-ins.
type folding struct {
	device func(*store.Trace) string
	folds  []foldOf
}

// foldOf is a fold by the device as records spell it. Several spellings may lead to one fold.
type foldOf struct {
	name, system, label string
	covered             bool
	fold                *OwnFold
}

// find gives the fold of a sign-in. It gives nil where the sign-in begins a fold, which add then notes.
func (f *folding) find(t *store.Trace, covered bool) *OwnFold {
	for i := range f.folds {
		if of := &f.folds[i]; of.system == t.OperatingSystem && of.name == t.DeviceDisplayName && of.covered == covered {
			return of.fold
		}
	}
	label := f.device(t)
	for _, of := range f.folds {
		if of.label == label && of.covered == covered {
			f.folds = append(f.folds, foldOf{t.DeviceDisplayName, t.OperatingSystem, label, covered, of.fold})
			return of.fold
		}
	}
	return nil
}

func (f *folding) add(t *store.Trace, covered bool, fold *OwnFold) {
	f.folds = append(f.folds, foldOf{t.DeviceDisplayName, t.OperatingSystem, f.device(t), covered, fold})
}

// Fold keeps only the newest sign-in of each fold among those found, and gives the folds by these. device names the device of
// a sign-in. A single sign-in makes no fold.
func (o *OwnSignIns) Fold(found []int, zone *time.Location, device func(*store.Trace) string) (lines []int, folds map[int]*OwnFold) {
	folds = map[int]*OwnFold{}
	lines = make([]int, 0, len(found)/4)
	of := folding{device: device}
	var day, nextDay time.Time // around the last sign-in: they come newest first
	for _, i := range found {
		if !o.isFoldable(i) {
			lines = append(lines, i)
			continue
		}
		t := &o.history[i]
		at, covered := t.Time(), len(o.marks[i]) > 0
		if day.IsZero() || at.Before(day) {
			day, nextDay = dayIn(zone, at)
			of.folds = of.folds[:0]
		}
		fold := of.find(t, covered)
		if fold == nil {
			fold = &OwnFold{Example: *t, Browser: t.Browser, Day: day, NextDay: nextDay, Covered: covered}
			of.add(t, covered, fold)
			folds[i] = fold
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

// isFoldable says that the sign-in needs no look from the person.
func (o *OwnSignIns) isFoldable(i int) bool {
	t := &o.history[i]
	if t.Log != store.NonInteractive {
		return false
	}
	if len(o.said) == 0 {
		return len(o.marks[i]) == 0
	}
	_, answered := o.said[t.Cursor()]
	return !answered && (len(o.marks[i]) == 0 || o.isCovered(t))
}

// Describe fills in the applications and places of a fold. app names the application of a sign-in.
func (o *OwnSignIns) Describe(f *OwnFold, app func(*store.Trace) string) {
	var apps, places []int // parallel to f.Apps and f.Places: how often each occurs
	for _, i := range f.members {
		t := &o.history[i]
		f.Apps, apps = counted(f.Apps, apps, app(t))
		if !t.Location.IsZero() {
			f.Places, places = counted(f.Places, places, t.Location)
		}
	}
	mostFirst(f.Apps, apps)
	mostFirst(f.Places, places)
}

// counted counts a value in a short list of values.
func counted[T comparable](values []T, counts []int, value T) ([]T, []int) {
	for i := range values {
		if values[i] == value {
			counts[i]++
			return values, counts
		}
	}
	return append(values, value), append(counts, 1)
}

// mostFirst sorts values by how often they were met.
func mostFirst[T comparable](values []T, counts []int) {
	order := make(map[T]int, len(values))
	for i, value := range values {
		order[value] = counts[i]
	}
	slices.SortStableFunc(values, func(a, b T) int { return order[b] - order[a] })
}

// dayIn gives the start and the end of the day of an instant in a zone.
func dayIn(zone *time.Location, at time.Time) (day, next time.Time) {
	y, m, d := at.In(zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, zone), time.Date(y, m, d+1, 0, 0, 0, 0, zone)
}

// holds says whether the sign-in at a place is one of the fold.
func (o *OwnSignIns) holds(f *OwnFold, at store.Cursor) bool {
	_, found := slices.BinarySearchFunc(f.members, at, o.comparePlace)
	return found
}

// Opened finds the fold of a page that has the sign-in at a place. It also gives up to limit of its newest members to read.
// The fold is nil where none has it.
func (o *OwnSignIns) Opened(page []int, folds map[int]*OwnFold, at store.Cursor, limit int) (fold *OwnFold, members []int) {
	for _, i := range page {
		if fold = folds[i]; fold != nil && o.holds(fold, at) {
			return fold, fold.members[:min(len(fold.members), limit)]
		}
	}
	return nil, nil
}
