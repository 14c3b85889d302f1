package main

import (
	"encoding/json"
	"fmt"
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

// keyUse is a sign-in of a service principal as encoding/json reads it.
type keyUse struct {
	ID       string `json:"id"`
	Created  string `json:"createdDateTime"`
	AppID    string `json:"appId"`
	Resource string `json:"resourceDisplayName"`
	Key      string `json:"servicePrincipalCredentialKeyId"`
	ASN      int64  `json:"autonomousSystemNumber"`
	Status   struct {
		Code int64 `json:"errorCode"`
	} `json:"status"`
	at time.Time
}

// keyHeld is a credential of the directory's files.
type keyHeld struct {
	KeyID string    `json:"keyId"`
	Ends  time.Time `json:"endDateTime"`
}

// theCredentials are the demo's sign-ins of service principals, its credentials by their keys, and those that a report lost.
func theCredentials(t *testing.T, until time.Time) (r ask.Reader, uses []keyUse, held map[string]keyHeld, gone map[string]string) {
	t.Helper()
	files, directory := t.TempDir(), t.TempDir()
	if err := demo.Write(t.Context(), files, demo.Options{Rows: 8_000, Seed: 5, Until: until}); err != nil {
		t.Fatal(err)
	}
	if err := demo.WriteDirectory(filepath.Join(directory, "d"), until); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(files, "insights-logs-serviceprincipalsigninlogs.json")
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	read := func(line string) {
		var r struct{ Properties keyUse }
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatal(err)
		}
		if r.Properties.at, err = time.Parse(time.RFC3339, r.Properties.Created); err != nil {
			t.Fatal(err)
		}
		r.Properties.at = r.Properties.at.Truncate(time.Microsecond).UTC()
		uses = append(uses, r.Properties)
	}
	for line := range strings.Lines(string(content)) {
		read(line)
	}
	// No service principal of the demo moves to another network: some of the last sign-ins get one.
	var moved strings.Builder
	lines := strings.Split(strings.TrimSpace(string(content)), "\n")
	for i, line := range lines[len(lines)-40:] {
		id := uses[len(lines)-40+i].ID
		line = strings.Replace(line, id, fmt.Sprintf("00000000-0000-4000-8000-%012d", i), 1)
		line = strings.Replace(line, fmt.Sprintf(`"autonomousSystemNumber":%d`, uses[len(lines)-40+i].ASN), fmt.Sprintf(`"autonomousSystemNumber":%d`, 64500+i%3), 1)
		moved.WriteString(line + "\n")
		read(line)
	}
	extra := filepath.Join(files, "moved.json")
	if err := os.WriteFile(extra, []byte(moved.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := datafolder.Open(t.Context(), t.TempDir(), kinds.Catalog, importer.Decoder(kinds.Catalog))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if _, err := importer.New(db, importer.Options{}).Paths(t.Context(), path, extra, filepath.Join(directory, "d")); err != nil {
		t.Fatal(err)
	}
	held = map[string]keyHeld{}
	for _, name := range []string{"applications.json", "serviceprincipals.json"} {
		content, err := os.ReadFile(filepath.Join(directory, "d", name))
		if err != nil {
			t.Fatal(err)
		}
		var answer struct {
			Value []struct{ PasswordCredentials, KeyCredentials []keyHeld }
		}
		if err := json.Unmarshal(content, &answer); err != nil {
			t.Fatal(err)
		}
		for _, object := range answer.Value {
			for _, k := range slices.Concat(object.PasswordCredentials, object.KeyCredentials) {
				held[k.KeyID] = k
			}
		}
	}
	return ask.Reader{Reader: db, Directory: db}, uses, held, reportKeys(t, db, until, held)
}

// The report of credentials says what a plain loop over the files finds, in each of its lists and for random ranges.
func TestCredentialsEqualAPlainRecount(t *testing.T) {
	t.Parallel()
	until := time.Date(2026, 11, 27, 10, 0, 0, 0, time.UTC) // while the secret of the export job has ended
	r, uses, held, gone := theCredentials(t, until)
	random := rand.New(rand.NewPCG(21, 5))
	rounds := 6
	if os.Getenv("SIGNPOST_SOAK") != "" {
		rounds = 300
	}
	positive := map[string]int{}
	for range rounds {
		from := until.Add(-time.Duration(1+random.IntN(29*24)) * time.Hour)
		q := ask.InsightQuery{Range: store.Range{From: from, To: until.Add(-time.Duration(random.IntN(int(until.Sub(from)/time.Hour))) * time.Hour)}, Chosen: map[string]string{}, Location: time.UTC, Now: until, Limit: 1 + random.IntN(40)}
		ahead := 30
		if random.IntN(2) == 0 {
			q.Chosen["ahead"], ahead = "365", 365
		}
		horizon := until.AddDate(0, 0, ahead)
		for _, list := range ask.Credentials.Lists {
			q.List, q.Sort, q.Reverse = list, list.Sort, random.IntN(2) == 0
			got := map[string]string{}
			for q.After = nil; ; {
				page, err := list.Ask(t.Context(), r, &q)
				if err != nil {
					t.Fatalf("%s: %v", list.Name, err)
				}
				for _, row := range page.Rows {
					got[rowKey(list, &row)] = rowText(list, &row)
				}
				if page.Next == nil {
					if int64(len(got)) != page.Total || !page.Complete {
						t.Errorf("%q: %d rows, total %d, complete %v", list.Name, len(got), page.Total, page.Complete)
					}
					break
				}
				q.After = page.Next
			}
			want := recountCredentials(list.Name, q.Range, until, horizon, uses, held)
			if list.Name == "gone" {
				want = gone
			}
			positive[list.Name] += len(want)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("%q from %s to %s (-want +got):\n%s", list.Name, q.Range.From, q.Range.To, diff)
			}
		}
	}
	for _, list := range ask.Credentials.Lists {
		if positive[list.Name] == 0 {
			t.Errorf("the list %q never had a row", list.Name)
		}
	}
}

// rowKey tells rows of a list apart.
func rowKey(list *ask.InsightList, row *ask.InsightRow) string {
	if list.Name == "tried" || list.Name == "wrong" {
		return row.ID + " " + row.Cells[0].Text
	}
	return row.ID
}

// rowText is what the oracle knows of a row.
func rowText(list *ask.InsightList, row *ask.InsightRow) string {
	c := row.Cells
	switch list.Name {
	case "tried", "wrong":
		return fmt.Sprint(c[1].N, " ", c[2].Text, " ", c[4].Time)
	case "calendar":
		return fmt.Sprint(c[0].N)
	case "gone":
		return fmt.Sprint(c[4].Time, " ", c[6].Time)
	case "network":
		return fmt.Sprint(c[1].Text, " ", c[2].N, " ", c[3].N)
	}
	return fmt.Sprint(c[3].N, " ", c[4].Time, " ", c[5].Time, " ", c[7].Time)
}

// recountCredentials counts what a list has, by the key of each row.
func recountCredentials(name string, in store.Range, now, horizon time.Time, uses []keyUse, held map[string]keyHeld) map[string]string {
	found := map[string]string{}
	inRange := func(u *keyUse) bool { return !u.at.Before(in.From) && u.at.Before(in.To) }
	if name == "tried" || name == "wrong" {
		code := map[string]int64{"tried": 7000222, "wrong": 7000215}[name]
		n, keys, last := map[string]int{}, map[string][]string{}, map[string]time.Time{}
		for i := range uses {
			u := &uses[i]
			if key := u.AppID + " " + u.Resource; u.Status.Code == code && inRange(u) {
				if n[key]++; u.at.After(last[key]) {
					last[key] = u.at
				}
				if u.Key != "" && !slices.Contains(keys[key], u.Key) {
					keys[key] = append(keys[key], u.Key)
				}
			}
		}
		for key := range n {
			slices.Sort(keys[key])
			found[key] = fmt.Sprint(n[key], " ", strings.Join(keys[key], ", "), " ", last[key])
		}
		return found
	}
	all := map[string]bool{}
	for key := range held {
		all[key] = true
	}
	for i := range uses {
		if uses[i].Key != "" {
			all[uses[i].Key] = true
		}
	}
	for key := range all {
		var n int
		var used, refused time.Time
		var known, fresh []string
		for i := range uses {
			u := &uses[i]
			switch {
			case u.Key != key:
			case u.Status.Code != 0:
				if u.at.After(refused) {
					refused = u.at
				}
			default:
				if u.at.After(used) {
					used = u.at
				}
				asn := fmt.Sprint(u.ASN)
				if before := u.at.Before(in.From) && !u.at.Before(in.From.AddDate(0, 0, -90)); before && !slices.Contains(known, asn) {
					known = append(known, asn)
				}
				if inRange(u) {
					n++
				}
			}
		}
		for i := range uses {
			asn := "AS" + fmt.Sprint(uses[i].ASN)
			if u := &uses[i]; u.Key == key && u.Status.Code == 0 && inRange(u) && !slices.Contains(known, asn[2:]) && !slices.Contains(fresh, asn) {
				fresh = append(fresh, asn)
			}
		}
		slices.Sort(fresh)
		ends, ending := held[key].Ends, false
		if ending = !ends.IsZero() && !ends.Before(now) && ends.Before(horizon); ending && name == "calendar" {
			day := ends.Format(time.DateOnly)
			n := 1
			if found[day] != "" {
				fmt.Sscan(found[day], &n)
				n++
			}
			found[day] = fmt.Sprint(n)
		}
		row := fmt.Sprint(n, " ", used, " ", refused, " ", ends)
		switch _, isHeld := held[key]; {
		case name == "network" && len(fresh) > 0 && len(known) > 0:
			found[key] = fmt.Sprint(strings.Join(fresh, ", "), " ", len(known), " ", n)
		case name == "", name == "ending" && ending, name == "unused" && isHeld && used.IsZero(), name == "ended" && isHeld && ends.Before(now):
			found[key] = row
		}
	}
	return found
}
