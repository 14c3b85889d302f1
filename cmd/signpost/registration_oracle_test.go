package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"signpost/store"
	"signpost/store/datafolder"
	"signpost/store/demo"
	"signpost/store/importer"
	"signpost/store/kinds"
	"signpost/web/ask"
)

// registered is a row of the demo's report as encoding/json reads it.
type registered struct {
	ID, UserPrincipalName, UserDisplayName, UserType            string
	IsAdmin, IsMfaCapable, IsPasswordlessCapable, IsSsprCapable bool
	IsMfaRegistered                                             bool
	MethodsRegistered                                           []string
	Department                                                  string // of the file of users
}

// The registration part of the report says what a plain loop over the file finds, for random choices.
func TestRegistrationsEqualAPlainRecount(t *testing.T) {
	t.Parallel()
	until := time.Date(2026, 11, 23, 14, 0, 0, 0, time.UTC)
	db, err := datafolder.Open(t.Context(), t.TempDir(), kinds.Catalog, importer.Decoder(kinds.Catalog))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var rows []registered
	var report []byte
	var group string
	members, departments := map[string]bool{}, map[string]string{}
	im := importer.New(db, importer.Options{Now: func() time.Time { return until }})
	err = demo.Directory(until, func(name string, content io.Reader) error {
		text, err := io.ReadAll(content)
		if err != nil {
			return err
		}
		var answer struct{ Value []registered }
		if err := json.Unmarshal(text, &answer); err != nil {
			return err
		}
		switch name {
		case "registrationdetails.json":
			rows, report = answer.Value, text
		case "users.json":
			for _, u := range answer.Value {
				departments[u.ID] = u.Department
			}
		}
		if id, found := strings.CutPrefix(name, "members-"); found && (group == "" || len(answer.Value) < len(members)) {
			group = strings.TrimSuffix(id, ".json")
			clear(members)
			for _, m := range answer.Value {
				members[m.ID] = true
			}
		}
		_, err = im.Reader(t.Context(), name, strings.NewReader(string(text)))
		return err
	})
	if err != nil || len(rows) < 2000 || len(members) == 0 {
		t.Fatalf("%d rows, a group of %d: %v", len(rows), len(members), err)
	}
	rows, gone := afterMoreReports(t, im, importer.New(db, importer.Options{Now: func() time.Time { return until.AddDate(0, 0, 3) }}), report)
	lost := ask.InsightQuery{Range: store.Range{From: until.AddDate(0, -1, 0), To: until}, Location: time.UTC, Now: until, Limit: 10}
	lost.List, _ = ask.Authentication.ListNamed("gone")
	lost.Sort = lost.List.Sort
	if page, err := lost.List.Ask(t.Context(), ask.Reader{Reader: db, Directory: db}, &lost); err != nil || page.Total != gone || gone == 0 {
		t.Errorf("%+v are gone, want %d: %v", page, gone, err)
	}
	r := ask.Reader{Reader: db, Directory: db}
	random := rand.New(rand.NewPCG(21, 6))
	rounds := 12
	if os.Getenv("SIGNPOST_SOAK") != "" {
		rounds = 300
	}
	some := 0
	for range rounds {
		q := ask.InsightQuery{Range: store.Range{From: until.AddDate(0, -1, 0), To: until}, Chosen: map[string]string{}, Location: time.UTC, Now: until, Limit: 100 + random.IntN(100)}
		q.List = ask.Authentication.Lists[0]
		q.Sort = q.List.Sort
		for _, w := range ask.Authentication.Switches {
			if w == ask.SwitchBegins && random.IntN(4) == 0 {
				q.Chosen[w.Param] = string("abcdeghjlmnrstw"[random.IntN(15)])
			}
			if w != ask.SwitchReport && w != ask.SwitchBegins && random.IntN(3) == 0 {
				q.Chosen[w.Param] = w.Options[random.IntN(len(w.Options))].Value
			}
			if q.Chosen[w.Param] == "" {
				delete(q.Chosen, w.Param)
			}
		}
		if random.IntN(4) == 0 {
			q.Filter = q.Filter.With(store.GroupField, store.OpIs, group)
		}
		if random.IntN(4) == 0 {
			q.Filter = q.Filter.With(store.DepartmentField, store.OpIs, "warehouse")
		}
		want, counts, methods := map[string]string{}, make([]int64, 5), map[string]int64{}
		for i := range rows {
			row := &rows[i]
			if !chosen(q.Chosen, row) || len(q.Filter.Groups()) > 0 && !members[row.ID] {
				continue
			}
			if len(store.PeopleOfFilter(q.Filter).Departments) > 0 && departments[row.ID] != "Warehouse" {
				continue
			}
			want[row.ID] = fmt.Sprint(row.UserDisplayName, " ", row.UserPrincipalName, " ", len(row.MethodsRegistered), " ", row.IsMfaCapable)
			for i, is := range []bool{true, row.IsMfaCapable, row.IsPasswordlessCapable, row.IsSsprCapable, row.IsMfaRegistered} {
				if is {
					counts[i]++
				}
			}
			for _, m := range row.MethodsRegistered {
				methods[m]++
			}
		}
		some += len(want)
		summary, err := ask.Authentication.Summary(t.Context(), r, &q)
		if err != nil {
			t.Fatal(err)
		}
		var got []int64
		for _, cell := range summary.Metrics {
			got = append(got, cell.N)
		}
		if diff := cmp.Diff(counts, got); diff != "" {
			t.Errorf("%v: numbers (-want +got):\n%s", q.Chosen, diff)
		}
		var bars []int64
		chosen, linked := q.Chosen[ask.SwitchMethod.Param], 0
		for _, bar := range summary.Bars {
			bars = append(bars, bar.N)
			if strings.Contains(bar.Address, "method=") {
				linked++
			} else if chosen == "" {
				t.Errorf("the bar %s leads to %q", bar.Label, bar.Address)
			}
		}
		if chosen != "" && linked != min(1, len(bars)) { // a list of another method has other users than the bar counts
			t.Errorf("method %s: %d of %d bars have a link, want that of the method", chosen, linked, len(bars))
		}
		if diff := cmp.Diff(slices.Sorted(maps.Values(methods)), slices.Sorted(slices.Values(bars))); diff != "" {
			t.Errorf("%v: methods (-want +got):\n%s", q.Chosen, diff)
		}
		listed := map[string]string{}
		for {
			page, err := q.List.Ask(t.Context(), r, &q)
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range page.Rows {
				of := row.Source.(*store.Registration)
				listed[row.ID] = fmt.Sprint(row.Name, " ", row.Username, " ", len(of.Methods), " ", of.MFACapable == store.True)
			}
			if page.Total != counts[0] {
				t.Fatalf("%v: total %d, want %d", q.Chosen, page.Total, counts[0])
			}
			if q.After = page.Next; page.Next == nil {
				break
			}
		}
		if diff := cmp.Diff(want, listed); diff != "" {
			t.Fatalf("%v: rows (-want +got):\n%s", q.Chosen, diff)
		}
	}
	if some == 0 {
		t.Error("no choice left a row")
	}
}

// chosen says whether the choices leave a row.
func chosen(choices map[string]string, row *registered) bool {
	is := func(param string, state bool) bool { return choices[param] == "" || choices[param] == "yes" == state }
	who := map[string]bool{"": true, "admins": row.IsAdmin, "others": !row.IsAdmin, "members": row.UserType == "member", "guests": row.UserType == "guest"}
	begins := strings.HasPrefix(strings.ToLower(row.UserDisplayName), choices["begins"]) || strings.HasPrefix(strings.ToLower(row.UserPrincipalName), choices["begins"])
	return begins && is("mfa", row.IsMfaCapable) && is("passwordless", row.IsPasswordlessCapable) && is("reset", row.IsSsprCapable) && who[choices["who"]] &&
		(choices["method"] == "" || slices.Contains(row.MethodsRegistered, choices["method"]))
}

// The published sample of credential usage stands on the events' part as the file has it.
func TestPublishedCredentialUsageIsShown(t *testing.T) {
	t.Parallel()
	path, err := filepath.Glob("../../../shared/records/*/beta_reportroot-list-usercredentialusagedetails_ex1.json")
	if err != nil || len(path) == 0 {
		t.Skip("the published records are not at hand")
	}
	folder := t.TempDir()
	if got := importFile(t, folder, path[0]); got.report.New != 1 {
		t.Fatalf("the report is %+v", got.report)
	}
	db := openFolder(t, folder)
	r := ask.Reader{Reader: db, Directory: db}
	list := ask.AuthenticationEvents.Lists[0]
	day := time.Date(2019, 4, 1, 0, 0, 0, 0, time.UTC)
	q := ask.InsightQuery{Range: store.Range{From: day, To: day.AddDate(0, 0, 1)}, List: list, Sort: list.Sort, Chosen: map[string]string{}, Location: time.UTC, Now: day.AddDate(0, 0, 2), Limit: 10}
	page, err := list.Ask(t.Context(), r, &q)
	if err != nil || page.Total != 1 || len(page.Rows) != 1 {
		t.Fatalf("%+v, %v", page, err)
	}
	row := page.Rows[0]
	got := fmt.Sprint(row.Name, "|", row.Username, "|", row.Cells[0].Time.Format(time.RFC3339), "|", row.Cells[1].Text, "|", row.Cells[2].Text, "|", row.Cells[3].Text, "|", row.Cells[4].Text)
	want := "userDisplayName-value|userPrincipalName-value|2019-04-01T00:00:00Z|registration|email|success|User contacted an admin after trying the email verification option"
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for _, other := range []store.Range{{From: day.AddDate(0, 0, -1), To: day}, {From: day.Add(time.Microsecond), To: day.AddDate(0, 0, 1)}} {
		q.Range = other
		if page, err := list.Ask(t.Context(), r, &q); err != nil || page.Total != 0 {
			t.Errorf("outside of its time it is shown: %+v, %v", page, err)
		}
	}
}
