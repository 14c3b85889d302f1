package views

import (
	"strings"
	"testing"
	"time"

	"signpost/store"
	"signpost/web/ask"
)

// A row of a report counts all logs and its link leads to one: that with the most of the object's sign-ins, of those that the
// row can be in.
func TestAReportLeadsToTheLogWithTheMost(t *testing.T) {
	const day = 24 * time.Hour
	from := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		kind   store.ObjectKind
		entity store.Entity
		counts map[store.Log]int64
		want   string
	}{
		{store.ObjectUser, store.EntityApplication, map[store.Log]int64{store.Interactive: 3, store.NonInteractive: 2}, "/logs/interactive?"},
		{store.ObjectUser, store.EntityApplication, map[store.Log]int64{store.NonInteractive: 2}, "/logs/noninteractive?"},
		{store.ObjectApplication, store.EntityUser, map[store.Log]int64{store.NonInteractive: 2, store.ServicePrincipal: 9}, "/logs/noninteractive?"},
		{store.ObjectApplication, store.EntityServicePrincipal, map[store.Log]int64{store.Interactive: 9, store.ManagedIdentity: 1}, "/logs/managedidentity?"},
		{store.ObjectApplication, store.EntityUser, nil, "/logs/interactive?"},
	} {
		p := &EntityPage{KnownObject: ask.KnownObject{Kind: test.kind, ID: "x"}, Range: store.Range{From: from, To: from.Add(day)}}
		for _, log := range ask.LogsOf(test.kind) {
			info, _ := log.Info()
			p.Logs = append(p.Logs, EntityLog{Info: info, Sum: store.Bucket{Success: test.counts[log]}})
		}
		got := p.rowURL(&EntityReport{Entity: test.entity}, &store.ReportRow{ID: "y"})
		if !strings.HasPrefix(got, test.want) {
			t.Errorf("%v of %v: got %s, want %s", test.entity, test.counts, got, test.want)
		}
	}
}
