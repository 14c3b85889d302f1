package views

import (
	"net/url"

	"signpost/store"
)

// HomeCountryView is the view that depends on the home country. Its link finds the country when it is opened.
const HomeCountryView = "abroad"

// productViews come with the product, in the order of the panel. Their IDs must not change: people's lists begin with them.
var productViews = []SavedView{
	{ID: "failed-today", Name: "Failed today", List: interactiveList, Query: "status=failure"},
	{ID: "legacy-authentication", Name: "Legacy authentication", List: interactiveList, Query: "client=legacy&range=30d"},
	{ID: HomeCountryView, Name: "Outside the home country", List: interactiveList},
	{ID: "mfa-denied", Name: "MFA declined", List: interactiveList, Query: "mfa=denied"},
	{ID: "mfa-denied-then-success", Name: "MFA declined, then success", List: interactiveList, Query: "mfa=denied&status=success"},
	{ID: "device-code", Name: "Device code", List: interactiveList, Query: "flow=devicecode"},
	{ID: "device-code", Name: "Device code, later refreshes", List: List{Log: store.NonInteractive}, Query: "flow=devicecode"},
	{ID: "unmanaged-success", Name: "Unmanaged device, success", List: interactiveList, Query: "managed.not=yes&status=success"},
	// 50126 is a wrong password, 50053 an account locked or an address blocked after many of them.
	{ID: "password-spray", Name: "Password spray by IP address", List: interactiveList, Query: "error=50053&error=50126"},
	{ID: "report-only-would-block", Name: "Report-only would block", List: interactiveList, Query: "policyresult=reportOnlyFailure"},
	{ID: "risky", Name: "Risky", List: interactiveList, Query: "risk=high&risk=low&risk=medium"},
	{ID: "guests", Name: "Guests", List: interactiveList, Query: "usertype=guest"},
	{ID: "failing", Name: "Service principals failing", List: List{Log: store.ServicePrincipal}, Query: "status=failure"},
}

var interactiveList = List{Log: store.Interactive}

// ProductViews are the views that come with the product. Views of sign-ins name their log; views of another kind are on its first log. home
// is the home country; empty means that it is looked up when the view is opened.
func (l Looks) ProductViews(home string) (views []SavedView) {
	for _, look := range l {
		for _, v := range look.Views {
			v.Product = true
			if look != &signInLook {
				v.List = List{Look: look, Log: look.Logs[0].Log}
			} else if v.ID == HomeCountryView && home != "" {
				v.Query = HomeCountryQuery(home)
			}
			views = append(views, v)
		}
	}
	return views
}

// HomeCountryQuery finds the sign-ins from other countries.
func HomeCountryQuery(home string) string {
	return url.Values{signInLook.Home.Param(store.OpIsNot): {home}, signInLook.Home.Param(store.OpNotEmpty): {"no"}}.Encode()
}

// HomeField gives the field with the country of a sign-in.
func HomeField() *store.Field { return signInLook.Home }

// homeCountryIn is the home country in the query of the view of foreign sign-ins.
func homeCountryIn(q store.Query) string {
	for _, c := range q.Filter.Conditions() {
		if c.Field == signInLook.Home && c.Op == store.OpIsNot && len(c.Values) == 1 {
			return c.Values[0]
		}
	}
	return ""
}
