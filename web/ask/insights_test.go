package ask

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"signpost/store"
)

// to gives the sign-in to another application, some days after noon.
func to(app, days int, s store.SignIn) store.SignIn {
	s.AppID, s.AppDisplayName = testID(3000+app), fmt.Sprint("App ", app)
	s.Time = noon.AddDate(0, 0, days)
	return s
}

// created gives an imported application.
func created(app int, at time.Time) store.Object {
	return store.Object{Kind: store.ObjectServicePrincipal, ID: testID(5000 + app), AppID: testID(3000 + app), Name: fmt.Sprint("App ", app), Type: "Application", Created: at}
}

func (h *house) put(t *testing.T, objects ...store.Object) {
	t.Helper()
	h.putAll(t, store.DirectoryBatch{Objects: objects, At: noon})
}

func (h *house) putAll(t *testing.T, batch store.DirectoryBatch) {
	t.Helper()
	id, err := h.db.BeginImport(t.Context(), store.ImportFile{Path: "directory"})
	if err == nil {
		_, err = h.db.PutDirectory(t.Context(), id, batch)
	}
	if err == nil {
		err = h.db.EndImport(t.Context(), id, store.ImportReport{})
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestNewestApplication(t *testing.T) {
	microsoft := func(s store.SignIn) store.SignIn {
		s.AppOwnerTenantID = microsoftTenants[0]
		return s
	}
	background := func(s store.SignIn) store.SignIn {
		s.Log = store.NonInteractive
		return s
	}
	owned := created(8, noon.AddDate(0, 0, 9))
	owned.Facts = []store.KeyValue{{Key: "appOwnerOrganizationId", Value: microsoftTenants[1]}}
	machine := created(9, noon.AddDate(0, 0, 9))
	machine.Type = "ManagedIdentity"
	old := to(1, 0, signIn(1, 0))
	for _, tt := range []struct {
		name    string
		signIns []store.SignIn
		objects []store.Object
		want    string // name, time in days after noon, and what dates it; empty for none
	}{
		{"nothing", nil, nil, ""},
		{"only the edge of the data", []store.SignIn{old, to(2, 0, signIn(2, 0))}, nil, ""},
		{"one day after the oldest record", []store.SignIn{old, to(2, 1, signIn(2, 0))}, nil, "App 2, 1, logs"},
		{"the last to appear", []store.SignIn{old, to(2, 3, signIn(2, 0)), to(3, 5, signIn(3, 0)), to(1, 6, signIn(4, 0)), to(2, 7, signIn(5, 0))}, nil, "App 3, 5, logs"},
		{"in the background at first", []store.SignIn{old, background(to(1, 0, signIn(9, 0))), background(to(2, 3, signIn(2, 0))), to(2, 6, signIn(3, 0))}, nil, "App 2, 3, logs"},
		{"none of Microsoft's", []store.SignIn{old, to(2, 3, signIn(2, 0)), microsoft(to(3, 5, signIn(3, 0)))}, nil, "App 2, 3, logs"},
		{"the directory dates it", []store.SignIn{old, to(2, 3, signIn(2, 0))}, []store.Object{created(2, noon.AddDate(0, 0, 2))}, "App 2, 2, directory"},
		{"old by the directory, new in the logs", []store.SignIn{old, to(2, 3, signIn(2, 0)), to(3, 5, signIn(3, 0))}, []store.Object{created(3, noon.AddDate(-1, 0, 0))}, "App 2, 3, logs"},
		{"created and never used", []store.SignIn{old, to(2, 3, signIn(2, 0))}, []store.Object{created(4, noon.AddDate(0, 0, 6))}, "App 4, 6, directory"},
		{"Microsoft's and machines of the directory", []store.SignIn{old, to(2, 3, signIn(2, 0))}, []store.Object{owned, machine}, "App 2, 3, logs"},
		{"created in the future", []store.SignIn{old, to(2, 3, signIn(2, 0))}, []store.Object{created(4, noon.AddDate(0, 0, 11))}, "App 2, 3, logs"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := holding(t, tt.signIns...)
			h.put(t, tt.objects...)
			q := &InsightQuery{Range: day, Now: noon.AddDate(0, 0, 10), Location: time.UTC}
			app, _, err := findNewest(t.Context(), h.Reader, q)
			got := ""
			if app != nil {
				dates := map[bool]string{true: "directory", false: "logs"}[app.dated]
				got = fmt.Sprintf("%s, %d, %s", app.name, int(app.since.Sub(noon)/(24*time.Hour)), dates)
			}
			if err != nil || got != tt.want {
				t.Errorf("got %q, %v, want %q", got, err, tt.want)
			}
		})
	}
}

// Of equally frequent applications the first by name is on top, wherever their IDs stand.
func TestTopRowsByName(t *testing.T) {
	var signIns []store.SignIn
	for n := range 60 {
		s := to(n, 0, signIn(n, n))
		s.Time = noon.Add(time.Duration(n) * time.Second)
		s.AppDisplayName = fmt.Sprintf("App %02d", 59-n)
		signIns = append(signIns, s)
	}
	h := holding(t, signIns...)
	rows, _, err := topRows(t.Context(), h.Reader, tableOf(store.ListQuery{Log: store.Interactive, Range: day}, store.AppField), 3)
	var got []string
	for i := range rows {
		got = append(got, rows[i].Label)
	}
	if want := []string{"App 00", "App 01", "App 02"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
}

// The pages of a list, one behind the other, are the list: in every order, both ways, of every report.
func TestPagesOfInsights(t *testing.T) {
	var signIns []store.SignIn
	for n := range 120 {
		who := n%7 + n/60*10
		s := of(who, fmt.Sprint("user ", who), to(n%5+n/80*20, 0, signIn(n+1, 0)))
		s.Time, s.CountryOrRegion = noon.Add(-time.Duration(n)*time.Hour), "NO"
		s.Log = []store.Log{store.Interactive, store.Interactive, store.NonInteractive, store.ServicePrincipal}[n%4]
		if s.ResourceID = testID(3000 + n%3); n%4 == 3 {
			s.UserID, s.UserPrincipalName, s.UserDisplayName = "", "", ""
			s.ServicePrincipalID, s.ServicePrincipalName = testID(5000+n%6), fmt.Sprint("worker ", n%6)
			s.ServicePrincipalCredentialKeyID, s.AutonomousSystemNumber = testID(7000+n%5), store.IntOf(64500)
			if n < 60 {
				s.AutonomousSystemNumber = store.IntOf(int64(64501 + n%2))
			}
		}
		switch {
		case n%12 == 3: // of a service principal
			s = failed([]int64{7000222, 7000215}[n/12%2], s)
		case n%3 == 0:
			s = failed([]int64{50126, 50053, 53003}[n%9/3], s)
		}
		s.AppliedConditionalAccessPolicies = []store.AppliedPolicy{{
			ID: testID(9000), DisplayName: "Require MFA", Result: "notApplied", ExcludeRulesSatisfied: []store.ConditionRule{{Condition: "users", Rule: "groupId"}},
		}}
		signIns = append(signIns, s)
	}
	h := holding(t, signIns...)
	h.put(t, created(30, noon), created(31, noon), created(32, noon))
	reports := store.DirectoryBatch{At: noon}
	for n := range 6 {
		app := created(40+n, noon)
		app.Details.Passwords = []store.Credential{
			{KeyID: testID(7100 + n), Type: store.PasswordCredential, Name: fmt.Sprint("secret ", n), Expires: noon.AddDate(0, 0, n-2)},
			{KeyID: testID(7000 + n), Type: store.PasswordCredential, Expires: noon.AddDate(1, 0, n)},
		}
		reports.Objects = append(reports.Objects, app)
		reports.States = append(reports.States,
			&store.Registration{ID: testID(2000 + n), Name: fmt.Sprint("user ", n%3), Username: fmt.Sprint("u", n), Methods: []string{"email"}},
			&store.RelyingParty{ID: fmt.Sprint("urn:party:", n), Name: fmt.Sprint("Party ", n/2), Migration: "ready", Checks: []store.MigrationCheck{{Name: fmt.Sprint("check ", n), Result: "0"}}},
			&store.CredentialUse{ID: testID(8000 + n), Time: noon.Add(-time.Duration(n/2) * time.Hour), Feature: "reset", Username: fmt.Sprint("u", n)})
	}
	gone := store.DirectoryBatch{At: noon.Add(-time.Hour)} // rows that the reports lack, and what others were before
	for n := range 6 {
		gone.States = append(gone.States, &store.Registration{ID: testID(2000 + n), Name: fmt.Sprint("user ", n%3), Username: fmt.Sprint("u", n), Methods: []string{"mobilePhone"}})
	}
	for n := range 3 {
		gone.States = append(gone.States,
			&store.Registration{ID: testID(2100 + n), Name: fmt.Sprint("former ", n)}, &store.RelyingParty{ID: fmt.Sprint("urn:former:", n), Name: fmt.Sprint("Former ", n/2)},
			&store.CredentialActivity{KeyID: testID(7200 + n), AppID: testID(3200 + n)}, &store.PrincipalActivity{AppID: testID(3200 + n)})
	}
	for _, kind := range store.StateKinds() {
		gone.Reports = append(gone.Reports, store.ReportFile{Kind: kind, Date: gone.At})
		reports.Reports = append(reports.Reports, store.ReportFile{Kind: kind, Date: reports.At})
	}
	h.putAll(t, gone)
	h.putAll(t, reports)
	lists := 0
	for _, report := range append(Insights(), Application, AuthenticationEvents) {
		q := InsightQuery{Subject: testID(3001), Range: store.Range{From: noon.Add(-60 * time.Hour), To: noon.Add(time.Hour)}, Now: noon.Add(time.Hour), Location: time.UTC, Chosen: map[string]string{}}
		if i := slices.IndexFunc(report.Things, func(t *Thing) bool { return t.Kind == "country" }); i >= 0 {
			q.Thing, q.Value = report.Things[i], "NO"
		}
		for _, list := range report.Lists {
			if list == excludedUsers {
				q.Thing, q.Value = report.Things[slices.IndexFunc(report.Things, func(t *Thing) bool { return t.Kind == "policy" })], "Require MFA"
			}
			for _, column := range list.Columns {
				if column.Unsorted || list.Unsorted && column != list.Sort {
					continue
				}
				for _, reverse := range []bool{false, true} {
					if reverse && list.Unsorted {
						continue
					}
					q.List, q.Sort, q.Reverse, q.After, q.Limit = list, column, reverse, nil, 100
					whole, err := list.Ask(t.Context(), h.Reader, &q)
					if err != nil || whole.Next != nil || int64(len(whole.Rows)) != whole.Total {
						t.Fatalf("%s, list %q by %s: %d rows of %d, %v", report.Name, list.Name, column.Name, len(whole.Rows), whole.Total, err)
					}
					var inFile []string
					q.Limit = 2
					for part, err := list.Part(t.Context(), h.Reader, &q); ; part, err = list.Part(t.Context(), h.Reader, &q) {
						if err != nil || part.Total != whole.Total {
							t.Fatalf("a file of %d rows, %v", part.Total, err)
						}
						_ = part.Each(func(row *InsightRow) error { inFile = append(inFile, row.ID); return nil })
						if q.After = part.Next; q.After == nil {
							break
						}
					}
					if !slices.EqualFunc(inFile, whole.Rows, func(id string, row InsightRow) bool { return id == row.ID }) {
						t.Errorf("%s, list %q by %s, reverse: %t: its file is another list", report.Name, list.Name, column.Name, reverse)
					}
					var pages []InsightRow
					for q.Limit = 2; ; {
						page, err := list.Ask(t.Context(), h.Reader, &q)
						if err != nil {
							t.Fatal(err)
						}
						pages = append(pages, page.Rows...)
						if q.After = page.Next; q.After == nil {
							break
						}
					}
					if !slices.EqualFunc(pages, whole.Rows, func(a, b InsightRow) bool { return a.ID == b.ID }) {
						t.Errorf("%s, list %q by %s, reverse: %t: its pages are another list", report.Name, list.Name, column.Name, reverse)
					}
					if lists++; len(whole.Rows) < 2 {
						t.Errorf("%s, list %q: %d rows, which tests nothing", report.Name, list.Name, len(whole.Rows))
					}
				}
			}
		}
	}
	if lists < 60 {
		t.Errorf("only %d lists were asked for", lists)
	}
}

// An application that nobody knows has no page.
func TestUnknownApplication(t *testing.T) {
	h := holding(t, signIn(1, 0))
	for id, known := range map[string]bool{deskID: true, testID(77): false} {
		_, err := Application.Summary(t.Context(), h.Reader, &InsightQuery{Subject: id, Range: day, Now: noon, Location: time.UTC})
		if known != (err == nil) || !known && !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s: %v", id, err)
		}
	}
}

// Every number that a page shows has a definition, but names and what needs none; names of numbers are told apart.
func TestInsightsDefineTheirNumbers(t *testing.T) {
	for _, report := range append(Insights(), Application, AuthenticationEvents) {
		lists := [][]*Number{report.Numbers}
		for _, list := range report.Lists {
			lists = append(lists, list.Columns)
			if list.Columns[0].Unit != InText || !slices.Contains(list.Columns, list.Sort) || list.Definition == "" {
				t.Errorf("%s, list %q is not whole", report.Name, list.Name)
			}
		}
		for _, list := range lists {
			names := map[string]bool{}
			for _, n := range list {
				if n.Unit != InText && n.Definition == "" {
					t.Errorf("%s of %s has no definition", n.Name, report.Name)
				}
				if names[n.Name] {
					t.Errorf("%s of %s stands twice", n.Name, report.Name)
				}
				names[n.Name] = true
			}
		}
	}
}
