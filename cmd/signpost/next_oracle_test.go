package main

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"signpost/store"
	"signpost/store/datafolder"
	"signpost/store/demo"
	"signpost/store/importer"
	"signpost/store/kinds"
	"signpost/web/ask"
)

// deed is a record of activity as encoding/json reads it.
type deed struct {
	ID, CreationTime, UserID, UserKey, ClientIP string
	AppAccessContext                            struct{ AADSessionID, UniqueTokenID string }
	SessionID                                   string
	at                                          time.Time
}

// address is the address without a port.
func (d *deed) address() string {
	if inside, found := strings.CutPrefix(d.ClientIP, "["); found {
		address, _, _ := strings.Cut(inside, "]")
		return address
	}
	if address, _, found := strings.Cut(d.ClientIP, ":"); found && strings.Count(d.ClientIP, ":") == 1 {
		return address
	}
	return d.ClientIP
}

// requestOf reads the request ID in a token.
func requestOf(token string) string {
	b, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(b) != 16 {
		return ""
	}
	slices.Reverse(b[:4])
	slices.Reverse(b[4:6])
	slices.Reverse(b[6:8])
	text := hex.EncodeToString(b)
	return strings.Join([]string{text[:8], text[8:12], text[12:16], text[16:20], text[20:]}, "-")
}

// What happened next is what a plain loop over the files finds: each record once, for the strongest reason.
func TestWhatHappenedNextEqualsAPlainJoin(t *testing.T) {
	t.Parallel()
	files := t.TempDir()
	until := time.Date(2026, 11, 23, 14, 5, 9, 0, time.UTC)
	if err := demo.Write(t.Context(), files, demo.Options{Rows: 8_000, Seed: 3, Days: 20, Until: until}); err != nil {
		t.Fatal(err)
	}
	db, err := datafolder.Open(t.Context(), t.TempDir(), kinds.Catalog, importer.Decoder(kinds.Catalog))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := importer.New(db, importer.Options{}).Paths(t.Context(), append(signInFiles(t, files), filepath.Join(files, "unified-audit-log.json"), filepath.Join(files, "insights-logs-microsoftgraphactivitylogs.json"))...); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(filepath.Join(files, "unified-audit-log.json"))
	if err != nil {
		t.Fatal(err)
	}
	var deeds []deed
	for line := range strings.Lines(string(content)) {
		var d deed
		if err := json.Unmarshal([]byte(line), &d); err != nil {
			t.Fatal(err)
		}
		if d.at, err = time.Parse("2006-01-02T15:04:05", d.CreationTime); err != nil {
			t.Fatal(err)
		}
		deeds = append(deeds, d)
	}
	content, err = os.ReadFile(filepath.Join(files, "insights-logs-microsoftgraphactivitylogs.json"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(content)) {
		var request struct {
			Properties struct {
				TimeGenerated            time.Time
				IPAddress                string
				SignInActivityID, UserID string
				Sid                      string `json:"C_Sid"`
			}
		}
		if err := json.Unmarshal([]byte(line), &request); err != nil {
			t.Fatal(err)
		}
		p := &request.Properties
		d := deed{UserKey: p.UserID, ClientIP: p.IPAddress, SessionID: p.Sid, at: p.TimeGenerated}
		d.AppAccessContext.UniqueTokenID = p.SignInActivityID
		deeds = append(deeds, d)
	}
	told := map[string]bool{} // sign-ins whose tokens records of activity have
	for i := range deeds {
		told[requestOf(deeds[i].AppAccessContext.UniqueTokenID)] = true
	}
	signIns := decodeFiles(t, files)
	random := rand.New(rand.NewPCG(20, 3))
	random.Shuffle(len(signIns), func(i, j int) { signIns[i], signIns[j] = signIns[j], signIns[i] })
	slices.SortStableFunc(signIns[:len(signIns)/2], func(a, b store.SignIn) int { // many of the first half have something to tell
		switch {
		case told[a.ID] == told[b.ID]:
			return 0
		case told[a.ID]:
			return -1
		}
		return 1
	})
	chosen := append(slices.Clone(signIns[:100]), signIns[len(signIns)/2:len(signIns)/2+100]...)
	reader := ask.Reader{Reader: db, Directory: db}
	found := map[string]int{}
	for i := range chosen {
		s := &chosen[i]
		want := map[string]int64{}
		starts := map[string][]time.Time{}
		join := func(reason string, d *deed) {
			want[reason]++
			starts[reason] = append(starts[reason], d.at)
		}
		second := s.Time.Truncate(time.Second)
		for j := range deeds {
			d := &deeds[j]
			session := d.AppAccessContext.AADSessionID
			if session == "" {
				session = d.SessionID
			}
			after := d.at.Sub(second)
			isNear := after >= -5*time.Minute && after < 30*24*time.Hour
			switch {
			case isNear && requestOf(d.AppAccessContext.UniqueTokenID) == strings.ToLower(s.ID):
				join(ask.NextByToken, d)
			case isNear && session != "" && strings.EqualFold(session, s.SessionID):
				join(ask.NextBySession, d)
			case after >= 0 && after < 24*time.Hour && s.IPAddress != "" && d.address() == s.IPAddress && s.UserID != "" && (strings.EqualFold(d.UserKey, s.UserID) || strings.EqualFold(d.UserID, s.UserID) || s.UserPrincipalName != "" && strings.EqualFold(d.UserID, s.UserPrincipalName)):
				join(ask.NextByAddress, d)
			}
		}
		next := ask.Next(s)
		if err := next.Ask(t.Context(), reader); err != nil {
			t.Fatal(err)
		}
		got := map[string]int64{}
		for _, part := range next.Parts {
			reason, _, _ := strings.Cut(part.Reason, ", within")
			got[reason] = part.Total.N
			slices.SortFunc(starts[reason], time.Time.Compare)
			for i, row := range part.Rows { // a story begins at its start
				if at := row.Entry.Head().Time; i >= len(starts[reason]) || !at.Equal(starts[reason][i].Truncate(time.Microsecond)) {
					t.Errorf("%s of %s: record %d is of %s", reason, s.ID, i, at)
				}
			}
			if len(part.Rows) < min(10, len(starts[reason])) || !part.Total.Complete {
				t.Errorf("%s of %s: %d rows", reason, s.ID, len(part.Rows))
			}
			found[reason]++
		}
		for _, reason := range []string{ask.NextByToken, ask.NextBySession, ask.NextByAddress} {
			if got[reason] != want[reason] {
				t.Errorf("%s of %s by %s at %s: %d records, want %d", reason, s.ID, s.UserPrincipalName, s.Time, got[reason], want[reason])
			}
		}
	}
	t.Logf("found: %v", found)
	for _, s := range chosen[:8] {
		if s.UserID != "" {
			checkTimeline(t, reader, s.UserID, until)
		}
	}
	if found[ask.NextByToken] < 20 || found[ask.NextBySession] < 2 || found[ask.NextByAddress] < 5 {
		t.Errorf("too little is found to say much: %v", found)
	}
}

// checkTimeline walks all pages of a user's timeline: they hold each record of each log once, the newest first.
func checkTimeline(t *testing.T, r ask.Reader, userID string, until time.Time) {
	t.Helper()
	q := ask.Timeline{UserID: userID, Range: store.Range{From: until.AddDate(0, 0, -20), To: until}, Limit: 7}
	got, totals := map[store.Log]int64{}, map[store.Log]int64{}
	seen := map[string]bool{}
	last := until
	for pages := 0; ; pages++ {
		page, err := q.Ask(t.Context(), r)
		if err != nil || pages > 2000 {
			t.Fatal(pages, err)
		}
		for _, l := range page.Logs {
			totals[l.Log] = l.Total.N
		}
		for _, row := range page.Rows {
			head := row.Entry.Head()
			if at := row.Key.Time(); at.After(last) {
				t.Errorf("%s: %s at %s stands after %s", userID, head.ID, at, last)
			} else {
				last = at
			}
			if key := string(row.Log) + head.ID; seen[key] {
				t.Errorf("%s: %s stands twice", userID, key)
			} else {
				seen[key] = true
			}
			got[row.Log]++
		}
		if q.After = page.Next; q.After == nil {
			break
		}
	}
	for log, n := range totals {
		if got[log] != n {
			t.Errorf("%s: %d records of %s, want %d", userID, got[log], log, n)
		}
	}
	if totals[store.Interactive] == 0 || len(totals) < 5 {
		t.Errorf("%s: the timeline has %v", userID, totals)
	}
}
