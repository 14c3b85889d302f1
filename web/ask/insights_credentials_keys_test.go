package ask

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"signpost/store"
)

// countingReader counts the tables that are asked for.
type countingReader struct {
	store.Reader
	tables *atomic.Int64
}

func (c countingReader) Table(ctx context.Context, q store.TableQuery) (store.Table, error) {
	c.tables.Add(1)
	return c.Reader.Table(ctx, q)
}

// Refused sign-ins name their keys, however many keys and rows there are. A file takes a few questions, not one for each row.
func TestKeysOfRefusedSignIns(t *testing.T) {
	var signIns []store.SignIn
	counts := map[string]map[string]int{} // of application and resource, by key
	for n := range 600 {
		app, resource, key := n%40, n/40%2, (n*31+n/40)%70
		s := to(app, 0, signIn(n+1, 0))
		s.Time = noon.Add(-time.Duration(n) * time.Minute)
		s.Log, s.UserID, s.UserPrincipalName, s.UserDisplayName = store.ServicePrincipal, "", "", ""
		s.ServicePrincipalID, s.ResourceID, s.ResourceDisplayName = testID(5000+app), testID(4000+resource), fmt.Sprint("Resource ", resource)
		of := fmt.Sprint(testID(3000+app), " Resource ", resource)
		if counts[of] == nil {
			counts[of] = map[string]int{}
		}
		if n%9 > 0 {
			s.ServicePrincipalCredentialKeyID = testID(7000 + key)
			counts[of][s.ServicePrincipalCredentialKeyID]++
		}
		signIns = append(signIns, failed(7000222, s))
	}
	h := holding(t, signIns...)
	var tables atomic.Int64
	reader := h.Reader
	reader.Reader = countingReader{h.Reader.Reader, &tables}
	list, _ := Credentials.ListNamed("tried")
	for _, tt := range []struct {
		name               string
		inFile             bool
		limit, rows, table int
	}{{"a file", true, PartRows, len(counts), 60}, {"a page, with fewer rows than keys", false, 10, 10, 20}} {
		before := tables.Load()
		q := &InsightQuery{List: list, Sort: NumberRefusals, Range: day, Now: noon.AddDate(0, 0, 1), Location: time.UTC, Limit: tt.limit, inFile: tt.inFile}
		page, err := list.Ask(t.Context(), reader, q)
		if err != nil || len(page.Rows) != tt.rows {
			t.Fatalf("%s: %d rows, %v, want %d", tt.name, len(page.Rows), err, tt.rows)
		}
		for i := range page.Rows {
			row := &page.Rows[i]
			text, note := mostUsed(counts[row.ID+" "+row.Cells[0].Text])
			if got := row.Cells[2]; got.Text != text || got.Note != note {
				t.Errorf("%s: %s to %s names %q %q, want %q %q", tt.name, row.ID, row.Cells[0].Text, got.Text, got.Note, text, note)
			}
		}
		if n := tables.Load() - before; n > int64(tt.table) {
			t.Errorf("%s: %d rows took %d tables", tt.name, len(page.Rows), n)
		}
	}
}

// mostUsed names the three keys with the most sign-ins, and says whether there are more.
func mostUsed(of map[string]int) (text, note string) {
	var keys []string
	for key := range of {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b string) int {
		if of[a] != of[b] {
			return of[b] - of[a]
		}
		return strings.Compare(a, b)
	})
	if len(keys) > 3 {
		keys, note = keys[:3], "and more"
	}
	slices.Sort(keys)
	return strings.Join(keys, ", "), note
}
