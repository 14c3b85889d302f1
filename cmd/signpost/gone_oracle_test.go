package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"signpost/store/datafolder"
	"signpost/store/importer"
)

// reportRow is a row of a report as encoding/json reads it, to be written again.
type reportRow map[string]any

// answerOf is an answer of Graph with some rows; around is put behind its list.
func answerOf(t *testing.T, rows []reportRow, around string) string {
	t.Helper()
	text, err := json.Marshal(rows)
	if err != nil {
		t.Fatal(err)
	}
	return `{"value":` + string(text) + around + `}`
}

// importReport imports a file. The importer's clock gives the file its time.
func importReport(t *testing.T, im *importer.Importer, name, text string) {
	t.Helper()
	report, err := im.Reader(t.Context(), name, strings.NewReader(text))
	if err != nil || report.RejectedTotal > 0 {
		t.Fatalf("%s: %+v, %v", name, report, err)
	}
}

// afterMoreReports imports what comes after the demo's report: a newer whole one that lacks some people and has a method more for
// others, an older one of other methods, and, some days later, a page of a newer one with some who were gone. It gives the rows that count then, and
// how many are gone.
func afterMoreReports(t *testing.T, im, daysLater *importer.Importer, text []byte) (rows []registered, gone int64) {
	t.Helper()
	var first struct{ Value []reportRow }
	if err := json.Unmarshal(text, &first); err != nil {
		t.Fatal(err)
	}
	at := func(days int) string {
		was, err := time.Parse(time.RFC3339, fmt.Sprint(first.Value[0]["lastUpdatedDateTime"]))
		if err != nil {
			t.Fatal(err)
		}
		return was.AddDate(0, 0, days).Format(time.RFC3339)
	}
	var newer, older, page []reportRow
	for i, row := range first.Value {
		before, now, again := maps.Clone(row), maps.Clone(row), maps.Clone(row)
		before["lastUpdatedDateTime"], before["methodsRegistered"], before["isMfaCapable"] = at(-9), []string{"email"}, false
		older = append(older, before)
		now["lastUpdatedDateTime"], again["lastUpdatedDateTime"] = at(1), at(2)
		if i%11 == 2 {
			methods, _ := now["methodsRegistered"].([]any)
			now["methodsRegistered"], now["isPasswordlessCapable"] = append(methods[:len(methods):len(methods)], "hardwareOneTimePasscode"), true
		}
		if i%7 != 3 {
			newer = append(newer, now)
			continue
		}
		if i%5 == 0 {
			page = append(page, again)
			continue
		}
		gone++
	}
	importReport(t, im, "newer.json", answerOf(t, newer, ""))
	importReport(t, im, "older.json", answerOf(t, older, ""))
	importReport(t, daysLater, "page.json", answerOf(t, page, `,"@odata.nextLink":"https://graph.microsoft.com/v1.0/next"`))
	counted := answerOf(t, append(newer, page...), "")
	var again struct{ Value []registered }
	if err := json.Unmarshal([]byte(counted), &again); err != nil {
		t.Fatal(err)
	}
	return again.Value, gone
}

// reportKeys imports two reports of credentials that no directory has: the newer, which comes in first, lacks some. It adds those
// that count to held, and gives the ends of the others.
func reportKeys(t *testing.T, db *datafolder.Folder, until time.Time, held map[string]keyHeld) (gone map[string]string) {
	t.Helper()
	gone = map[string]string{}
	var older, newer []reportRow
	for i := range 8 {
		ends := until.AddDate(0, 0, 40*i-60)
		row := reportRow{
			"keyId": fmt.Sprintf("99999999-0000-4000-8000-%012d", i), "keyType": "password", "credentialOrigin": "application", "appId": fmt.Sprintf("88888888-0000-4000-8000-%012d", i),
			"expirationDateTime": ends.Format(time.RFC3339), "signInActivity": nil,
		}
		key := fmt.Sprint(row["keyId"])
		if older = append(older, row); i%3 == 1 {
			gone[key] = fmt.Sprint(ends, " ", until)
			continue
		}
		newer = append(newer, row)
		held[key] = keyHeld{KeyID: key, Ends: ends}
	}
	for _, file := range []struct {
		rows []reportRow
		at   time.Time
	}{{newer, until}, {older, until.AddDate(0, 0, -9)}} {
		importReport(t, importer.New(db, importer.Options{Now: func() time.Time { return file.at }}), "credentials.json", answerOf(t, file.rows, ""))
	}
	return gone
}

// laterReports imports later reports of AD FS and of registrations. Each lacks some rows. The world no longer counts these.
func (w *usageWorld) laterReports(t *testing.T, db *datafolder.Folder, folder string) {
	t.Helper()
	im := importer.New(db, importer.Options{Now: func() time.Time { return time.Now().Add(time.Hour) }})
	for name, lose := range map[string]func(i int, row reportRow) bool{
		"adfs.json": func(i int, row reportRow) bool {
			if i != 2 && i != 5 {
				return false
			}
			delete(w.parties, fmt.Sprint(row["relyingPartyId"]))
			return true
		},
		"registrationdetails.json": func(i int, row reportRow) bool {
			row["lastUpdatedDateTime"] = w.until.Format(time.RFC3339)
			if i%4 != 1 {
				return false
			}
			delete(w.weak, strings.ToLower(fmt.Sprint(row["id"])))
			return true
		},
	} {
		text, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		var first struct{ Value, kept []reportRow }
		if err := json.Unmarshal(text, &first); err != nil {
			t.Fatal(err)
		}
		for i, row := range first.Value {
			if !lose(i, row) {
				first.kept = append(first.kept, row)
			}
		}
		importReport(t, im, name, answerOf(t, first.kept, ""))
	}
}
