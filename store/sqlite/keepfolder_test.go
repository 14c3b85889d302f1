package sqlite

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"signpost/auth"
	"signpost/store"
	"signpost/store/demo"
	"signpost/store/directory"
	"signpost/store/importer"
	"signpost/store/portal"
	"signpost/store/storetest"
)

// keepFolder names the archive that TestKeepFolder writes.
const keepFolder = "SIGNPOST_KEEP_FOLDER"

// keptGroup is the group of the folder's directory: all who had an account when the folder was made.
const (
	keptGroup   = "0b5a5f0e-6f4c-4a53-9a1e-0c6de0f2a001"
	keptMembers = 7
)

// keptUntil is the moment at which the folder was kept.
var keptUntil = time.Date(2026, 11, 23, 14, 0, 0, 0, time.UTC)

// TestKeepFolder makes a small data folder with some of everything. Rows of four logs are in segments and not yet in one,
// and some count no more. There are several copies of a sign-in, lines, a directory, and accounts with a view, an answer
// and choices. The archives in testdata were made with it, each by the version of the program that its name tells.
func TestKeepFolder(t *testing.T) {
	archive := os.Getenv(keepFolder)
	if archive == "" {
		t.Skip("it makes the archive that " + keepFolder + " names")
	}
	folder, files := t.TempDir(), filepath.Join(t.TempDir(), "files")
	if err := demo.Write(t.Context(), files, demo.Options{Rows: 320, Seed: 16, Days: 3, Until: keptUntil}); err != nil {
		t.Fatal(err)
	}
	paths, err := filepath.Glob(filepath.Join(files, "*"))
	if err != nil || len(paths) < 4 {
		t.Fatalf("%q, %v", paths, err)
	}
	size := usualSizes()
	size.segment, size.sealRows, size.smallRows, size.smallSegments = 60, 60, 1, 1000
	db, err := Open(t.Context(), folder, signInsOnly, importer.Decoder(signInsOnly), withSizes(size))
	if err != nil {
		t.Fatal(err)
	}
	whole := beside(t, db)
	put := func(name string, lines [][]byte) {
		t.Helper()
		now := func() time.Time { return keptUntil }
		reports, err := importer.New(whole, importer.Options{Now: now}).Reader(t.Context(), name, bytes.NewReader(bytes.Join(lines, nil)))
		if err != nil || reports.RejectedTotal > 0 {
			t.Fatalf("%v, %v", err, reports.Rejected)
		}
	}
	var last [][]byte
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		lines := bytes.SplitAfter(bytes.TrimSpace(text), []byte("\n"))
		lines[len(lines)-1] = append(lines[len(lines)-1], '\n')
		most := len(lines) * 9 / 10
		put(filepath.Base(path), lines[:most])
		last = append(last, lines[most:]...)
		for i := 0; i < most; i += 7 {
			last = append(last, laterCopy(t, lines[i]))
		}
	}
	db.sealNow(t, true)
	last = append(last, []byte(`{"time":"2026-11-22T10:00:00Z","category":"SignInLogs","properties":{"id":"no GUID","createdDateTime":"2026-11-22T10:00:00Z",`+
		`"userPrincipalName":"ada@example.com","appDisplayName":"Ångström","status":{"errorCode":50126},"appliedConditionalAccessPolicies":"none"}}`+"\n"))
	user := demo.Accounts()[len(demo.Accounts())-1]
	for i, code := range []int{0, 50074, 50126, 0, 53003} {
		last = append(last, fmt.Appendf(nil, `{"time":"2026-11-22T1%[1]d:00:05Z","category":"SignInLogs","properties":{"id":"5a6b7c8d-0000-4000-8000-00000000000%[1]d","createdDateTime":"2026-11-22T1%[1]d:00:00Z",`+
			`"userId":%[2]q,"userPrincipalName":%[3]q,"appId":"a0000000-0000-4000-8000-000000000001","appDisplayName":"Harbour Notes","ipAddress":"203.0.113.%[1]d","status":{"errorCode":%[4]d},`+
			`"conditionalAccessStatus":"failure","appliedConditionalAccessPolicies":[{"id":"p1","displayName":"Harbour policy","result":"failure"}],"location":{"city":"Bergen","countryOrRegion":"NO"}}}`+"\n",
			i, user.UserID, user.UserPrincipalName, code))
	}
	put("later.json", last)
	var users, members [][]byte
	for _, a := range demo.Accounts() {
		users = append(users, fmt.Appendf(nil, `{"id":%q,"userPrincipalName":%q,"displayName":%q,"accountEnabled":true,"createdDateTime":"2024-05-06T07:08:09Z"}`, a.UserID, a.UserPrincipalName, a.DisplayName))
		members = append(members, fmt.Appendf(nil, `{"@odata.type":"#microsoft.graph.user","id":%q}`, a.UserID))
	}
	for context, objects := range map[string][][]byte{
		"users":                               users,
		"groups":                              {[]byte(`{"id":"` + keptGroup + `","displayName":"Crew","groupTypes":["Unified"],"securityEnabled":false,"mailEnabled":true}`)},
		"groups('" + keptGroup + "')/members": members,
	} {
		put(context+".json", [][]byte{fmt.Appendf(nil, `{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#%s","value":[%s]}`, context, bytes.Join(objects, []byte(",")))})
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	keepPeople(t, folder)
	packFolder(t, folder, archive)
}

// laterCopy is the same sign-in as it was delivered an hour later, with a field more.
func laterCopy(t *testing.T, line []byte) []byte {
	t.Helper()
	var record map[string]any
	if err := json.Unmarshal(line, &record); err != nil {
		t.Fatal(err)
	}
	ingested, err := time.Parse(time.RFC3339Nano, record["time"].(string))
	if err != nil {
		t.Fatal(err)
	}
	record["time"] = ingested.Add(time.Hour).Format(time.RFC3339Nano)
	record["properties"].(map[string]any)["tokenIssuerName"] = "told later"
	text, err := json.Marshal(record)
	if err != nil {
		t.Fatal(err)
	}
	return append(text, '\n')
}

// keepPeople adds accounts, and of one of them a view, a choice and an answer.
func keepPeople(t *testing.T, folder string) {
	t.Helper()
	p, err := portal.Open(t.Context(), folder)
	if err != nil {
		t.Fatal(err)
	}
	accounts := auth.NewAccounts(p, func() time.Time { return keptUntil }, false)
	for _, a := range demo.Accounts() {
		_, err := accounts.Add(t.Context(), auth.NewAccount{
			Name: a.Name, Password: "correct horse battery", Roles: []auth.Role{auth.Role(a.Roles[0])}, UserPrincipalName: a.UserPrincipalName, UserID: a.UserID,
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	first, err := p.AccountByName(t.Context(), demo.Accounts()[0].Name)
	if err == nil {
		_, err = p.AddSavedView(t.Context(), auth.SavedView{OwnerID: first.ID, Name: "Failures in Norway", Shared: true, List: "interactive", Query: "country=NO&status=failure", Created: keptUntil})
	}
	if err == nil {
		err = p.SetPreference(t.Context(), first.ID, auth.PreferenceDensity, auth.PreferenceCompact)
	}
	if err == nil {
		err = p.AnswerSignIn(t.Context(), auth.SignInAnswer{
			AccountID: first.ID, Account: first.Name, UserPrincipalName: first.UserPrincipalName, UserID: first.UserID,
			Log: "interactive", SignInID: "00000000-0000-4000-8000-000000000001", Time: keptUntil.Add(-time.Hour), Comment: "not me", Answered: keptUntil, State: auth.ReportOpen,
		})
	}
	if err := errors.Join(err, p.Close()); err != nil {
		t.Fatal(err)
	}
}

// packFolder writes the files of a folder into an archive.
func packFolder(t *testing.T, folder, archive string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	z, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	w := tar.NewWriter(z)
	for _, entry := range entries {
		if filepath.Ext(entry.Name()) != ".db" {
			continue // a clean stop leaves all in these
		}
		content, err := os.ReadFile(filepath.Join(folder, entry.Name()))
		if err == nil {
			err = w.WriteHeader(&tar.Header{Name: entry.Name(), Mode: 0o600, Size: int64(len(content)), ModTime: keptUntil})
		}
		if err == nil {
			_, err = w.Write(content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Close(), z.Close()); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(archive, packed.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// moving moves the directory of an older main.db into a file of the folder.
func moving(folder string) Option {
	return WithMove(func(ctx context.Context, from *sql.Tx) ([]string, error) {
		return directory.Move(ctx, folder, from, slog.New(slog.DiscardHandler))
	})
}

// A folder whose rows today's rules made opens with the segments that it has, all of its rows answer at once, and its people are
// there.
func TestKeptFolderOpensAsItIs(t *testing.T) {
	t.Parallel()
	folder := storetest.UnpackFolder(t, filepath.Join("testdata", "schema-8.tar.gz"))
	log := &logLines{}
	db, err := Open(t.Context(), folder, signInsOnly, importer.Decoder(signInsOnly), WithLog(slog.New(slog.NewTextHandler(log, nil))), moving(folder), withKinds(changedSignIns(asKept)))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	segments := segmentIDs(t, db)
	want := map[store.Log]int64{store.Interactive: 22, store.NonInteractive: 274, store.ServicePrincipal: 23, store.ManagedIdentity: 7}
	for _, info := range store.SignIns.Logs {
		total, err := db.Total(t.Context(), store.ListQuery{Log: info.Log, Range: store.AllTime(), AllEvents: true})
		if err != nil || total.N != want[info.Log] || !total.Complete {
			t.Errorf("%s: %+v, %v, want %d", info.Log, total, err, want[info.Log])
		}
	}
	db.sealNow(t, false)
	if got := segmentIDs(t, db); len(got) < 10 || !slices.Equal(got, segments) {
		t.Errorf("opening made other segments: %v, were %v", got, segments)
	}
	if logged := log.take(); logged != "" {
		t.Errorf("opening logged %s", logged)
	}
	report, err := db.Checkup(t.Context(), nil)
	if err != nil || report.Total > 0 {
		t.Errorf("%v: %v", err, report.Damages)
	}
	whole := beside(t, db)
	info, err := whole.Membership(t.Context(), keptGroup)
	if err != nil || info.N != keptMembers || info.Group.Name != "Crew" || !info.Whole {
		t.Errorf("the group: %+v, %v", info, err)
	}
	user, err := whole.Object(t.Context(), store.ObjectUser, demo.Accounts()[0].UserID)
	if err != nil || user.Username != demo.Accounts()[0].UserPrincipalName || user.Enabled != store.True {
		t.Errorf("a user: %+v, %v", user, err)
	}
	past, err := whole.PastImports(t.Context(), store.ImportsQuery{Limit: 100})
	if err != nil || len(past.Entries) != 8 || past.Entries[0].Ended.IsZero() {
		t.Errorf("%d imports, %v: %+v", len(past.Entries), err, past.Entries)
	}
	p, err := portal.Open(t.Context(), folder)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	first, err := p.AccountByName(t.Context(), demo.Accounts()[0].Name)
	if err != nil || first.UserID != demo.Accounts()[0].UserID || len(first.Roles) != 1 {
		t.Fatalf("%+v, %v", first, err)
	}
	views, err := p.SavedViews(t.Context(), first.ID)
	if err != nil || len(views) != 1 || views[0].Query != "country=NO&status=failure" {
		t.Errorf("the views: %+v, %v", views, err)
	}
	answers, err := p.SignInAnswers(t.Context(), first.ID)
	if err != nil || len(answers) != 1 || answers[0].Comment != "not me" {
		t.Errorf("the answers: %+v, %v", answers, err)
	}
}
