package sqlite

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"signpost/store"
)

// mixed makes sign-ins of many kinds. Every property that a filter compares is now empty, now a text in mixed case, now a
// text of several values. Ids are now GUIDs, now tokens, now other texts.
type mixed struct{ r *rand.Rand }

func pick[T any](m mixed, from ...T) T { return from[m.r.IntN(len(from))] }

var (
	someTexts = []string{
		"", "", "Ada", "ada", "ADA Example", "Oslo", "oslo", "Ørsted", "øRSTED", "İzmir", "izmir", "Straße", "ſtop", "stop",
		"ΣΊΣΥΦΟΣ", "σίσυφος", "100%_", "a\"b'", " ", "hidden", "K", "\u212a",
	}
	someAddresses = []string{
		"", "192.0.2.7", "192.0.2.77", "198.51.100.1", "::ffff:192.0.2.7", "2001:db8::1", "2001:DB8:0:1::9", "2001:db8:1::", "fe80::1%eth0", "unknown",
	}
	someClients = []string{"", "Browser", "browser", "Other clients; IMAP", "IMAP4", "; POP", "Mobile Apps and Desktop clients", "Telegraph", "Universal Outlook"}
	someTypes   = []string{"", "refreshToken", "primaryRefreshToken,refreshToken", "none", "a, B", "saml11,,x"}
	someMFA     = []string{"", "MFA denied; user declined the authentication", "MFA completed in Azure AD", "MFA requirement satisfied by claim in the token"}
)

func (m mixed) guid() string {
	id := guid(m.r.IntN(12))
	return pick(m, id, strings.ToUpper(id))
}

func (m mixed) id() string {
	return pick(m, m.guid(), m.guid(), "", "Odd-id", "odd-ID", "00000000-0000-FFff-FF00-00000000000"+pick(m, "a", "A"))
}

func (m mixed) token() string {
	return pick(m, "", "Zm9vYmFyLWZvb2Jhci1mbw", "zM9vYmFyLWZvb2Jhci1mbw", "Zm9vYmFyLWZvb2Jhci1mbQ", "_-__________________ng", "Zm9", "zm9", "AAAAAAAA_wD_AAAAAAAAAA")
}

func (m mixed) list(from ...string) []string {
	var list []string
	for range m.r.IntN(4) {
		list = append(list, pick(m, from...))
	}
	return list
}

func (m mixed) signIn(log store.Log, i int) store.SignIn {
	at := noon.Add(-time.Duration(m.r.Int64N(int64(70 * time.Hour)))).Truncate(time.Microsecond)
	id := fmt.Sprintf("%08x-%04x-4000-8000-%012x", i*2654435761%(1<<32), i%7, i)
	switch i % 10 {
	case 3:
		id = fmt.Sprintf("Odd-%d", i)
	case 4:
		id = fmt.Sprintf("00000000-0000-FFff-FF00-%012X", i+0xa00)
	case 5:
		id = strings.ToUpper(id)
	}
	s := store.SignIn{Log: log, ID: id, Time: at, CorrelationID: m.id(), SessionID: m.id(), UniqueTokenIdentifier: m.token()}
	if m.r.IntN(3) > 0 {
		s.Ingested = noon.Add(time.Duration(m.r.IntN(5)) * time.Minute)
	}
	for _, p := range store.SignIns.Properties {
		switch {
		case p.Unique:
		case p.Text != nil:
			*p.Text(&s) = pick(m, someTexts...)
		case p.Int != nil && m.r.IntN(4) > 0:
			*p.Int(&s) = store.IntOf(pick(m, int64(0), 0, 50126, 50074, 64496))
		case p.Bool != nil:
			*p.Bool(&s) = pick(m, store.Unset, store.True, store.False)
		}
	}
	for _, p := range []*store.Property{store.UserID, store.AppID, store.ResourceID, store.ServicePrincipalID} {
		*p.Text(&s) = pick(m, "", m.guid(), "Odd ID", "İD")
	}
	s.IPAddress, s.IPAddressFromResourceProvider = pick(m, someAddresses...), pick(m, someAddresses...)
	s.ClientAppUsed, s.IncomingTokenType, s.AdditionalDetails = pick(m, someClients...), pick(m, someTypes...), pick(m, someMFA...)
	s.StatedStatus = pick(m, "", "", "", "Interrupted", "odd")
	s.ConditionalAccessStatus = pick(m, "", "success", "Failure", "notApplied", "NOTAPPLIED", "unknownFutureValue")
	s.RiskEventTypes, s.AuthenticationMethodsUsed = m.list(someTexts...), m.list(someTexts...)
	for range m.r.IntN(3) {
		s.AppliedConditionalAccessPolicies = append(s.AppliedConditionalAccessPolicies,
			store.AppliedPolicy{ID: m.guid(), DisplayName: pick(m, someTexts...), Result: pick(m, "success", "reportOnlyFailure", ""), GrantControls: m.list("Mfa", "mfa", "")})
		s.NetworkLocationDetails = append(s.NetworkLocationDetails, store.NetworkLocation{Type: pick(m, "trusted", "namedNetwork", ""), Names: m.list(someTexts...)})
		s.AuthenticationDetails = append(s.AuthenticationDetails,
			store.AuthenticationStep{Method: pick(m, someTexts...), Succeeded: pick(m, store.Unset, store.True, store.False), ResultDetail: pick(m, someMFA...)})
	}
	return s
}

// filter makes up the parameters of a filter, mostly of values that some sign-in has or nearly has.
func (m mixed) filter(signIns []store.SignIn) url.Values {
	params := url.Values{}
	for range 1 + m.r.IntN(3) {
		field := pick(m, store.SignIns.Fields()...)
		if m.r.IntN(6) == 0 { // the four kept by themselves
			field = store.SignIns.Fields()[m.r.IntN(4)]
		}
		if field.Name == "group" || field.Name == "department" {
			continue // these need a directory: see the tests of the filter by group
		}
		for range 1 + m.r.IntN(2) {
			operators := field.Operators()
			if len(operators) == 0 {
				break
			}
			op := pick(m, operators...)
			for range 1 + m.r.IntN(2) {
				params.Add(field.Param(op), m.value(field, op, &signIns[m.r.IntN(len(signIns))]))
			}
		}
	}
	return params
}

func (m mixed) value(field *store.Field, op store.Operator, s *store.SignIn) string {
	values := []string{"Nowhere", pick(m, someTexts...), pick(m, "success", "yes", "no", "50126", "denied", "failure", "interrupted", "notApplied")}
	values = append(values, field.EventValues(s)...)
	for _, p := range field.Properties {
		switch {
		case p.Text != nil:
			values = append(values, *p.Text(s))
		case p.Set != nil:
			values = append(values, p.Set(s)...)
		}
	}
	switch {
	case op == store.OpEmpty, op == store.OpNotEmpty:
		return pick(m, "yes", "no")
	case field.Name == "client":
		values = append(values, "modern", "legacy", "imap")
	case strings.HasPrefix(field.Name, "ip"):
		values = append(values, "192.0.2.0/24", "192.", "2001:db8:", ":", "2001:db8::/32")
	}
	runes := []rune(pick(m, values...))
	text := string(runes)
	if (op == store.OpStarts || op == store.OpHas) && len(runes) > 0 {
		from := 0
		if op == store.OpHas {
			from = m.r.IntN(len(runes))
		}
		rest := len(runes) - from
		text = string(runes[from : from+1+m.r.IntN(1+m.r.IntN(rest))]) // often a letter or two
	}
	return pick(m, text, text, strings.ToUpper(text), strings.ToLower(text))
}

// TestRandomFiltersAgreeWithMatch compares what the engine finds with what a loop over all sign-ins finds.
func TestRandomFiltersAgreeWithMatch(t *testing.T) {
	m := mixed{rand.New(rand.NewPCG(7, 2026))}
	const sets, each, cases = 2, 300, 500
	some, none := 0, 0
	for set := range sets {
		db := openTest(t)
		log := []store.Log{store.Interactive, store.NonInteractive}[set]
		signIns := make([]store.SignIn, each)
		for i := range signIns {
			signIns[i] = m.signIn(log, i)
		}
		for i, o := range put(t, db, signIns...) {
			if o.Kind != store.OutcomeNew {
				t.Fatalf("sign-in %d, %q: %+v", i, signIns[i].ID, o)
			}
		}
		for tried := 0; tried < cases; {
			params := m.filter(signIns)
			filter, _ := store.SignIns.ParseFilter(params) // what is bad is left out
			if filter.IsEmpty() {
				continue
			}
			tried++
			r := threeDays
			if tried%4 == 0 {
				r = rangeOf(noon.Add(-50*time.Hour), noon.Add(-9*time.Hour))
			}
			var want []string
			for i := range signIns {
				if r.Contains(signIns[i].Time) && filter.Match(&signIns[i]) {
					want = append(want, canonicalID(signIns[i].ID))
				}
			}
			q := store.ListQuery{Log: log, Range: r, Filter: filter, Limit: each}
			page, err := db.Page(t.Context(), q)
			if err != nil {
				t.Fatalf("%s: %v", filter.Values().Encode(), err)
			}
			got := idsOf(page.Rows)
			for i := range got {
				got[i] = canonicalID(got[i])
			}
			slices.Sort(want)
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Errorf("%v: the engine finds %d, the loop %d; only one finds %q", filter.Values(), len(got), len(want), difference(got, want))
			}
			if total, err := db.Total(t.Context(), q); err != nil || total.N != int64(len(want)) {
				t.Errorf("%v: total %d, %v; want %d", filter.Values(), total.N, err, len(want))
			}
			if len(want) > 0 && len(want) < each {
				some++
			} else if len(want) == 0 {
				none++
			}
		}
	}
	if some < sets*cases/3 {
		t.Errorf("only %d filters of %d tell sign-ins apart; %d find nothing", some, sets*cases, none)
	}
}

// canonicalID is an id as the engine gives it back: a GUID in lower case unless it is kept as a text.
func canonicalID(id string) string {
	if encoded, isText := encodeGUID(id); !isText {
		return encoded.guid()
	}
	return id
}

func difference(a, b []string) []string {
	var only []string
	for _, pair := range [][2][]string{{a, b}, {b, a}} {
		for _, id := range pair[0] {
			if !slices.Contains(pair[1], id) {
				only = append(only, id)
			}
		}
	}
	return only
}

func TestSpansOfIDs(t *testing.T) {
	for _, tt := range []struct {
		span        func(string) (id16, id16, bool)
		start       string
		first, last string // as GUIDs; empty where no id starts so
	}{
		{guidSpan, "A", "a0000000-0000-0000-0000-000000000000", "afffffff-ffff-ffff-ffff-ffffffffffff"},
		{guidSpan, "01234567-", "01234567-0000-0000-0000-000000000000", "01234567-ffff-ffff-ffff-ffffffffffff"},
		{guidSpan, "01234567-89ab-cdef-0123-456789abcdef", "01234567-89ab-cdef-0123-456789abcdef", "01234567-89ab-cdef-0123-456789abcdef"},
		{guidSpan, "01234567-89ab-cdef-0123-456789abcdef0", "", ""},
		{guidSpan, "012345678", "", ""},
		{guidSpan, "g", "", ""},
		{tokenSpan, "A", "00000000-0000-0000-0000-000000000000", "03ffffff-ffff-ffff-ffff-ffffffffffff"},
		{tokenSpan, "_____________________", "ffffffff-ffff-ffff-ffff-fffffffffffc", "ffffffff-ffff-ffff-ffff-ffffffffffff"},
		{tokenSpan, "_____________________w", "ffffffff-ffff-ffff-ffff-ffffffffffff", "ffffffff-ffff-ffff-ffff-ffffffffffff"},
		{tokenSpan, "_____________________x", "", ""},
		{tokenSpan, "_____________________ww", "", ""},
		{tokenSpan, "+", "", ""},
	} {
		first, last, ok := tt.span(tt.start)
		if ok != (tt.first != "") || ok && (first.guid() != tt.first || last.guid() != tt.last) {
			t.Errorf("%q: %s to %s, %v; want %s to %s", tt.start, first.guid(), last.guid(), ok, tt.first, tt.last)
		}
	}
}

// A list of nothing but empty texts is empty: records hold such lists.
func TestListOfEmptyTextsIsEmpty(t *testing.T) {
	db := openTest(t)
	signIns := madeUp(store.Interactive, 3, 1)
	signIns[0].RiskEventTypes, signIns[1].RiskEventTypes, signIns[2].RiskEventTypes = []string{"", ""}, nil, []string{"", "newCountry"}
	put(t, db, signIns...)
	for query, want := range map[string]int64{"riskevent.empty=yes": 2, "riskevent.empty=no": 1, "riskevent=newCountry": 1, "riskevent.not=newCountry": 2} {
		params, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		filter, bad := store.SignIns.ParseFilter(params)
		total, err := db.Total(t.Context(), store.ListQuery{Log: store.Interactive, Range: threeDays, Filter: filter})
		if err != nil || len(bad) > 0 || total.N != want {
			t.Errorf("%s: %d, %v, %v; want %d", query, total.N, bad, err, want)
		}
	}
}
