package store

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// plainQuery is what an address without parameters asks for.
func plainQuery() Query {
	r, _ := PresetRange("24h", testNow)
	return Query{Range: r, Window: Window24h, Limit: DefaultLimit}
}

func at(text string) time.Time {
	t, ok := parseTime(text)
	if !ok {
		panic("not a time: " + text)
	}
	return t
}

func TestParseQueryGood(t *testing.T) {
	week, _ := PresetRange("7d", testNow)
	month, _ := PresetRange("30d", testNow)
	cursor := Cursor{Key: keyOfShort(42)}
	for _, tt := range []struct {
		query string
		want  func(*Query)
	}{
		{"", func(*Query) {}},
		{"range=24h", func(*Query) {}},
		{"range=&from=&to=&agg=&cols=&after=&before=&limit=&events=", func(*Query) {}},
		{"range=7d", func(q *Query) { q.Range = week }},
		{"range=30d", func(q *Query) { q.Range = month }},
		{"from=2026-11-01T00:00:00Z&to=2026-11-02T00:00:00Z", func(q *Query) {
			q.Range = Range{From: at("2026-11-01"), To: at("2026-11-02")}
		}},
		{"from=2026-11-01T01:00:00%2B01:00&to=2026-11-01T12:00", func(q *Query) {
			q.Range = Range{From: at("2026-11-01"), To: at("2026-11-01T12:00")}
		}},
		{"from=2026-11-01T00:00:00.1234567Z&to=2026-11-01T00:00:00.123457Z", func(q *Query) {
			q.Range = Range{From: at("2026-11-01T00:00:00.123456"), To: at("2026-11-01T00:00:00.123457")}
		}},
		{"agg=1h", func(q *Query) { q.Window = Window1h }},
		{"agg=6h", func(q *Query) { q.Window = Window6h }},
		{"agg=24h", func(*Query) {}},
		{"cols=user,app,id,user", func(q *Query) { q.Columns = []*Property{UserDisplayName, AppDisplayName, RequestID} }},
		{"cols=status,reason,hometenant,tokenprotection,resource,sp,ca", func(q *Query) {
			q.Columns = []*Property{StatedStatus, FailureReason, HomeTenantID, TokenProtectionStatus, ResourceDisplayName, ServicePrincipalName, ConditionalAccessStatus}
		}},
		{"cols=location.city,ipAddress", func(q *Query) { q.Columns = []*Property{City, IPAddress} }},
		{"limit=1", func(q *Query) { q.Limit = 1 }},
		{"limit=200", func(q *Query) { q.Limit = 200 }},
		{"events=all", func(q *Query) { q.AllEvents = true }},
		{"after=" + cursor.String(), func(q *Query) { q.After = &cursor }},
		{"before=" + cursor.String(), func(q *Query) { q.Before = &cursor }},
		{"expand=16&expand=z&expand=16&members=" + cursor.String(), func(q *Query) { q.Expanded, q.Members = []Key{keyOfShort(42), keyOfShort(35)}, &cursor }},
		{"user=ada&status=failure", func(q *Query) {
			q.Filter = Filter{}.With(SignIns.byName["user"], OpIs, "ada").With(SignIns.byName["status"], OpIs, "failure")
		}},
	} {
		params, err := url.ParseQuery(tt.query)
		if err != nil {
			t.Fatal(err)
		}
		want := plainQuery()
		tt.want(&want)
		got, bad := SignIns.ParseQuery(params, testNow)
		if len(bad) > 0 || !reflect.DeepEqual(got, want) {
			t.Errorf("%q is %+v, %v; want %+v", tt.query, got, bad, want)
		}
	}
}

// TestParseQueryBad puts each bad parameter beside good ones, which must hold.
func TestParseQueryBad(t *testing.T) {
	cursor := Cursor{Key: keyOfShort(42)}.String()
	for _, tt := range []struct {
		query string
		bad   []string
	}{
		{"range=1y", []string{"range"}},
		{"range=24h&range=24h", []string{"range"}},
		{"range=24h&from=2026-11-01&to=2026-11-02", []string{"range"}},
		{"range=24h&to=2026-11-02", []string{"range"}},
		{"from=2026-11-01", []string{"to"}},
		{"to=2026-11-01", []string{"from"}},
		{"from=soon&to=later", []string{"from", "to"}},
		{"from=2026-11-02&to=2026-11-01", []string{"to"}},
		{"from=2026-11-01T00:00:00.0000001Z&to=2026-11-01T00:00:00.0000009Z", []string{"to"}},
		{"from=0001-01-01T00:00:00%2B01:00&to=2026-11-01", []string{"from"}},
		{"agg=2h", []string{"agg"}},
		{"agg=24h&agg=24h", []string{"agg"}},
		{"cols=user,colour", []string{"cols"}},
		{"cols=user,,", []string{"cols", "cols"}},
		{"cols=user,network", []string{"cols"}},
		{"cols=user,policy,appliedConditionalAccessPolicies", []string{"cols", "cols"}},
		{"cols=user,ingested", []string{"cols"}},
		{"cols=user&cols=app", []string{"cols"}},
		{"events=some", []string{"events"}},
		{"after=x", []string{"after"}},
		{"before=x", []string{"before"}},
		{"members=x", []string{"members"}},
		{"after=" + cursor + "&after=" + cursor, []string{"after"}},
		{"expand=A", []string{"expand"}},
		{"limit=0", []string{"limit"}},
		{"limit=201", []string{"limit"}},
		{"limit=-1", []string{"limit"}},
		{"limit=ten", []string{"limit"}},
		{"limit=50&limit=50", []string{"limit"}},
		{"colour=red", []string{"colour"}},
		{"status=odd", []string{"status"}},
	} {
		params, err := url.ParseQuery(tt.query)
		if err != nil {
			t.Fatal(err)
		}
		want := plainQuery()
		if params.Has("cols") {
			want.Columns = []*Property{UserDisplayName}
		}
		if slices.Equal(tt.bad, []string{"after"}) && len(params["after"]) > 1 {
			c, _ := ParseCursor(cursor)
			want.After = &c
		}
		params.Set("app", "Mail")
		want.Filter = want.Filter.With(SignIns.byName["app"], OpIs, "Mail")
		if !params.Has("limit") {
			params.Set("limit", "7")
			want.Limit = 7
		}
		got, bad := SignIns.ParseQuery(params, testNow)
		var told []string
		for _, b := range bad {
			told = append(told, b.Param)
		}
		if !slices.Equal(told, tt.bad) {
			t.Errorf("%q tells of %q, want %q", tt.query, told, tt.bad)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%q leaves %+v, want %+v", tt.query, got, want)
		}
	}
}

func TestParseQueryContradictions(t *testing.T) {
	older, newer := Cursor{Key: keyOfShort(1)}, Cursor{Key: keyOfShort(2)}
	q, bad := SignIns.ParseQuery(url.Values{"after": {older.String()}, "before": {newer.String()}}, testNow)
	if q.After == nil || *q.After != older || q.Before != nil || bad.For("before") == "" {
		t.Errorf("after and before are %v and %v, %v; want the first, and the second told", q.After, q.Before, bad)
	}

	week, _ := PresetRange("7d", testNow)
	q, bad = SignIns.ParseQuery(url.Values{"range": {"7d"}, "from": {"2026-11-01"}, "to": {"2026-11-02"}}, testNow)
	if q.Range != week || bad.For("range") == "" {
		t.Errorf("range, from and to are %+v, %v; want the 7 days, and range told", q.Range, bad)
	}

	q, bad = SignIns.ParseQuery(url.Values{"range": {"7d", "30d"}}, testNow)
	if q.Range != week || bad.For("range") == "" {
		t.Errorf("two ranges are %+v, %v; want the first, and range told", q.Range, bad)
	}
}

// TestDaysAreWhole: a bare date in from begins with that day, in to it ends with it.
func TestDaysAreWhole(t *testing.T) {
	day := func(text string) time.Time { return at(text + "T00:00:00Z") }
	for _, tt := range []struct {
		from, to string
		want     Range
	}{
		{"2026-11-01", "2026-11-01", Range{From: day("2026-11-01"), To: day("2026-11-02")}},
		{"2026-11-01", "2026-11-30", Range{From: day("2026-11-01"), To: day("2026-12-01")}},
		{"2024-02-28", "2024-02-29T00:00:00Z", Range{From: day("2024-02-28"), To: day("2024-02-29")}},
		{"2026-11-01T06:00", "2026-11-01", Range{From: day("2026-11-01").Add(6 * time.Hour), To: day("2026-11-02")}},
	} {
		q, bad := SignIns.ParseQuery(url.Values{"from": {tt.from}, "to": {tt.to}, "wide": {tt.from + "/" + tt.to}}, testNow)
		if q.Range != tt.want || q.Wide != tt.want || len(bad) > 0 {
			t.Errorf("from %s to %s: range %v, wide %v, %v; want %v", tt.from, tt.to, q.Range, q.Wide, bad, tt.want)
		}
	}
	q, bad := SignIns.ParseQuery(url.Values{"from": {"2026-11-02"}, "to": {"2026-11-01"}}, testNow)
	if q.Range.Preset != "24h" || bad.For("to") == "" {
		t.Errorf("days in the wrong order: %v, %v; want the default, and to told", q.Range, bad)
	}
	if _, bad := SignIns.ParseQuery(url.Values{"from": {"9999-12-30"}, "to": {"9999-12-31"}}, testNow); bad.For("to") == "" {
		t.Error("a day that ends behind the last year is not told")
	}
}

func TestParseQueryBoundsExpanded(t *testing.T) {
	params := url.Values{}
	for k := range int64(10_000) {
		params.Add("expand", keyOfShort(k).String())
	}
	q, bad := SignIns.ParseQuery(params, testNow)
	if len(q.Expanded) != MaxLimit || len(bad) != 1 || bad[0].Param != "expand" {
		t.Errorf("%d groups are unfolded, %v; want %d and one sentence", len(q.Expanded), bad, MaxLimit)
	}
}

// TestEveryPropertyAsColumn: a single-valued property is a column by its Graph name, a set never is.
func TestEveryPropertyAsColumn(t *testing.T) {
	for _, p := range SignIns.Properties {
		q, bad := SignIns.ParseQuery(url.Values{"cols": {p.Name}}, testNow)
		if p.Set != nil {
			if len(bad) != 1 || len(q.Columns) > 0 {
				t.Errorf("cols=%s shows %v, %v; lists are no columns", p.Name, q.Columns, bad)
			}
			continue
		}
		if len(bad) > 0 || len(q.Columns) != 1 || q.Columns[0] != p {
			t.Errorf("cols=%s shows %v, %v", p.Name, q.Columns, bad)
		}
	}
}

func TestQueryValues(t *testing.T) {
	cursor := &Cursor{Key: keyOfShort(1)}
	q := plainQuery()
	if got := q.Values().Encode(); got != "" {
		t.Errorf("the default is written %q, want nothing", got)
	}
	q.After, q.Expanded, q.Members = cursor, []Key{cursor.Key}, cursor
	if got := q.Values().Encode(); got != "" {
		t.Errorf("paging is written %q, want nothing", got)
	}
	q.Window, q.Limit = 0, 0
	if got := q.Values().Encode(); got != "" {
		t.Errorf("what is unset is written %q, want nothing", got)
	}
	q = Query{
		Range:     Range{From: at("2026-11-01T00:00:00.5"), To: at("2026-11-02")},
		Window:    Window6h,
		Limit:     10,
		AllEvents: true,
		Columns:   []*Property{UserDisplayName, ErrorCode},
		Filter:    Filter{}.With(SignIns.byName["ip"], OpIs, "192.0.2.0/24"),
	}
	want := "agg=6h&cols=userDisplayName%2Cstatus.errorCode&events=all&from=2026-11-01T00%3A00%3A00.5Z&ip=192.0.2.0%2F24&limit=10&to=2026-11-02T00%3A00%3A00Z"
	if got := q.Values().Encode(); got != want {
		t.Errorf("Values() = %q, want %q", got, want)
	}
}

// goodValues are values of the fields that check theirs; the others take any text.
var goodValues = map[string][]string{
	"status": {"success", "Failure", "INTERRUPTED"},
	"error":  {"0", "50126", "AADSTS50076"}, "anyerror": {"500121"}, "asn": {"64496", "0"},
	"ip": {"192.0.2.7", "192.", "2001:db8:", "2001:DB8::1", "2001:db8::", ":", "192.0.2.9/24"}, "ipresource": {":", "10.0.0.1"},
	"gsa": {"yes", "no"}, "compliant": {"true", "no"}, "managed": {"yes"}, "cae": {"No"}, "flagged": {"yes"},
	"ca": {"success", "notapplied"}, "client": {"Browser", "legacy", "Other clients; POP", "other clients"},
	"methodresult": {"yes", "False"}, "methodsource": {"claim", "Proof"},
	"mfa": {"denied", "claim"}, "ingested": {"2026-11-23", "2026-11-23T14:05:09.123456789+05:30"},
}

func randomQuery(r *rand.Rand) url.Values {
	params := url.Values{}
	switch r.IntN(3) {
	case 0:
		params.Set("range", Presets()[r.IntN(len(Presets()))])
	case 1:
		from := testNow.Add(-time.Duration(r.Int64N(int64(20 * 365 * 24 * time.Hour))))
		params.Set("from", from.Format(time.RFC3339Nano))
		params.Set("to", from.Add(time.Microsecond+time.Duration(r.Int64N(int64(40*24*time.Hour)))).Format(time.RFC3339Nano))
	}
	if r.IntN(2) == 0 {
		params.Set("agg", Windows()[r.IntN(3)].String())
	}
	if r.IntN(2) == 0 {
		params.Set("limit", fmt.Sprint(1+r.IntN(MaxLimit)))
	}
	if r.IntN(3) == 0 {
		params.Set("events", "all")
	}
	var columns []string
	for range r.IntN(6) {
		if p := SignIns.Properties[r.IntN(len(SignIns.Properties))]; p.Set == nil {
			columns = append(columns, p.Name)
		}
	}
	if len(columns) > 0 {
		params.Set("cols", strings.Join(columns, ","))
	}
	for range r.IntN(6) {
		f := SignIns.fields[r.IntN(len(SignIns.fields))]
		values, checked := goodValues[f.Name]
		switch {
		case !checked && f.Single && f.Closed:
			params.Add(f.Name, map[bool]string{true: "yes", false: "125"}[f.Properties[0].Bool != nil])
		case !checked && f.HoldsAddresses():
			params.Add(f.Name, "192.0.2.0/24")
		case !checked:
			params.Add(f.Name, randomText(r))
		case len(values) > 0:
			params.Add(f.Name, values[r.IntN(len(values))])
		}
	}
	return params
}

func randomText(r *rand.Rand) string {
	const letters = "aZ09 .,;:&=+%#?/\\\"'<>*-_@äß漢🙂\n\x00"
	runes := []rune(letters)
	text := []rune{'x'}
	for range r.IntN(12) {
		text = append(text, runes[r.IntN(len(runes))])
	}
	return string(text)
}

func TestQueryRoundTrip(t *testing.T) {
	r := rand.New(rand.NewPCG(20261123, 140509))
	for range 5000 {
		params := randomQuery(r)
		q, bad := SignIns.ParseQuery(params, testNow)
		if len(bad) > 0 {
			t.Fatalf("%q: %v", params.Encode(), bad)
		}
		checkRoundTrip(t, q)
	}
}

// checkRoundTrip writes the query as an address, reads the address and compares.
func checkRoundTrip(t *testing.T, q Query) {
	t.Helper()
	q.After, q.Before, q.Members, q.Expanded = nil, nil, nil, nil // paging is no part of it
	written := q.Values().Encode()
	params, err := url.ParseQuery(written)
	if err != nil {
		t.Fatalf("%q: %v", written, err)
	}
	again, bad := SignIns.ParseQuery(params, testNow)
	if len(bad) > 0 || !reflect.DeepEqual(again, q) {
		t.Fatalf("%q is read as %+v, %v; want %+v", written, again, bad, q)
	}
	if got := again.Values().Encode(); got != written {
		t.Fatalf("%q is written again as %q", written, got)
	}
}

func FuzzParseQuery(f *testing.F) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 30 {
		f.Add(randomQuery(r).Encode())
	}
	f.Add("range=24h&range=7d&from=x&to=&agg=2h&cols=,&after=AAAA&limit=0&user.not=a&ip=::%25x&expand=-1")
	f.Fuzz(func(t *testing.T, address string) {
		params, err := url.ParseQuery(address)
		if err != nil {
			return
		}
		q, bad := SignIns.ParseQuery(params, testNow)
		for _, b := range bad {
			if b.Problem == "" {
				t.Errorf("%q: nothing is said about %q", address, b.Param)
			}
		}
		if !q.Range.From.Before(q.Range.To) || q.Limit < 1 || q.Limit > MaxLimit || len(q.Expanded) > MaxLimit || q.After != nil && q.Before != nil {
			t.Errorf("%q is the impossible query %+v", address, q)
		}
		NewCatalog(SignIns).Names(ConditionalAccess, params)
		q.Filter.Match(&SignIn{ID: "x", IPAddress: "2001:db8::1", ClientAppUsed: "Browser", ErrorCode: IntOf(0)})
		checkRoundTrip(t, q)
	})
}
