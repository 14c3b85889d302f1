package store

import (
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

const (
	searchTrace       = "0a1b2c3d-1111-4222-8333-444444444444"
	searchCorrelation = "c0c0c0c0-1111-4222-8333-444444444444"
)

func TestParseSearch(t *testing.T) {
	id := func(value string) []SearchID { return []SearchID{{Value: value}} }
	both := []SearchID{{searchTrace, RequestID}, {searchCorrelation, CorrelationID}}
	fault := time.Date(2026, 11, 23, 14, 5, 9, 0, time.UTC)
	tests := []struct {
		name, text string
		want       Search
	}{
		{"nothing", " \t\n ", Search{}},
		{"quotes around nothing", `""`, Search{Text: `""`}},
		{"a GUID", searchTrace, Search{IDs: id(searchTrace)}},
		{"in capitals", strings.ToUpper(searchTrace), Search{IDs: id(searchTrace)}},
		{"in braces", "{" + searchTrace + "}", Search{IDs: id(searchTrace)}},
		{"in quotes", `'"` + searchTrace + `"'`, Search{IDs: id(searchTrace)}},
		{"twice", searchTrace + " " + strings.ToUpper(searchTrace), Search{IDs: id(searchTrace)}},
		{"named the second time", searchTrace + ", requestId=" + searchTrace, Search{IDs: []SearchID{{searchTrace, RequestID}}}},
		{"a GUID of a user name", "sync_" + searchTrace + "@example.com", Search{IDs: id(searchTrace), Usernames: []string{"sync_" + searchTrace + "@example.com"}}},
		{
			"a message", "AADSTS50126: Error validating credentials. Trace ID: " + searchTrace + " Correlation ID: " + searchCorrelation + " Timestamp: 2026-11-23 14:05:09Z",
			Search{IDs: both, Codes: []string{"50126"}, Time: fault},
		},
		{
			"a message without line ends", "AADSTS50126: Error validating credentials.Trace ID: " + searchTrace + "Correlation ID: " + searchCorrelation + "Timestamp: 2026-11-23 14:05:09Z",
			Search{IDs: both, Codes: []string{"50126"}, Time: fault},
		},
		{
			"a page of an error", "Request Id: " + searchTrace + "\r\nCorrelation Id: " + searchCorrelation + "\r\nTimestamp: 2026-11-23T15:05:09+01:00\r\nMessage: AADSTS500121",
			Search{IDs: both, Codes: []string{"500121"}, Time: fault},
		},
		{
			"a record", `{"id":"` + searchTrace + `","correlationId":"` + searchCorrelation + `","status":{"errorCode":"50126"}}`,
			Search{IDs: []SearchID{{Value: searchTrace}, {searchCorrelation, CorrelationID}}, Codes: []string{"50126"}},
		},
		{"a client's request ID", "client-request-id: " + searchCorrelation, Search{IDs: []SearchID{{searchCorrelation, CorrelationID}}}},
		{"a code", "50126", Search{Codes: []string{"50126"}, Word: "50126", Name: "50126"}},
		{"a code with zeros", "0050126", Search{Codes: []string{"50126"}, Word: "0050126", Name: "0050126"}},
		{"too few digits", "501", Search{Word: "501", Name: "501"}},
		{"too many digits", "5012600000", Search{Word: "5012600000", Name: "5012600000"}},
		{"the beginning of an id", "00000001", Search{Word: "00000001", Name: "00000001"}},
		{"AADSTS", "aadsts50126", Search{Codes: []string{"50126"}}},
		{"AADSTS and no number", "AADSTS", Search{Word: "AADSTS", Name: "AADSTS"}},
		{"an error", "Error 50126", Search{Codes: []string{"50126"}, Name: "Error 50126"}},
		{"an error code", "sign-in error code: 53003.", Search{Codes: []string{"53003"}, Name: "sign-in error code: 53003."}},
		{"two codes", "AADSTS50076 or AADSTS50079 or AADSTS50076", Search{Codes: []string{"50076", "50079"}}},
		{"a number in a name", "Room 50126", Search{Name: "Room 50126"}},
		{"an address", "192.0.2.7", Search{Addresses: []string{"192.0.2.7"}, Name: "192.0.2.7"}},
		{"an address with a port", "192.0.2.7:443", Search{Addresses: []string{"192.0.2.7"}, Name: "192.0.2.7:443"}},
		{"IPv6", "2001:0DB8::1", Search{Addresses: []string{"2001:db8::1"}, Name: "2001:0DB8::1"}},
		{"IPv6 in brackets", "[2001:db8::1]", Search{Addresses: []string{"2001:db8::1"}, Name: "2001:db8::1"}},
		{"IPv6 with a port", "[2001:db8::1]:443", Search{Addresses: []string{"2001:db8::1"}, Name: "[2001:db8::1]:443"}},
		{"a prefix", "192.0.", Search{Addresses: []string{"192.0."}, Name: "192.0."}},
		{"an IPv6 prefix", "2001:db8:", Search{Addresses: []string{"2001:db8:"}, Name: "2001:db8:"}},
		{"all IPv6", ":", Search{Addresses: []string{":"}, Name: ":"}},
		{"a network", "192.0.2.7/24", Search{Addresses: []string{"192.0.2.0/24"}, Name: "192.0.2.7/24"}},
		{"addresses in a sentence", "from 192.0.2.7, then IP:192.0.2.8.", Search{Addresses: []string{"192.0.2.7", "192.0.2.8"}, Name: "from 192.0.2.7, then IP:192.0.2.8."}},
		{"a number at the end of a sentence", "version 2.", Search{Name: "version 2."}},
		{"a time is no address", "at 14:05:09", Search{Name: "at 14:05:09"}},
		{"a username", "Ada@example.com", Search{Usernames: []string{"Ada@example.com"}, Name: "Ada@example.com"}},
		{"a username in a sentence", "User 'ada@example.com' (mailto:bob@example.com) does not exist.", Search{
			Usernames: []string{"ada@example.com", "bob@example.com"}, Name: "User 'ada@example.com' (mailto:bob@example.com) does not exist.",
		}},
		{"one in two casings", "ada@example.com; ADA@example.com", Search{Usernames: []string{"ada@example.com"}, Name: "ada@example.com; ADA@example.com"}},
		{"an apostrophe", "o'brien@example.com", Search{Usernames: []string{"o'brien@example.com"}, Name: "o'brien@example.com"}},
		{"a guest", "eve_partner.example#EXT#@example.com", Search{Usernames: []string{"eve_partner.example#EXT#@example.com"}, Name: "eve_partner.example#EXT#@example.com"}},
		{"half a username", "@example.com", Search{Word: "@example.com", Name: "@example.com"}},
		{"a name", "  Travel \n Desk ", Search{Text: "Travel Desk", Name: "Travel Desk"}},
		{"a name in quotes", "“Travel Desk”", Search{Name: "Travel Desk"}},
		{"a token identifier", "aB3_xYz0Q1-kLmN2oPqRsA", Search{Word: "aB3_xYz0Q1-kLmN2oPqRsA", Name: "aB3_xYz0Q1-kLmN2oPqRsA"}},
		{"too long for a name", strings.Repeat("long ", 60), Search{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if test.want.Text == "" {
				test.want.Text = strings.Join(strings.Fields(test.text), " ")
			}
			if got := ParseSearch(test.text); !reflect.DeepEqual(got, test.want) {
				t.Errorf("%q:\n got %+v\nwant %+v", test.text, got, test.want)
			}
		})
	}
}

func TestParseSearchCutsShort(t *testing.T) {
	var many strings.Builder
	for i := range MaxSearched + 1 {
		many.WriteString(" " + searchTrace[:35] + string(rune('0'+i)))
	}
	s := ParseSearch(many.String())
	if len(s.IDs) != MaxSearched || !s.Cut {
		t.Errorf("%d ids, cut %v, want %d and true", len(s.IDs), s.Cut, MaxSearched)
	}
	if s := ParseSearch(searchTrace); s.Cut {
		t.Error("one id is cut short")
	}
}

func TestIsIDStart(t *testing.T) {
	for text, want := range map[string]bool{
		"0a1b2c3d": true, "0A1B2C3D-1111-4": true, searchTrace[:35]: true, searchTrace: false, "0a1b2c3": false, "0a1b2c3dx": false, "Travel": false, "": false,
	} {
		if got := ParseSearch(text).IsIDStart(); got != want {
			t.Errorf("%q: got %v, want %v", text, got, want)
		}
	}
}

// FuzzParseSearch reads any text: what it gives is bounded, is what the fields take, and does not depend on
// white space.
func FuzzParseSearch(f *testing.F) {
	for _, text := range []string{
		"AADSTS50126: no. Trace ID: " + searchTrace + "Correlation ID: " + searchCorrelation + "Timestamp: 2026-11-23 14:05:09Z", "{" + searchTrace + "}",
		"192.0.2.7", "2001:db8:", "[2001:db8::1%eth0]:443", ":", "::ffff:192.0.2.0/120", "ada@example.com", "error code: 000050126", "“Travel Desk”", "\"", "#50126", "\xff@\xfe",
	} {
		f.Add(text)
	}
	ip, _ := SignIns.Field("ip")
	code, _ := SignIns.Field("error")
	user, _ := SignIns.Field("user")
	f.Fuzz(func(t *testing.T, text string) {
		s := ParseSearch(text)
		if again := ParseSearch(s.Text); !reflect.DeepEqual(again, s) {
			t.Errorf("%q reads back as %+v, was %+v", s.Text, again, s)
		}
		if s.IsEmpty() != (strings.TrimSpace(text) == "") {
			t.Errorf("%q: empty is %v", text, s.IsEmpty())
		}
		if n := max(len(s.IDs), len(s.Addresses), len(s.Usernames), len(s.Codes)); n > MaxSearched {
			t.Errorf("%d of a kind", n)
		}
		if utf8.RuneCountInString(s.Name) > maxNameLength || utf8.RuneCountInString(s.Word) > maxNameLength {
			t.Errorf("the name has %d characters", utf8.RuneCountInString(s.Name))
		}
		for _, id := range s.IDs {
			if !IsGUID(id.Value) || id.Value != strings.ToLower(id.Value) {
				t.Errorf("id %q", id.Value)
			}
		}
		for field, values := range map[*Field][]string{ip: s.Addresses, code: s.Codes, user: s.Usernames} {
			for _, value := range values {
				if canonical, problem := field.canonical(OpIs, value); canonical != value || problem != "" {
					t.Errorf("%s=%q is taken as %q, %s", field.Name, value, canonical, problem)
				}
			}
		}
		if !s.Time.IsZero() && len(s.Codes) == 0 {
			t.Error("a time without an error")
		}
	})
}
