package importer

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"signpost/store"
	"signpost/store/demo"
)

// demoDay is a made-up day, written in every format.
func demoDay(rows int, seed uint64) demo.Options {
	return demo.Options{Rows: rows, Seed: seed, Days: 1, Until: time.Date(2026, 11, 29, 0, 0, 0, 0, time.UTC)}
}

// writtenIn writes a made-up day in a format and gives the files as uploads.
func writtenIn(t *testing.T, format string, opts demo.Options) (files []File) {
	t.Helper()
	dir := t.TempDir()
	must(t, demo.WriteAs(t.Context(), dir, format, opts))
	entries, err := os.ReadDir(dir)
	must(t, err)
	for _, entry := range entries {
		files = append(files, File{Path: filepath.Join(dir, entry.Name()), Name: entry.Name(), Uploaded: true})
	}
	return files
}

func importInto(t *testing.T, w *fakeWriter, now time.Time, files []File) {
	t.Helper()
	reports, err := New(w, Options{Now: func() time.Time { return now }}).Files(t.Context(), files...)
	must(t, err)
	for _, r := range reports {
		if r.RejectedTotal > 0 || r.Unreadable > 0 {
			t.Fatalf("%s: %d rejected %v, %d not read: %q", r.Path, r.RejectedTotal, r.Rejected[:min(2, len(r.Rejected))], r.Unreadable, r.CannotShow)
		}
	}
}

// mergedIn gives the sign-ins of a writer by log and ID, each merged from its copies.
func mergedIn(w *fakeWriter) map[string]*store.SignIn {
	merged := map[string]*store.SignIn{}
	for key, versions := range w.rows {
		versions = slices.Clone(versions)
		store.SignIns.SortVersions(versions)
		merged[key] = store.SignIns.Merge(versions).(*store.SignIn)
	}
	return merged
}

// valueOf gives a value as a text; empty for one that says nothing.
func valueOf(p *store.Property, s *store.SignIn) string {
	switch {
	case p.Text != nil:
		text := strings.ToLower(*p.Text(s))
		if text == "other." || p.Enum && (text == "none" || text == "unknownfuturevalue") {
			return ""
		}
		return text
	case p.Int != nil && p.Int(s).Set:
		return fmt.Sprint(p.Int(s).N)
	case p.Bool != nil && *p.Bool(s) != store.Unset:
		return fmt.Sprint(*p.Bool(s))
	}
	return ""
}

// listsOf gives the lists of a sign-in as texts. Times are cut to whole seconds, which most formats have.
func listsOf(s *store.SignIn) map[store.Collection]string {
	steps := slices.Clone(s.AuthenticationDetails)
	for i := range steps {
		steps[i].Time = steps[i].Time.Truncate(time.Second)
	}
	policies := slices.Clone(s.AppliedConditionalAccessPolicies)
	for i, p := range policies { // Graph's v1.0 has no more of a policy
		policies[i] = store.AppliedPolicy{ID: p.ID, DisplayName: p.DisplayName, Result: p.Result, GrantControls: p.GrantControls}
	}
	return map[store.Collection]string{
		store.CollectionPolicies:              fmt.Sprint(policies),
		store.CollectionAuthenticationDetails: fmt.Sprint(steps),
		store.CollectionProcessingDetails:     fmt.Sprint(s.AuthenticationProcessingDetails),
		store.CollectionNetworks:              fmt.Sprint(s.NetworkLocationDetails),
		store.CollectionRiskEventTypes:        fmt.Sprint(s.RiskEventTypes),
		store.CollectionMethodsUsed:           fmt.Sprint(s.AuthenticationMethodsUsed),
	}
}

// TestADayInEveryFormat: a day in each format gives the same sign-ins. What is missing is what the format is said to lack.
func TestADayInEveryFormat(t *testing.T) {
	opts := demoDay(80, 3)
	original := newFakeWriter()
	importInto(t, original, opts.Until, writtenIn(t, AzureMonitor, opts))
	want := mergedIn(original)
	precision := map[string]time.Duration{
		LogAnalyticsCSV: time.Millisecond, LogAnalyticsJSON: time.Microsecond, LogAnalyticsQuery: time.Microsecond, DefenderCSV: time.Microsecond,
		EventHub: time.Microsecond, EventHubCapture: time.Microsecond,
	}
	for _, format := range demo.Formats()[1:] {
		t.Run(format, func(t *testing.T) {
			w := newFakeWriter()
			importInto(t, w, opts.Until, writtenIn(t, format, opts))
			got := mergedIn(w)
			kept := format
			if format == demo.FormatGraphV1 {
				kept = formatGraphV1
			}
			wrong := map[string]string{}
			found := 0
			for key, a := range want {
				b, ok := got[key]
				if !ok {
					continue
				}
				found++
				lacks := CannotShowOf(kept, a.Log)
				if format == PowerShellCSV {
					lacks.Properties = slices.Concat(lacks.Properties, shallow)
				}
				for _, p := range store.SignIns.Properties {
					if p.Set != nil || p.MadeUp || p == store.StatedStatus && format == PortalCSV || p == store.IsCAEToken {
						continue
					}
					x, y := valueOf(p, a), valueOf(p, b)
					if format == DefenderCSV && x == "hidden" {
						x = "" // Defender has no such level
					}
					switch isLacking := slices.Contains(lacks.Properties, p); {
					case isLacking && y != "":
						wrong[p.Name] = fmt.Sprintf("%s: is said to be lacking and is %q", a.Log, y)
					case !isLacking && x != y:
						wrong[p.Name] = fmt.Sprintf("%s: %q, want %q", a.Log, y, x)
					}
				}
				lists := listsOf(b)
				for list, x := range listsOf(a) {
					isLacking := slices.Contains(lacks.Lists, list)
					if y := lists[list]; isLacking && y != "[]" || !isLacking && x != y && len(original.rows[key]) == 1 && !strings.HasPrefix(kept, "log-analytics") {
						wrong[list.Name()] = fmt.Sprintf("%s: %s, want %s", a.Log, y, x)
					}
				}
				if unit := cmp.Or(precision[format], time.Second); !b.Time.Equal(a.Time.Truncate(unit)) && !b.TimeIsIngestion {
					wrong["time"] = fmt.Sprintf("%s: %s, want %s", a.Log, b.Time, a.Time)
				}
			}
			for name, problem := range wrong {
				t.Errorf("%s of %s", name, problem)
			}
			missing := len(got) - found
			if format == PowerShellCSV { // managed identities go by what they carry
				missing = 0
			}
			if found == 0 || missing > 0 {
				t.Errorf("%d of the sign-ins are there, and %d others", found, len(got)-found)
			}
		})
	}
}

// TestOrdersOfFormats: a record that comes in three formats is one sign-in, with the richest value of every field, whatever
// comes first.
func TestOrdersOfFormats(t *testing.T) {
	formats := []string{AzureMonitor, Graph, demo.FormatGraphV1, PortalCSV, LogAnalyticsCSV, PowerShellJSON}
	opts, every := demoDay(40, 5), 5
	if os.Getenv("SIGNPOST_SOAK") != "" {
		opts, every = demoDay(200, 5), 1
	}
	files, tried := map[string][]File{}, 0

	alone := map[string]map[string]*store.SignIn{}
	for _, format := range formats {
		files[format] = writtenIn(t, format, opts)
		w := newFakeWriter()
		importInto(t, w, opts.Until, files[format])
		alone[format] = mergedIn(w)
	}
	orders := [][3]int{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}}
	for a := range formats {
		for b := a + 1; b < len(formats); b++ {
			for c := b + 1; c < len(formats); c++ {
				if tried++; tried%every != 0 {
					continue
				}
				three := []string{formats[a], formats[b], formats[c]}
				var first map[string]*store.SignIn
				for _, order := range orders {
					w := newFakeWriter()
					for i, place := range order {
						importInto(t, w, opts.Until.Add(time.Duration(i+1)*time.Hour), files[three[place]])
					}
					got := mergedIn(w)
					if first == nil {
						first = got
						continue
					}
					if diff := differences(first, got); diff != "" {
						t.Fatalf("%v in the order %v differs:\n%s", three, order, diff)
					}
				}
				for _, format := range three {
					if missing := poorer(first, alone[format]); missing != "" {
						t.Errorf("%v: %s alone tells more: %s", three, format, missing)
					}
				}
			}
		}
	}
}

// differences compares sign-ins but for what only orders copies.
func differences(a, b map[string]*store.SignIn) string {
	if len(a) != len(b) {
		return fmt.Sprintf("%d sign-ins and %d", len(a), len(b))
	}
	for key := range a {
		if diff := gocmp.Diff(a[key], b[key], gocmp.AllowUnexported(store.SignIn{}, store.Common{})); diff != "" {
			return key + "\n" + diff
		}
	}
	return ""
}

// poorer names what one copy has and the merged sign-in does not.
func poorer(merged, alone map[string]*store.SignIn) string {
	for key, b := range alone {
		a := merged[key]
		if a == nil {
			return key
		}
		for _, p := range store.SignIns.Properties {
			if p.Set == nil && valueOf(p, b) != "" && valueOf(p, a) == "" {
				return key + " " + p.Name
			}
		}
		lists := listsOf(a)
		for list, text := range listsOf(b) {
			if text != "[]" && lists[list] == "[]" {
				return key + " " + list.Name()
			}
		}
		if !b.Time.Equal(b.Time.Truncate(time.Second)) && !b.TimeIsIngestion && a.Time.Equal(a.Time.Truncate(time.Second)) {
			return key + " the exact time"
		}
	}
	return ""
}
