package web

import (
	"net/url"
	"time"
	_ "time/tzdata" // zones by name also where the machine has no list of them

	"github.com/labstack/echo/v4"

	"signpost/auth"
	"signpost/views"
)

// zoneCookie is where the browser's script tells its own time zone: the server cannot know it otherwise.
const zoneCookie = "tz"

// zoneOf gives the time zone of the viewer's pages. Where the browser's is wanted and not known, because no script runs or
// on the first page, it is UTC, and named so.
func zoneOf(c echo.Context) (zone views.Zone, ofBrowser bool) {
	name := viewer(c).Preferences.Zone
	if name != auth.ZoneOfBrowser {
		return zoneNamed(name), false
	}
	return browserZone(c), true
}

// browserZone gives the zone that the browser's script told; UTC where none did.
func browserZone(c echo.Context) views.Zone {
	cookie, err := c.Cookie(zoneCookie)
	if err != nil {
		return views.Zone{}
	}
	name, err := url.QueryUnescape(cookie.Value)
	if err != nil {
		return views.Zone{}
	}
	return zoneNamed(name)
}

// zoneNamed gives a zone by its IANA name; UTC for a name that is none, and for Local, the server's own.
func zoneNamed(name string) views.Zone {
	location, err := time.LoadLocation(name)
	if err != nil || location == time.Local {
		return views.Zone{}
	}
	return views.ZoneOf(location)
}
