package web

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
)

const (
	themeCookie = "theme"
	themeMaxAge = 365 * 24 * time.Hour
)

// themeOf gives light, dark, or empty to follow the system.
func themeOf(c echo.Context) string {
	cookie, err := c.Cookie(themeCookie)
	if err != nil || cookie.Value != "light" && cookie.Value != "dark" {
		return ""
	}
	return cookie.Value
}

// theme stores the choice in a cookie of its own, signed in or not, and goes back to the page of the form.
func (s *Server) theme(c echo.Context) error {
	cookie := &http.Cookie{
		Name: themeCookie, Value: c.FormValue("theme"), Path: "/", MaxAge: int(themeMaxAge.Seconds()),
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: s.isHTTPS(c.Request()),
	}
	switch cookie.Value {
	case "light", "dark":
	case "system":
		cookie.Value, cookie.MaxAge = "", -1
	default:
		return echo.NewHTTPError(http.StatusBadRequest, "A theme is light, dark or system.")
	}
	c.SetCookie(cookie)
	return c.Redirect(http.StatusSeeOther, backTo(c.Request(), c.FormValue("next")))
}
