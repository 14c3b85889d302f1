package demo

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"signpost/store"
)

// portalDates are the days of formatOptions in the names of files.
const portalDates = "_2026-10-24_2026-11-23"

func TestPortalCSV(t *testing.T) {
	t.Parallel()
	list, rows := originals(t), map[int][]told{}
	files := filesOf(t, store.FormatPortalCSV)
	if len(files) != 6 {
		t.Errorf("got %d files, want four logs and two of authentication details", len(files))
	}
	statuses := map[string]int{}
	for log, stem := range portalStems {
		table := readCSV(t, files[stem+portalDates+".csv"])
		for _, row := range table.rows {
			told := told{row["Request ID"], row["Date (UTC)"], row["Sign-in error code"], row["Application ID "], row["User ID"]}
			rows[log] = append(rows[log], told)
			s := list[told.id]
			if s == nil {
				t.Fatalf("%s: an unknown sign-in %v", stem, told)
			}
			statuses[row["Status"]]++
			if (row["Status"] == "Success") != (told.code == "0") {
				t.Fatalf("the code %s has the status %s", told.code, row["Status"])
			}
			want := strings.Trim(strings.Join([]string{s.text("location.city"), s.text("location.state"), s.text("location.countryOrRegion")}, ", "), ", ")
			if row["Location"] != want {
				t.Fatalf("the place is %q, want %q", row["Location"], want)
			}
			if reason := s.text("status.failureReason"); row["Failure reason"] != reason && (reason != "" || row["Failure reason"] != "Other.") {
				t.Fatalf("the reason is %q, want %q", row["Failure reason"], reason)
			}
		}
	}
	for _, status := range []string{"Success", "Failure", "Interrupted"} {
		if statuses[status] == 0 {
			t.Errorf("no sign-in has the status %s", status)
		}
	}
	compare(t, rows, allLogs, graphOriginal)
}

func TestPortalSteps(t *testing.T) {
	t.Parallel()
	list, files := originals(t), filesOf(t, store.FormatPortalCSV)
	for _, log := range userOnes {
		table := readCSV(t, files[portalStems[log]+portalDates+"_AuthDetails.csv"])
		if want := "Date,Request ID,Authentication method,Authentication method detail,Succeeded,Result detail,Requirement"; strings.Join(table.headings, ",") != want {
			t.Errorf("the headings are %v", table.headings)
		}
		byID := map[string][]map[string]string{}
		for _, row := range table.rows {
			byID[row["Request ID"]] = append(byID[row["Request ID"]], row)
		}
		total := 0
		for id, s := range list {
			if s.log != log {
				continue
			}
			steps, _ := s.at("authenticationDetails").([]any)
			total += len(steps)
			if len(byID[id]) != len(steps) {
				t.Fatalf("%s has %d steps, want %d", id, len(byID[id]), len(steps))
			}
			for i, row := range byID[id] {
				step := steps[i].(map[string]any)
				if row["Authentication method"] != text(step["authenticationMethod"]) || row["Succeeded"] != text(step["succeeded"]) || row["Result detail"] != text(step["authenticationStepResultDetail"]) {
					t.Fatalf("got the step %v, want %v", row, step)
				}
				if want := text(step["authenticationStepDateTime"])[:19] + "Z"; row["Date"] != want {
					t.Fatalf("the step's time is %s, want %s", row["Date"], want)
				}
			}
		}
		if total == 0 || total != len(table.rows) {
			t.Errorf("log %d: %d steps, want %d", log, len(table.rows), total)
		}
	}
}

// TestPortalHeadings compares the headings with the published ones, letter by letter.
func TestPortalHeadings(t *testing.T) {
	content, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "reference", "portal-csv-headers.md"))
	if err != nil {
		t.Skipf("the published headings are not there: %v", err)
	}
	var users, applications []string
	for line := range strings.Lines(string(content)) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case strings.HasPrefix(line, `"Date (UTC)",`):
			users = strings.Split(strings.Trim(line, `"`), `","`)
		case strings.HasPrefix(line, "Date (UTC),"):
			applications = strings.Split(line, ",")
		}
	}
	// What 2025/26 adds to the headings of October 2024.
	after := func(heading, added string) {
		users = slices.Insert(users, slices.Index(users, heading)+1, added)
	}
	after("Application ID ", "App owner tenant ID")
	after("Resource tenant ID", "Resource owner tenant ID")
	if got := headings(portalUserColumns); !slices.Equal(got, users) {
		t.Errorf("users: got %q, want %q", got, users)
	}
	if got := headings(portalApplicationColumns); !slices.Equal(got, applications) {
		t.Errorf("service principals: got %q, want %q", got, applications)
	}
	if got := headings(portalIdentityColumns); !slices.Equal(got[:len(applications)], applications) {
		t.Errorf("managed identities: got %q, want it to begin with %q", got, applications)
	}
}

func TestPortalJSON(t *testing.T) {
	t.Parallel()
	list, rows := originals(t), map[int][]told{}
	files := filesOf(t, store.FormatPortalJSON)
	for log, stem := range portalStems {
		var objects []map[string]any
		unmarshal(t, files[stem+portalDates+".json"], &objects)
		for _, o := range objects {
			rows[log] = append(rows[log], graphTold(o))
			checkBeta(t, list[text(o["id"])], o)
		}
	}
	compare(t, rows, allLogs, graphOriginal)
}
