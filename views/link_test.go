package views

import (
	"net/url"
	"testing"
	"time"

	"signpost/store"
)

func mustField(t *testing.T, name string) *store.Field {
	t.Helper()
	f, ok := store.SignIns.Field(name)
	if !ok {
		t.Fatalf("no field %s", name)
	}
	return f
}

// parsed reads an address's query as the page would.
func parsed(t *testing.T, query string) store.Query {
	t.Helper()
	v, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	q, bad := store.SignIns.ParseQuery(v, noon)
	if len(bad) > 0 {
		t.Fatalf("%s: %v", query, bad)
	}
	return q
}

func TestListLinks(t *testing.T) {
	list := List{Log: store.NonInteractive}
	cursor := store.Cursor{Key: store.NewKey(time.Date(2015, 1, 1, 0, 0, 0, 1000, time.UTC), 0)}
	q := parsed(t, "range=7d&agg=1h&user=ada&status=failure&status=success&limit=10&after="+cursor.String()+"&expand=1&expand=2&members="+cursor.String())
	c := cursor.String()
	rest := "agg=1h&limit=10&range=7d&status=failure&status=success&user=ada"
	tests := []struct{ name, got, want string }{
		{"first page", list.firstURL(q), "/logs/noninteractive?" + rest},
		{"older", list.olderURL(q, &cursor), "/logs/noninteractive?after=" + c + "&" + rest},
		{"newer", list.newerURL(q, &cursor), "/logs/noninteractive?agg=1h&before=" + c + "&limit=10&range=7d&status=failure&status=success&user=ada"},
		{"default range", list.presetURL(q, "24h"), "/logs/noninteractive?agg=1h&limit=10&status=failure&status=success&user=ada"},
		{"month", list.presetURL(q, "30d"), "/logs/noninteractive?agg=1h&limit=10&range=30d&status=failure&status=success&user=ada"},
		{"default window", list.windowURL(q, store.Window24h), "/logs/noninteractive?limit=10&range=7d&status=failure&status=success&user=ada"},
		{"without a value", list.withoutURL(q, mustField(t, "status"), store.OpIs, "failure"), "/logs/noninteractive?agg=1h&limit=10&range=7d&status=success&user=ada"},
		{"without filters", list.clearURL(q), "/logs/noninteractive?agg=1h&limit=10&range=7d"},
		{"unfold a third", list.expandURL(q, q.Expanded[1].Next()), "/logs/noninteractive?after=" + c + "&agg=1h&expand=1&expand=2&expand=3&limit=10&range=7d&status=failure&status=success&user=ada"},
		{"unfold the first again comes last", list.expandURL(q, q.Expanded[0]), "/logs/noninteractive?after=" + c + "&agg=1h&expand=2&expand=1&limit=10&range=7d&status=failure&status=success&user=ada"},
		{"fold", list.collapseURL(q, q.Expanded[0]), "/logs/noninteractive?after=" + c + "&agg=1h&expand=2&limit=10&range=7d&status=failure&status=success&user=ada"},
		{"more members", list.moreMembersURL(q, q.Expanded[0], &cursor), "/logs/noninteractive?after=" + c + "&agg=1h&expand=2&expand=1&limit=10&members=" + c + "&range=7d&status=failure&status=success&user=ada"},
		{"fragment", list.fragmentURL(q, q.Expanded[0], nil), "/logs/noninteractive?agg=1h&expand=1&limit=10&range=7d&status=failure&status=success&user=ada"},
		{"more of a fragment", list.fragmentURL(q, q.Expanded[0], &cursor), "/logs/noninteractive?agg=1h&expand=1&limit=10&members=" + c + "&range=7d&status=failure&status=success&user=ada"},
		{"interactive tab", list.TabURL(q, store.Interactive), "/logs/interactive?agg=1h&limit=10&range=7d&status=failure&status=success&user=ada"},
		{"managed identity tab", list.TabURL(q, store.ManagedIdentity), "/logs/managedidentity?agg=1h&limit=10&range=7d&status=failure&status=success&user=ada"},
		{"legacy", List{Log: store.Interactive, Legacy: true}.firstURL(parsed(t, "")), "/logs/legacy"},
		{"details", DetailsURL(store.Interactive, "a/b?c d"), "/logs/interactive/a%2Fb%3Fc%20d"},
		{"own details", MeDetailsURL("a/b"), "/me/a%2Fb"},
		{"own, default range", MeQuery{Range: store.Range{Preset: "30d"}, Limit: 50}.URL(), "/me"},
		{"own, a day", MeQuery{Range: store.Range{Preset: "24h"}, Limit: 50}.URL(), "/me?range=24h"},
		{"own, older", MeQuery{Range: store.Range{Preset: "30d"}, Limit: 10}.olderURL(&cursor), "/me?after=" + c + "&limit=10"},
	}
	for _, test := range tests {
		if test.got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", test.name, test.got, test.want)
		}
	}
}

// Every link of a list is an address that the list understands in the same meaning.
func TestLinksAreReadBack(t *testing.T) {
	list := List{Log: store.Interactive}
	q := parsed(t, "from=2026-11-20T10:00:00.5Z&to=2026-11-21T10:00:00Z&ip=192.0.2.0/24&client=legacy&cols=user,os")
	u, err := url.Parse(list.firstURL(q))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := parsed(t, u.RawQuery).Values().Encode(), q.Values().Encode(); got != want {
		t.Errorf("read back as %s, want %s", got, want)
	}
}

func TestDayEndingAt(t *testing.T) {
	tests := []struct{ newest, wantTo string }{
		{"2024-03-05T08:09:10Z", "2024-03-05T08:10:00Z"},
		{"2024-03-05T08:09:00Z", "2024-03-05T08:10:00Z"}, // to is exclusive: the end of a whole minute is the next minute
		{"2024-02-28T23:59:59.9Z", "2024-02-29T00:00:00Z"},
	}
	for _, test := range tests {
		newest, err := time.Parse(time.RFC3339Nano, test.newest)
		if err != nil {
			t.Fatal(err)
		}
		r := DayEndingAt(newest)
		if got := r.To.Format(time.RFC3339); got != test.wantTo || !r.Contains(newest) || r.To.Sub(r.From) != 24*time.Hour {
			t.Errorf("%s: from %s to %s, want 24 hours to %s", test.newest, r.From, r.To, test.wantTo)
		}
	}
}

func TestFieldPickerOffersWhatTheLogHas(t *testing.T) {
	tests := []struct {
		log         store.Log
		conditional bool
		field       string
		want        bool
	}{
		{store.Interactive, true, "ca", true},
		{store.Interactive, false, "ca", false},
		{store.Interactive, false, "policy", false},
		{store.Interactive, false, "policyresult", false},
		{store.Interactive, true, "user", true},
		{store.Interactive, true, "sp", false},
		{store.ServicePrincipal, true, "user", false},
		{store.ServicePrincipal, true, "sp", true},
		{store.ServicePrincipal, true, "ip", true},
		{store.ManagedIdentity, true, "ip", false},
		{store.ManagedIdentity, true, "ca", false},
		{store.ManagedIdentity, true, "mitype", true},
		{store.Interactive, true, "group", true},
		{store.Interactive, true, "flow", true},
		{store.ServicePrincipal, true, "risk", true},
		{store.ManagedIdentity, true, "session", true},
	}
	for _, test := range tests {
		got := false
		for _, group := range (LogPage{List: List{Log: test.log}, ConditionalAccess: test.conditional}).fieldGroups() {
			for _, f := range group.Fields {
				got = got || f.Name == test.field
			}
		}
		if got != test.want {
			t.Errorf("%s with right %t offers %s: %t, want %t", test.log, test.conditional, test.field, got, test.want)
		}
	}
	if first := (LogPage{List: List{Log: store.Interactive}, ConditionalAccess: true}).fieldGroups()[0].Fields; first[0].Name != "user" || first[1].Name != "app" || first[2].Name != "status" {
		t.Errorf("the picker begins with %s, %s, %s, want user, app, status", first[0].Name, first[1].Name, first[2].Name)
	}
}
