package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"signpost/auth"
	"signpost/store"
)

// busyMonth is a month of full bars. People and applications are as many as in reality, with names as long. So a page of it
// weighs as much as one over the benchmark's ten million sign-ins.
func busyMonth(log store.Log) []store.SignIn {
	guid := func(kind, n int) string {
		return fmt.Sprintf("%08x-94fa-4c1d-9c01-%012x", kind*1000003+n*7919, kind<<40+n)
	}
	systems, browsers := []string{"Windows10", "Windows 11", "Ios 18.1.1", "Android 14", "MacOs"}, []string{"Edge 131.0.0", "Chrome Mobile 131.0.0", "Mobile Safari 18.1", "Rich Client 4.61.3.0"}
	clients := []string{"Browser", "Mobile Apps and Desktop clients", "Exchange ActiveSync", "Authenticated SMTP", "IMAP4"}
	places := [][3]string{{"Amsterdam", "Noord-Holland", "NL"}, {"Kristiansand", "Agder", "NO"}, {"Reykjavik", "Capital Region", "IS"}, {"Gothenburg", "Vastra Gotaland", "SE"}}
	var list []store.SignIn
	for n := range 3000 {
		s := interactiveSignIn(n, pageNow.Add(-time.Duration(n)*860*time.Second-time.Minute))
		who, what, where := n%211, n%17, places[n%len(places)]
		s.Log, s.ID = log, guid(1, n)
		s.UserID, s.UserDisplayName, s.UserPrincipalName = guid(2, who), fmt.Sprintf("Konstantin Oatmeadow %d", who), fmt.Sprintf("Konstantin.Oatmeadow.%d@tidewater-lantern.example", who)
		s.AppID, s.AppDisplayName = guid(3, what), fmt.Sprintf("Microsoft Office SyncEngine %d", what)
		s.ResourceID, s.ResourceDisplayName = guid(4, what), fmt.Sprintf("Office 365 SharePoint Online %d", what)
		s.ServicePrincipalID, s.ServicePrincipalName = guid(5, who), fmt.Sprintf("Harbour Nightly Bookings Export %d", who)
		s.IPAddress = fmt.Sprintf("2001:db8:5:100f:dead:beef:1:%x", who)
		s.OperatingSystem, s.Browser, s.ClientAppUsed = systems[n%5], browsers[n%4], clients[n%5]
		s.City, s.State, s.CountryOrRegion = where[0], where[1], where[2]
		s.ConditionalAccessStatus = []string{"success", "failure", "notApplied"}[n%3]
		switch n % 7 {
		case 0:
			s.ErrorCode, s.FailureReason = store.IntOf(50126), "Credentials could not be validated: the username or the password is wrong."
		case 1:
			s.ErrorCode, s.FailureReason = store.IntOf(50074), "The user has to pass a second factor."
		}
		list = append(list, s)
	}
	return list
}

// A page of 50 rows with its chart and facets must be under 152 KB, and under 30 KB compressed. That includes a page with
// five conditions, although each link has the whole query, and a page with all facets open.
func TestPagesAreLight(t *testing.T) {
	t.Parallel()
	five := url.Values{
		"ip": {"2001:db8:5:"}, "resource.not": {"00000003-0000-0000-c000-000000000000"}, "os.not": {"Linux"}, "status": {"success"}, "country.not": {"NO"},
	}
	for _, info := range store.SignIns.Logs {
		p := newPortal(t, newFakeStore(busyMonth(info.Log)...), admin)
		for what, query := range map[string]string{"no condition": "", "five conditions": "&" + five.Encode()} {
			weigh(t, p, string(info.Log)+", "+what, "/logs/"+string(info.Log)+"?range=30d"+query)
		}
		var all []string
		p.get("/logs/" + string(info.Log) + "?range=30d").page.Find("[data-facet]").Each(func(_ int, facet *goquery.Selection) { all = append(all, facet.AttrOr("data-facet", "")) })
		opener := newPortalOf(t, newFakeStore(busyMonth(info.Log)...), auth.Account{ID: 1, Name: "kim", Roles: []auth.Role{admin}}, func(r *auth.SessionRecord) {
			r.Preferences.OpenFacets = all
		})
		weigh(t, opener, string(info.Log)+", all facets open", "/logs/"+string(info.Log)+"?range=30d&"+five.Encode())
	}
}

func weigh(t *testing.T, p portal, what, address string) {
	t.Helper()
	page := p.get(address)
	if n := page.hook("row").Length(); n != store.DefaultLimit {
		t.Fatalf("%s: %d rows", what, n)
	}
	request := httptest.NewRequest(http.MethodGet, address, nil)
	request.AddCookie(&http.Cookie{Name: plainCookie, Value: strings.Repeat("A", 43)})
	request.Header.Set("Accept-Encoding", "gzip")
	sent := httptest.NewRecorder()
	p.ServeHTTP(sent, request)
	if got := sent.Header().Get("Content-Encoding"); got != "gzip" {
		t.Errorf("%s: the page is sent with the encoding %q, want gzip", what, got)
	}
	t.Logf("%s: %d bytes, %d sent", what, page.Body.Len(), sent.Body.Len())
	if whole := page.Body.Len(); whole > 152_000 || sent.Body.Len() > 30_000 {
		t.Errorf("%s: %d bytes, %d sent, want at most 152,000 and 30,000", what, whole, sent.Body.Len())
	}
}
