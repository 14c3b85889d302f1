package views

import (
	"strings"
	"testing"
	"time"

	"signpost/store"
	"signpost/web/ask"
)

// A row of a table counts all logs. Its link opens the log with the most sign-ins of the object, among the logs that can
// have the row's value.
func TestATableLeadsToTheLogWithTheMost(t *testing.T) {
	const day = 24 * time.Hour
	from := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		kind   store.ObjectKind
		by     *store.Field
		counts map[store.Log]int64
		want   string
	}{
		{store.ObjectUser, store.AppField, map[store.Log]int64{store.Interactive: 3, store.NonInteractive: 2}, "/logs/interactive?"},
		{store.ObjectUser, store.AppField, map[store.Log]int64{store.NonInteractive: 2}, "/logs/noninteractive?"},
		{store.ObjectApplication, store.UserField, map[store.Log]int64{store.NonInteractive: 2, store.ServicePrincipal: 9}, "/logs/noninteractive?"},
		{store.ObjectApplication, store.ServicePrincipalField, map[store.Log]int64{store.Interactive: 9, store.ManagedIdentity: 1}, "/logs/managedidentity?"},
		{store.ObjectApplication, store.UserField, nil, "/logs/interactive?"},
	} {
		p := &EntityPage{KnownObject: ask.KnownObject{Kind: test.kind, ID: "x"}, Range: store.Range{From: from, To: from.Add(day)}}
		for _, log := range ask.LogsOf(test.kind) {
			info, _ := store.SignIns.Log(log)
			p.Logs = append(p.Logs, EntityLog{Info: info, Sum: store.Bucket{ByStatus: [store.MaxStatuses]int64{store.StatusSuccess: test.counts[log]}}})
		}
		got := p.rowURL(&EntityTable{By: test.by}, &store.TableRow{Value: "y"})
		if !strings.HasPrefix(got, test.want) {
			t.Errorf("%s of %v: got %s, want %s", test.by.Name, test.counts, got, test.want)
		}
	}
}
