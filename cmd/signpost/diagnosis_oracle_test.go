package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"signpost/store"
	"signpost/store/datafolder"
	"signpost/store/demo"
	"signpost/store/importer"
	"signpost/store/kinds"
	"signpost/views"
	"signpost/web/ask"
)

// diagnosedFailures is the number of failures that are diagnosed; make soak diagnoses the large number.
func diagnosedFailures() int {
	if os.Getenv("SIGNPOST_SOAK") != "" {
		return 5000
	}
	return 200
}

// rawFailure is what the record of a sign-in names, as encoding/json reads it.
type rawFailure struct {
	Properties struct {
		Policies []struct {
			Name      string `json:"displayName"`
			Result    string
			Satisfied int `json:"conditionsSatisfied"`
		} `json:"appliedConditionalAccessPolicies"`
		Steps []struct {
			Method    string `json:"authenticationMethod"`
			Succeeded bool
		} `json:"authenticationDetails"`
	}
}

// conditionNames are the conditions of the made-up tenant's policies, by their bits.
var conditionNames = map[int]string{1: "Target application or resource", 2: "Users", 16: "Client app", 32: "Sign-in risk"}

// names gives what a verdict may name: policies that were not satisfied, or would not have been, the conditions that matched,
// and steps that did not succeed.
func (f *rawFailure) names() (policies, conditions, steps []string) {
	for _, p := range f.Properties.Policies {
		if p.Result == "failure" || p.Result == "reportOnlyFailure" || p.Result == "reportOnlyInterrupted" {
			policies = append(policies, p.Name)
		}
		for bit, name := range conditionNames {
			if p.Result == "failure" && p.Satisfied&bit != 0 {
				conditions = append(conditions, name)
			}
		}
	}
	for _, s := range f.Properties.Steps {
		if !s.Succeeded {
			steps = append(steps, s.Method)
		}
	}
	return policies, conditions, steps
}

// No verdict about a failed sign-in names a policy, a condition or a step that its record does not name. Without the right to
// Conditional Access data it names no policy and no condition.
func TestDiagnosesNameOnlyWhatTheRecordNames(t *testing.T) {
	t.Parallel()
	files := t.TempDir()
	until := time.Date(2026, 11, 23, 14, 5, 9, 0, time.UTC)
	if err := demo.Write(t.Context(), files, demo.Options{Rows: 6_000, Seed: 5, Days: 20, Until: until}); err != nil {
		t.Fatal(err)
	}
	db, err := datafolder.Open(t.Context(), t.TempDir(), kinds.Catalog, importer.Decoder(kinds.Catalog))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := importer.New(db, importer.Options{}).Paths(t.Context(), signInFiles(t, files)...); err != nil {
		t.Fatal(err)
	}
	known := namesOfPolicies(t, db)
	named, withheld := 0, store.Withheld(db, store.ClassesOf(store.ConditionalAccess))
	for _, ref := range someFailures(t, db, diagnosedFailures()) {
		record, err := db.Get(t.Context(), store.GetQuery{Ref: ref})
		if err != nil {
			t.Fatal(err)
		}
		var raw rawFailure
		if err := json.Unmarshal(record.Newest().Doc, &raw); err != nil {
			t.Fatal(err)
		}
		policies, conditions, steps := raw.names()
		page := drawnDiagnosis(t, db, db, ref, false)
		text := page.Find(".diagnosis-steps, .diagnosis-remark").Text()
		for _, name := range known {
			if strings.Contains(text, name) {
				named++
				if !slices.Contains(policies, name) {
					t.Errorf("%s: the verdict names %s; the record has %q", ref.ID, name, policies)
				}
			}
		}
		page.Find(".diagnosis-steps .fact").Each(func(_ int, f *goquery.Selection) {
			label, value := strings.TrimSpace(f.Find("dt").Text()), strings.Join(strings.Fields(f.Find("dd").Text()), " ")
			allowed := map[string][]string{"Condition that matched": conditions, "Step that failed": steps}[label]
			if (label == "Condition that matched" || label == "Step that failed") && !slices.ContainsFunc(allowed, func(name string) bool { return strings.HasPrefix(value, name) }) {
				t.Errorf("%s: the verdict has %s: %s; the record has %q", ref.ID, label, value, allowed)
			}
		})
		text = drawnDiagnosis(t, withheld, db, ref, true).Find("[data-testid=diagnosis]").Text()
		for _, name := range known {
			if strings.Contains(text, name) {
				t.Errorf("%s: without the right the verdict names %s", ref.ID, name)
			}
		}
		if strings.Contains(text, "Condition that matched") {
			t.Errorf("%s: without the right the verdict names a condition", ref.ID)
		}
	}
	if named < 10 {
		t.Errorf("only %d policies are named: the test looks at nothing", named)
	}
}

// namesOfPolicies gives the names of all policies.
func namesOfPolicies(t *testing.T, db store.Reader) (names []string) {
	t.Helper()
	values, err := db.Values(t.Context(), store.ValuesQuery{ListQuery: store.ListQuery{Log: store.Interactive, Range: store.AllTime()}, Field: store.PolicyField, Text: "CA", Top: 100})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range values.Values {
		if strings.HasPrefix(v.Value, "CA") {
			names = append(names, v.Value)
		}
	}
	if len(names) < 5 {
		t.Fatalf("policies: %q", names)
	}
	return names
}

// someFailures gives so many sign-ins of all logs that did not succeed, the same each time.
func someFailures(t *testing.T, db store.Reader, n int) (refs []store.Ref) {
	t.Helper()
	for _, info := range store.SignIns.Logs {
		failed := store.Filter{}.With(store.StatusField, store.OpIsNot, store.SignIns.StatusInfo(store.StatusSuccess).Name)
		q := store.ListQuery{Log: info.Log, Range: store.AllTime(), Filter: failed, Limit: 1000}
		for {
			page, err := db.Page(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range page.Rows {
				refs = append(refs, store.Ref{Log: info.Log, ID: row.SignIn().ID})
			}
			if q.After = page.Next; q.After == nil {
				break
			}
		}
	}
	r := rand.New(rand.NewPCG(22, 8))
	r.Shuffle(len(refs), func(i, j int) { refs[i], refs[j] = refs[j], refs[i] })
	return refs[:min(n, len(refs))]
}

// drawnDiagnosis is the answer about a sign-in, as its page has it.
func drawnDiagnosis(t *testing.T, of store.Reader, directory store.Directory, ref store.Ref, withheld bool) *goquery.Document {
	t.Helper()
	reader := ask.Reader{Reader: of, Directory: directory, OnFailure: func(_ context.Context, part string, err error) { t.Errorf("%s: %v", part, err) }}
	record, err := of.Get(t.Context(), store.GetQuery{Ref: ref})
	if err != nil {
		t.Fatal(err)
	}
	answer, err := ask.Diagnosis{Record: record, Withheld: withheld}.Ask(t.Context(), reader)
	if err != nil {
		t.Fatal(fmt.Errorf("%s: %w", ref.ID, err))
	}
	var page bytes.Buffer
	if err := views.DiagnosisSteps(views.Diagnosis{Diagnosed: answer, Details: views.DetailsPage{Record: record, ConditionalAccess: !withheld}}).Render(t.Context(), &page); err != nil {
		t.Fatal(err)
	}
	document, err := goquery.NewDocumentFromReader(&page)
	if err != nil {
		t.Fatal(err)
	}
	return document
}
