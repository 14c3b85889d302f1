package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"signpost/views"
)

func (s *Server) progressNow() *views.Progress {
	if s.Progress == nil {
		return nil
	}
	return s.Progress()
}

// progress is the banner of the loading demo tenant. The banner refreshes itself.
func (s *Server) progress(c echo.Context) error {
	if now := s.progressNow(); now != nil {
		return render(c, http.StatusOK, views.ProgressBanner(*now))
	}
	return render(c, http.StatusOK, views.ProgressDone())
}
