package web

import (
	"net/url"
	"time"
	_ "time/tzdata" // zones by name even where the machine has no list of them

	"github.com/labstack/echo/v4"

	"signpost/auth"
	"signpost/views"
)

// zoneCookie is the cookie in which the browser's script sends its own time zone. The server cannot know it otherwise.
const zoneCookie = "tz"

// zoneOf gives the time zone of the viewer's pages. The browser's zone is unknown where no script runs, and on the first
// page. If it is wanted and unknown, the zone is UTC, and the page names it so.
func zoneOf(c echo.Context) (zone views.Zone, ofBrowser bool) {
	if d, ok := deliveredOf(c.Request().Context()); ok {
		return views.ZoneOf(d.at.Location()), false
	}
	name := viewer(c).Preferences.Zone
	if name != auth.ZoneOfBrowser {
		return zoneNamed(name), false
	}
	return browserZone(c), true
}

// browserZone gives the zone that the browser's script sent; UTC where none did.
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

// zoneNamed gives a zone by its IANA name; UTC for an unknown name, and for Local, the server's own.
func zoneNamed(name string) views.Zone {
	location, err := time.LoadLocation(name)
	if err != nil || location == time.Local {
		return views.Zone{}
	}
	return views.ZoneOf(location)
}
