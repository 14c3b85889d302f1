package web

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"testing"
	"time"

	"signpost/store"
)

// busyDay is a day whose every bar is full, of people and applications with IDs and names as long as they are in life.
func busyDay(log store.Log) []store.SignIn {
	guid := func(kind, n int) string {
		return fmt.Sprintf("%08x-94fa-4c1d-9c01-%012x", kind*1000003+n*7919, kind<<40+n)
	}
	var list []store.SignIn
	for n := range 3000 {
		s := interactiveSignIn(n, pageNow.Add(-time.Duration(n)*28*time.Second-time.Minute))
		who, what := n%60, n%17
		s.Log, s.ID = log, guid(1, n)
		s.UserID, s.UserDisplayName, s.UserPrincipalName = guid(2, who), fmt.Sprintf("Tobias Kestrelwing %d", who), fmt.Sprintf("tobias.kestrelwing.%d@tidewater-lantern.example", who)
		s.AppID, s.AppDisplayName = guid(3, what), fmt.Sprintf("Microsoft Teams Web Client %d", what)
		s.ResourceID, s.ResourceDisplayName = guid(4, what), fmt.Sprintf("Office 365 Exchange Online %d", what)
		s.ServicePrincipalID, s.ServicePrincipalName = guid(5, who), fmt.Sprintf("Harbour Nightly Export %d", who)
		s.IPAddress = fmt.Sprintf("2001:db8:102c:100f:dead:beef:1:%x", who)
		if n%7 == 0 {
			s.ErrorCode, s.FailureReason = store.IntOf(50126), "Credentials could not be validated: the username or the password is wrong."
		}
		list = append(list, s)
	}
	return list
}

// A page of 50 rows with its chart and facets is to be under 150 KB, and under 30 KB as it is sent.
func TestPagesAreLight(t *testing.T) {
	for _, info := range store.Logs() {
		p := newPortal(t, newFakeStore(busyDay(info.Log)...), admin)
		page := p.get("/logs/" + string(info.Log))
		if n := page.hook("row").Length(); n != store.DefaultLimit {
			t.Fatalf("%s has %d rows", info.Log, n)
		}
		var sent bytes.Buffer
		w := gzip.NewWriter(&sent)
		if _, err := w.Write(page.Body.Bytes()); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if whole := page.Body.Len(); whole > 150_000 || sent.Len() > 30_000 {
			t.Errorf("%s: %d bytes, %d sent, want at most 150,000 and 30,000", info.Log, whole, sent.Len())
		}
	}
}
