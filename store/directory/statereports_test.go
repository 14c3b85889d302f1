package directory

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"signpost/store"
)

// reportFile is a file of a report: its rows and what it is.
type reportFile struct {
	rows     []store.StateRow
	kind     store.StateKind
	date     time.Time
	part     store.ReportPart
	received time.Time
}

// importFile writes a file as an import does: the rows in batches, then what the file is.
func importFile(t *testing.T, db *DB, id int64, f reportFile) {
	t.Helper()
	at := directoryTime.AddDate(1, 0, 0).Add(time.Duration(id) * time.Minute)
	for i := range f.rows {
		if _, err := db.PutDirectory(t.Context(), id, store.DirectoryBatch{States: f.rows[i : i+1], At: at, Received: f.received}); err != nil {
			t.Fatal(err)
		}
	}
	batch := store.DirectoryBatch{Reports: []store.ReportFile{{Kind: f.kind, Date: f.date, Part: f.part}}, At: at, Received: f.received}
	if _, err := db.PutDirectory(t.Context(), id, batch); err != nil {
		t.Fatal(err)
	}
}

// orders gives every order of n things.
func orders(n int) (all [][]int) {
	if n == 0 {
		return [][]int{{}}
	}
	for _, rest := range orders(n - 1) {
		for at := range n {
			all = append(all, slices.Insert(slices.Clone(rest), at, n-1))
		}
	}
	return all
}

// statesOf is all that the directory tells of reports, without the times of imports.
func statesOf(t *testing.T, db *DB) string {
	t.Helper()
	var text strings.Builder
	for _, former := range []bool{false, true} {
		for _, gone := range []bool{false, true} {
			page, err := db.Registrations(t.Context(), store.RegistrationsQuery{Former: former, Gone: gone, Limit: 50})
			if err != nil {
				t.Fatal(err)
			}
			counts, err := db.CountRegistrations(t.Context(), store.RegistrationsQuery{Former: former, Gone: gone})
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintln(&text, former, gone, page.Total, counts.Rows, counts.States[store.MFACapable], counts.Methods)
			for _, r := range page.Rows {
				fmt.Fprintln(&text, r.ID, r.Methods, r.Updated, r.Gone)
			}
		}
	}
	for _, gone := range []bool{false, true} {
		page, err := db.AppCredentials(t.Context(), store.AppCredentialsQuery{Gone: gone})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range page.Rows {
			fmt.Fprintln(&text, gone, c.KeyID, c.InReport, c.Reported.Time, c.Gone)
		}
	}
	parties, err := db.RelyingParties(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range parties {
		fmt.Fprintln(&text, p.ID, p.Migration, p.Gone)
	}
	told, err := db.StatesTold(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range store.StateKinds() {
		fmt.Fprintln(&text, kind, told[kind].N, told[kind].Gone, told[kind].FirstDate, told[kind].LastDate, told[kind].Whole)
	}
	var report store.Checkup
	if err := db.Check(t.Context(), &report); err != nil || report.Total > 0 {
		t.Errorf("the check finds %+v, %v", report, err)
	}
	return text.String()
}

// Three files of each report come in in every order, and the states are the same. Those of the newest whole file count, with those
// of a newer part.
func TestOrderOfReportsChangesNothing(t *testing.T) {
	day := func(n int) time.Time { return directoryTime.AddDate(0, 0, n) }
	person := func(n, updated int, methods ...string) store.StateRow {
		return &store.Registration{ID: id(n), Name: fmt.Sprint("Name ", n), MFACapable: store.BoolOf(len(methods) > 0), Methods: methods, Updated: day(updated)}
	}
	former := func(n int, methods ...string) store.StateRow {
		return &store.Registration{ID: id(n), Name: fmt.Sprint("Name ", n), Methods: methods, Former: true}
	}
	key := func(name string, last int) store.StateRow {
		return &store.CredentialActivity{KeyID: name, AppID: "a", Last: store.LastUse{Time: day(last)}}
	}
	party := func(name, migration string) store.StateRow {
		return &store.RelyingParty{ID: name, Name: name, Migration: migration}
	}
	for name, tt := range map[string]struct {
		files []reportFile
		want  []string
	}{
		"registrations": {
			[]reportFile{
				{[]store.StateRow{person(1, 1, "email"), person(2, 1, "email"), person(3, 1)}, store.StateRegistration, day(1), "", day(90)},
				{[]store.StateRow{person(1, 2, "email", "fido"), person(2, 1, "email")}, store.StateRegistration, day(2), "", day(91)},
				{[]store.StateRow{person(4, 3, "sms"), person(2, 3, "sms")}, store.StateRegistration, day(3), store.PartPage, day(92)},
			},
			[]string{"false false 3 3", "[email fido]", id(2) + " [sms]", "false true 1 1", id(3) + " [] " + day(1).String() + " " + day(2).String()},
		},
		"registrations, each older file lacks nobody": {
			[]reportFile{
				{[]store.StateRow{person(1, 1)}, store.StateRegistration, day(1), "", day(90)},
				{[]store.StateRow{person(1, 2), person(2, 2)}, store.StateRegistration, day(2), "", day(90)},
				{[]store.StateRow{person(3, 3)}, store.StateRegistration, day(3), "", day(90)},
			},
			[]string{"false false 1 1", "false true 2 2", id(1) + " [] " + day(2).String() + " " + day(3).String(), id(2) + " [] " + day(2).String() + " " + day(3).String()},
		},
		"the older report, by the times of the files": {
			[]reportFile{
				{[]store.StateRow{former(1, "email"), former(2, "email")}, store.StateFormerRegistration, day(1), "", day(1)},
				{[]store.StateRow{former(1, "mobileSMS"), former(3, "email")}, store.StateFormerRegistration, day(2), "", day(2)},
				{[]store.StateRow{former(3, "appCode")}, store.StateFormerRegistration, day(3), store.PartFiltered, day(3)},
			},
			[]string{"true false 2 2", id(1) + " [mobileSMS]", id(3) + " [appCode]", "true true 1 1", id(2)},
		},
		"credentials": {
			[]reportFile{
				{[]store.StateRow{key("k1", 1), key("k2", 1)}, store.StateCredentialActivity, day(1), "", day(90)},
				{[]store.StateRow{key("k1", 2), key("k3", 1)}, store.StateCredentialActivity, day(2), "", day(90)},
				{[]store.StateRow{key("k3", 3), key("k1", 2)}, store.StateCredentialActivity, day(3), "", day(90)},
			},
			[]string{"false k1 true", "false k3 true " + day(3).String(), "true k2 false " + day(1).String() + " " + day(2).String()},
		},
		"relying parties": {
			[]reportFile{
				{[]store.StateRow{party("a", "ready"), party("b", "ready")}, store.StateRelyingParty, day(1), "", day(1)},
				{[]store.StateRow{party("a", "needsReview"), party("c", "ready")}, store.StateRelyingParty, day(2), "", day(2)},
				{[]store.StateRow{party("b", "needsReview")}, store.StateRelyingParty, day(1).Add(time.Hour), store.PartOneRow, day(1).Add(time.Hour)},
			},
			[]string{"a needsReview 0001", "b needsReview " + day(2).String(), "c ready 0001"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var first string
			for _, order := range orders(3) {
				db := openNew(t)
				for at, file := range order {
					importFile(t, db, int64(at+1), tt.files[file])
				}
				got := statesOf(t, db)
				if first == "" {
					first = got
					for _, want := range tt.want {
						if !strings.Contains(got, want) {
							t.Errorf("not told: %s\n%s", want, got)
						}
					}
				}
				if diff := cmp.Diff(first, got); diff != "" {
					t.Errorf("in the order %v (-first +got):\n%s", order, diff)
				}
			}
		})
	}
}

// A file that turns out to be a page takes nobody out any more.
func TestFileThatIsAPageAfterAll(t *testing.T) {
	db := openNew(t)
	all := people(6)
	importFile(t, db, 1, reportFile{rows: all, kind: store.StateRegistration, date: directoryTime})
	importFile(t, db, 2, reportFile{rows: all[:2], kind: store.StateRegistration, date: directoryTime.Add(time.Hour)})
	count := func() (counts, gone int64) {
		for _, of := range []struct {
			gone bool
			n    *int64
		}{{false, &counts}, {true, &gone}} {
			got, err := db.CountRegistrations(t.Context(), store.RegistrationsQuery{Gone: of.gone})
			if err != nil {
				t.Fatal(err)
			}
			*of.n = got.Rows
		}
		return counts, gone
	}
	if n, gone := count(); n != 2 || gone != 4 {
		t.Errorf("%d rows count and %d are gone", n, gone)
	}
	fresh, err := db.NewRegistrations(t.Context(), directoryTime, store.RegistrationsQuery{})
	if err != nil || len(fresh) > 0 {
		t.Errorf("new %v, %v", fresh, err)
	}
	batch := store.DirectoryBatch{At: directoryTime, Reports: []store.ReportFile{{Kind: store.StateRegistration, Import: 2, Part: store.PartOfPages}, {Kind: store.StateRegistration, Date: directoryTime.Add(time.Hour), Part: store.PartPage}}}
	if _, err := db.PutDirectory(t.Context(), 3, batch); err != nil {
		t.Fatal(err)
	}
	if n, gone := count(); n != 6 || gone != 0 {
		t.Errorf("%d rows count and %d are gone", n, gone)
	}
}

// A check finds a row whose mark does not follow from the files.
func TestCheckFindsWrongMarks(t *testing.T) {
	db := openNew(t)
	importFile(t, db, 1, reportFile{rows: people(3), kind: store.StateRegistration, date: directoryTime})
	if _, err := db.writer.Exec("UPDATE states SET seen = seen - 1 WHERE id = ?", id(1)); err != nil {
		t.Fatal(err)
	}
	var report store.Checkup
	if err := db.Check(t.Context(), &report); err != nil || report.Total != 1 {
		t.Errorf("%+v, %v", report, err)
	}
}

// Pages that come in one by one take nobody out: not the last one, which names no further page, and in no order. A file with all
// their rows is the whole report, and so is a file of another day.
func TestPagesThatComeInOneByOne(t *testing.T) {
	all := people(6)
	noon := directoryTime.Add(12 * time.Hour)
	file := func(part store.ReportPart, received time.Time, rows ...store.StateRow) reportFile {
		return reportFile{rows: rows, kind: store.StateRegistration, date: received, part: part, received: received}
	}
	older := file("", noon.AddDate(0, 0, -30), all...)
	pages := []reportFile{file(store.PartPage, noon, all[:2]...), file(store.PartPage, noon.Add(time.Minute), all[2:4]...), file("", noon.Add(2*time.Minute), all[4])}
	for _, order := range orders(3) {
		db := openNew(t)
		importFile(t, db, 1, older)
		for at, page := range order {
			importFile(t, db, int64(at+2), pages[page])
		}
		expect := func(what string, n, gone int64, part, whole time.Time) {
			t.Helper()
			told, err := db.StatesTold(t.Context(), nil)
			if got := told[store.StateRegistration]; err != nil || got.N != n || got.Gone != gone || !got.Part.Equal(part) || !got.Whole.Equal(whole) {
				t.Errorf("%v, %s: %+v, %v", order, what, got, err)
			}
			var report store.Checkup
			if err := db.Check(t.Context(), &report); err != nil || report.Total > 0 {
				t.Errorf("%v, %s: the check finds %+v, %v", order, what, report, err)
			}
		}
		last := noon.Add(2 * time.Minute)
		expect("after the pages", 6, 0, last, older.date)
		importFile(t, db, 5, file("", noon.Add(time.Hour), all[:5]...)) // the pages in one file
		expect("after the whole answer", 5, 1, last, noon.Add(time.Hour))
		importFile(t, db, 6, file("", noon.AddDate(0, 0, 7), all[:2]...))
		expect("a week later", 2, 4, last, noon.AddDate(0, 0, 7))
	}
	// The import says that it is taken for a page.
	db := openNew(t)
	importFile(t, db, 1, pages[0])
	batch := store.DirectoryBatch{At: noon, Received: noon, States: []store.StateRow{all[4]}, Reports: []store.ReportFile{{Kind: store.StateRegistration, Date: noon}}}
	if _, err := db.PutDirectory(t.Context(), 2, batch); err != nil || batch.Reports[0].Part != store.PartNearPage {
		t.Errorf("the file is %+v, %v", batch.Reports, err)
	}
}
