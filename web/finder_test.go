package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"signpost/auth"
	"signpost/store"
)

const (
	onlyCorrelation   = "0e0e0e0e-1111-4222-8333-444444444444"
	sharedCorrelation = "5e5e5e5e-1111-4222-8333-444444444444"
	bobID             = "b0b0b0b0-1111-4222-8333-444444444444"
	bobsDevice        = "dede0001-1111-4222-8333-444444444444"
	nobodysID         = "ffffffff-1111-4222-8333-444444444444"
	otherNobodysID    = "eeeeeeee-1111-4222-8333-444444444444"
)

// searchable has sign-ins for texts with one meaning, and for texts with several.
func searchable() *fakeStore {
	ada := interactiveSignIn(1, at("12:00:00"))
	ada.CorrelationID, ada.SignInIdentifier = onlyCorrelation, "ada@example.com"
	mail := refresh(2, at("12:10:00"), "mail-id")
	mail.CorrelationID = sharedCorrelation
	bob := interactiveSignIn(3, at("09:00:00"))
	bob.CorrelationID, bob.UserID, bob.UserPrincipalName, bob.UserDisplayName = sharedCorrelation, bobID, "bob@example.com", "Bob Example"
	bob.AppID, bob.AppDisplayName, bob.IPAddress, bob.ErrorCode = "bobs-app", "Travel Desk Admin", "198.51.100.77", store.IntOf(50126)
	bob.DeviceID, bob.City = bobsDevice, "Suva"
	carol := interactiveSignIn(6, time.Date(2026, 6, 1, 8, 0, 0, 0, time.UTC))
	carol.CorrelationID, carol.UserID, carol.UserPrincipalName, carol.UserDisplayName = "carols-own", "carol-id", "carol@example.com", "Carol Past"
	guest := refresh(7, at("07:00:00"), "mail-id")
	guest.CorrelationID, guest.UserID, guest.UserPrincipalName, guest.UserDisplayName = "", "eve-id", "eve_partner.example#EXT#@example.com", "Eve Guest"
	return newFakeStore(ada, mail, bob, principalSignIn(4, at("11:00:00")), identitySignIn(5, at("11:00:00")), carol, guest)
}

func message(code, trace, correlation, stamp string) string {
	return "AADSTS" + code + ": Something was not right. Trace ID: " + trace + "\r\nCorrelation ID: " + correlation + "\r\nTimestamp: " + stamp
}

func searchAddress(text string, more ...string) string {
	v := url.Values{"q": {text}}
	for i := 0; i < len(more); i += 2 {
		v.Set(more[i], more[i+1])
	}
	return "/search?" + v.Encode()
}

func TestSearchLeadsStraightThere(t *testing.T) {
	const around12 = "from=2026-11-23T11%3A30%3A00Z&to=2026-11-23T12%3A31%3A00Z"
	first := "/logs/interactive/" + testID(1)
	tests := []struct{ name, text, want string }{
		{"a request ID", testID(1), first},
		{"in capitals and braces", "{" + strings.ToUpper(testID(1)) + "}", first},
		{"of a service principal", testID(4), "/logs/serviceprincipal/" + testID(4)},
		{"of a managed identity", testID(5), "/logs/managedidentity/" + testID(5)},
		{"of long ago", testID(6), "/logs/interactive/" + testID(6)},
		{"a correlation ID", onlyCorrelation, "/logs/interactive?correlation=" + onlyCorrelation + "&" + around12},
		{"a correlation ID that is no GUID, of long ago", "carols-own", "/logs/interactive?correlation=carols-own&from=2026-06-01T07%3A30%3A00Z&to=2026-06-01T08%3A31%3A00Z"},
		{"a message", message("50126", testID(1), nobodysID, "2026-11-23 14:05:09Z"), first},
		{"a message without line ends", strings.ReplaceAll(message("50126", testID(1), nobodysID, "2026-11-23 14:05:09Z"), "\r\n", ""), first},
		{"a message whose request is not there", message("50126", nobodysID, onlyCorrelation, "2026-11-23 14:05:09Z"), "/logs/interactive?correlation=" + onlyCorrelation + "&" + around12},
		{"a user's ID", bobID, "/logs/interactive?range=30d&user=" + bobID},
		{"a device's ID", strings.ToUpper(bobsDevice), "/logs/interactive?device=" + bobsDevice + "&range=30d"},
		{"a username", "BOB@example.com", "/logs/interactive?range=30d&user=BOB%40example.com"},
		{"the address of a guest", "eve@partner.example", "/logs/noninteractive?range=30d&user.starts=eve_partner.example%23EXT%23%40"},
		{"an IP address", "198.51.100.77", "/logs/interactive?ip=198.51.100.77&range=30d"},
		{"a prefix", "198.51.100.", ""},
		{"a network", "198.51.100.76/30", "/logs/interactive?ip=198.51.100.76%2F30&range=30d"},
		{"an error code", "7000222", "/logs/serviceprincipal?error=7000222&range=30d"},
		{"with its name", "AADSTS7000222", "/logs/serviceprincipal?error=7000222&range=30d"},
		{"in words", "Error code: 50126", "/logs/interactive?error=50126&range=30d"},
		{"the whole name of a service principal", "Nightly-Backup", "/logs/serviceprincipal?range=30d&sp=sp-" + testID(1)},
		{"the whole name of a user", "bob example", "/logs/interactive?range=30d&user=" + bobID},
		{"a city", "suva", "/logs/interactive?city=suva&range=30d"},
	}
	f := searchable()
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for _, role := range []auth.Role{admin, reports} {
				a := newPortal(t, f, role).get(searchAddress(test.text))
				want := http.StatusSeeOther
				if test.want == "" {
					want = http.StatusOK
				}
				if got := a.Header().Get("Location"); a.Code != want || got != test.want {
					t.Errorf("%s: got %d to %q, want %d to %q", role, a.Code, got, want, test.want)
				}
			}
		})
	}
}

// The number of a search result equals the number on the page that it links to.
func TestSearchCountsWhatItLeadsTo(t *testing.T) {
	p := newPortal(t, searchable(), admin)
	for _, text := range []string{"travel", "example", "ada@example.com", "198.51.", "192.0.2.7", sharedCorrelation, "a", "0", "0000000"} {
		a := p.get(searchAddress(text))
		links := a.hook("finding")
		if a.Code != http.StatusOK || links.Length() == 0 {
			t.Errorf("%s: status %d with %d findings", text, a.Code, links.Length())
		}
		for i := range links.Length() {
			link := links.Eq(i)
			list := p.get(link.AttrOr("href", ""))
			want := squeeze(link.Find("b").Text())
			if got := squeeze(list.hook("total").Text()); list.Code != http.StatusOK || got != want {
				t.Errorf("%s: %s has %q, the search says %q", text, link.AttrOr("href", ""), got, want)
			}
		}
	}
}

func TestSearchOffersAChoice(t *testing.T) {
	tests := []struct {
		name, text string
		headings   []string
		what       []string
		links      []string
	}{
		{
			"a correlation ID of two logs", sharedCorrelation,
			[]string{"Correlation ID"},
			[]string{sharedCorrelation},
			[]string{
				"/logs/interactive?correlation=" + sharedCorrelation + "&from=2026-11-23T08%3A30%3A00Z&to=2026-11-23T09%3A31%3A00Z",
				"/logs/noninteractive?correlation=" + sharedCorrelation + "&from=2026-11-23T11%3A40%3A00Z&to=2026-11-23T12%3A41%3A00Z",
			},
		},
		{
			"a username of two logs", "ada@example.com",
			[]string{"User"},
			[]string{"Ada Example ada@example.com"},
			[]string{"/logs/interactive?range=30d&user=ada%40example.com", "/logs/noninteractive?range=30d&user=ada%40example.com"},
		},
		{
			"a part of names", "desk",
			[]string{"Application"},
			[]string{"Travel Desk a9a9a9a9-0000-4000-8000-000000000001", "Travel Desk Admin bobs-app", "contains desk"},
			[]string{
				"/logs/interactive?app=a9a9a9a9-0000-4000-8000-000000000001&range=30d", "/logs/noninteractive?app=a9a9a9a9-0000-4000-8000-000000000001&range=30d",
				"/logs/interactive?app=bobs-app&range=30d", "/logs/interactive?app.has=desk&range=30d",
			},
		},
		{
			"a part of one name", "bob exam", []string{"User"}, []string{"Bob Example bob@example.com"}, []string{"/logs/interactive?range=30d&user=" + bobID},
		},
		{
			"a part of a username", "@example.c",
			[]string{"User"},
			[]string{"contains @example.c"},
			[]string{"/logs/interactive?range=30d&user.has=%40example.c", "/logs/noninteractive?range=30d&user.has=%40example.c"},
		},
		{
			"two requests", testID(1) + " " + testID(4),
			[]string{"Sign-ins"},
			[]string{"Ada Example to Travel Desk " + testID(1) + " 2026-11-23 12:00:00 UTC", "nightly-backup to Key Vault " + testID(4) + " 2026-11-23 11:00:00 UTC"},
			[]string{"/logs/interactive/" + testID(1), "/logs/serviceprincipal/" + testID(4)},
		},
		{
			"the beginning of a request ID", "00000001-1", []string{"Request ID", "Service principal"}, nil, nil,
		},
	}
	f := searchable()
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a := newPortal(t, f, admin).get(searchAddress(test.text))
			if a.Code != http.StatusOK {
				t.Fatalf("got %d to %q, want the page", a.Code, a.Header().Get("Location"))
			}
			headings := a.texts(".findings h2")
			slices.Sort(headings)
			if !slices.Equal(headings, test.headings) {
				t.Errorf("headings %q, want %q", headings, test.headings)
			}
			if test.what == nil {
				return
			}
			if got := a.texts(".finding-what"); !slices.Equal(got, test.what) {
				t.Errorf("found %q, want %q", got, test.what)
			}
			var links []string
			for i := range a.hook("finding").Length() {
				links = append(links, a.hook("finding").Eq(i).AttrOr("href", ""))
			}
			if !slices.Equal(links, test.links) {
				t.Errorf("links\n%q, want\n%q", links, test.links)
			}
		})
	}
}

// The typed name of a sign-in is a finding of its own only if the user has another name.
func TestSearchFindsWhatWasTyped(t *testing.T) {
	s := interactiveSignIn(1, at("12:00:00"))
	s.SignInIdentifier = "desk@example.com"
	other := interactiveSignIn(2, at("12:00:00"))
	other.UserID, other.UserPrincipalName, other.SignInIdentifier = "desk-id", "desk@example.com", "desk@example.com"
	p := newPortal(t, newFakeStore(s, other), admin)
	a := p.get(searchAddress("desk@example.com"))
	want := []string{"Ada Example desk@example.com", "desk@example.com User is not desk@example.com"}
	if got := a.texts(".finding-what"); !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
	if got := a.texts(`[data-testid="finding"] b`); !slices.Equal(got, []string{"1 sign-in", "1 sign-in"}) {
		t.Errorf("counts %q", got)
	}
}

// The id of a folded event opens its line, and so do the ids of two of its events.
func TestSearchFindsTheEventsOfALine(t *testing.T) {
	asked, done := interactiveSignIn(1, at("12:00:00")), interactiveSignIn(2, at("12:00:30"))
	asked.ErrorCode = store.IntOf(50074)
	p := newPortal(t, newFakeStore(asked, done), admin)
	for _, text := range []string{testID(1), testID(1) + " " + testID(2)} {
		a := p.get(searchAddress(text))
		if got, want := a.Header().Get("Location"), "/logs/interactive/"+testID(1); got != want {
			t.Errorf("%s: got %d to %q, want 303 to %q", text, a.Code, got, want)
		}
	}
	a := p.get(searchAddress("50074"))
	if got, want := a.Header().Get("Location"), "/logs/interactive?anyerror=50074&error.not=50074&range=30d"; got != want {
		t.Errorf("the code of an event: got %d to %q, want 303 to %q", a.Code, got, want)
	}
}

func TestSearchKeepsTheRange(t *testing.T) {
	p := newPortal(t, searchable(), admin)
	tests := []struct {
		name, address, want string
	}{
		{"a day", searchAddress("50126", "range", "24h"), "/logs/interactive?error=50126"},
		{"a week", searchAddress("50126", "range", "7d"), "/logs/interactive?error=50126&range=7d"},
		{"custom", searchAddress("carol@example.com", "from", "2026-05-01", "to", "2026-07-01"), "/logs/interactive?from=2026-05-01T00%3A00%3A00Z&to=2026-07-02T00%3A00%3A00Z&user=carol%40example.com"},
		{"chosen, whatever the message says", searchAddress("AADSTS50126 at 2026-11-23 07:10:00Z", "range", "7d"), "/logs/interactive?error=50126&range=7d"},
	}
	for _, test := range tests {
		if a := p.get(test.address); a.Header().Get("Location") != test.want {
			t.Errorf("%s: got %d to %q, want %q", test.name, a.Code, a.Header().Get("Location"), test.want)
		}
	}
}

// A message with unknown ids never gets an answer about its error code alone, as if that were the same.
func TestSearchSaysWhichIDsAreNotThere(t *testing.T) {
	tests := []struct{ name, address, link, looked string }{
		{
			"around the time of the message", searchAddress(message("50126", nobodysID, otherNobodysID, "2026-11-23 09:10:00Z")),
			"/logs/interactive?error=50126&from=2026-11-23T08%3A40%3A00Z&to=2026-11-23T09%3A41%3A00Z",
			"2026-11-23 08:40 UTC to 2026-11-23 09:41 UTC, around the time in the message",
		},
		{
			"of a time without that error", searchAddress(message("50126", nobodysID, otherNobodysID, "2026-11-20 09:10:00Z")),
			"/logs/interactive?error=50126&range=30d", "",
		},
		{
			"in the chosen range", searchAddress(message("50126", nobodysID, otherNobodysID, "2026-11-23 09:10:00Z"), "range", "7d"),
			"/logs/interactive?error=50126&range=7d", "",
		},
	}
	p := newPortal(t, searchable(), admin)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a := p.get(test.address)
			if a.Code != http.StatusOK || a.hook("finding").AttrOr("href", "") != test.link || a.hook("finding").Length() != 1 {
				t.Errorf("status %d, link %q, want %q", a.Code, a.hook("finding").AttrOr("href", ""), test.link)
			}
			want := "No sign-in has the request ID " + nobodysID + " or the correlation ID " + otherNobodysID + ". This is what else the text may be about:"
			if got := squeeze(a.page.Find(".search-lost").Text()); got != want {
				t.Errorf("it says %q, want %q", got, want)
			}
			if got := squeeze(a.page.Find(".search-range .caption").Text()); got != test.looked {
				t.Errorf("it looked in %q, want %q", got, test.looked)
			}
			if strings.Contains(test.address, "range") != (a.page.Find(`.search input[name="range"]`).Length() == 1) || a.page.Find(`.search input[name="from"]`).Length() != 0 {
				t.Error("the form carries another range than the address")
			}
		})
	}
}

func TestSearchFindsNothing(t *testing.T) {
	p := newPortal(t, searchable(), admin)
	tests := []struct {
		name, address, title, meaning, link string
	}{
		{"a name", searchAddress("zebra"), "No results", "Looked for a name that is or contains “zebra”.", "/search?from=2025-11-23T14%3A30%3A00Z&q=zebra&to=2026-11-23T14%3A30%3A00Z"},
		{"a user of long ago", searchAddress("carol@example.com"), "No results", "Looked for the username carol@example.com and a name that is or contains “carol@example.com”.", "/search?from=2025-11-23T14%3A30%3A00Z&q=carol%40example.com&to=2026-11-23T14%3A30%3A00Z"},
		{"in a year", searchAddress("zebra", "from", "2025-11-23", "to", "2026-11-23"), "No results", "Looked for a name that is or contains “zebra”.", ""},
		{"ids of a message", searchAddress("Trace ID: " + nobodysID + " Correlation ID: " + otherNobodysID), "No results", "Looked for the request ID " + nobodysID + " and the correlation ID " + otherNobodysID + ".", ""},
		{"no text that can be meant", searchAddress(strings.Repeat("word ", 100)), "There is nothing to search for in this text", "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a := p.get(test.address)
			if a.Code != http.StatusOK || squeeze(a.page.Find(".empty h2").Text()) != test.title {
				t.Errorf("status %d, title %q, want %q", a.Code, a.page.Find(".empty h2").Text(), test.title)
			}
			if got := squeeze(a.page.Find(".search-meaning").Text()); got != test.meaning {
				t.Errorf("meaning %q, want %q", got, test.meaning)
			}
			if got := a.page.Find(".empty a").AttrOr("href", ""); got != test.link {
				t.Errorf("link %q, want %q", got, test.link)
			}
			if a.page.Find(".search-help").Length() != 1 {
				t.Error("the page does not say what can be searched for")
			}
		})
	}
	carol := p.get(tests[1].link)
	if got, want := carol.Header().Get("Location"), "/logs/interactive?from=2025-11-23T14%3A30%3A00Z&to=2026-11-23T14%3A30%3A00Z&user=carol%40example.com"; got != want {
		t.Errorf("the wider search leads to %q, want %q", got, want)
	}
}
