package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"signpost/store"
	"signpost/views"
	"signpost/web/ask"
)

// A stream of news looks for new sign-ins every followEvery. It sends a sign of life every followAlive, and ends after
// followFor. The browser then comes back by itself, and its session is checked again.
const (
	followEvery = 2 * time.Second
	followAlive = 15 * time.Second
	followFor   = 5 * time.Minute
)

// News is the content of one message of a stream.
type News struct {
	Count int64  `json:"count"` // sign-ins that the page does not show
	Text  string `json:"text"`
	// SetAside says which conditions of the page do not narrow the count; the page says it next to the count.
	SetAside string `json:"set_aside,omitempty"`
}

// follow streams the number of sign-ins that came in after a page of the log was made (server-sent events). It counts those
// that pass the page's filter from the start of its range on, late ones too.
func (s *Server) follow(c echo.Context) error {
	list, err := s.listFor(c)
	if err != nil {
		return err
	}
	params := c.QueryParams()
	page, seen, err := s.followed(list, params, s.now(c))
	if err != nil {
		return err
	}
	header := c.Response().Header()
	header.Set(echo.HeaderContentType, "text/event-stream")
	header.Set("X-Accel-Buffering", "no") // or nginx would hold the news back
	c.Response().WriteHeader(http.StatusOK)
	if c.Request().Method == http.MethodHead {
		return nil
	}
	return s.stream(c, &page, seen)
}

// followed reads the list to follow: its address, with the start of its range and the count that its page shows.
func (s *Server) followed(list views.List, params url.Values, now time.Time) (page views.LogPage, seen int64, err error) {
	rest := url.Values{}
	for name, values := range params {
		if name != "start" && name != "seen" {
			rest[name] = values
		}
	}
	query, bad := list.Kind().ParseQuery(rest, now)
	start, ok := store.ParseInstant(params.Get("start"))
	seen, err = strconv.ParseInt(params.Get("seen"), 10, 64)
	switch {
	case len(bad) > 0:
		return page, 0, echo.NewHTTPError(http.StatusBadRequest, bad[0].Error())
	case !ok || !start.Before(s.Now()):
		return page, 0, echo.NewHTTPError(http.StatusBadRequest, "start is not a time in the past.")
	case err != nil || seen < 0:
		return page, 0, echo.NewHTTPError(http.StatusBadRequest, "seen is not a count.")
	}
	query.Range = store.Range{From: start}
	return views.LogPage{List: list, Query: query}, seen, nil
}

// stream sends a message when the count has changed, until the browser goes away.
func (s *Server) stream(c echo.Context, page *views.LogPage, seen int64) error {
	reader := s.present(c)
	ctx, cancel := context.WithTimeout(c.Request().Context(), followFor)
	defer cancel()
	look, alive := time.NewTicker(followEvery), time.NewTicker(followAlive)
	defer look.Stop()
	defer alive.Stop()
	told := int64(0)
	for message := ": alive\n\n"; ; {
		count, err := s.newRows(ctx, reader, page, seen)
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, store.ErrTooSlow), errors.Is(err, store.ErrRebuilding): // the next look may succeed
		case err != nil:
			return err
		case count != told:
			message, told = newsMessage(page.List.Kind(), count, page.SetAsideText()), count
		}
		if message != "" {
			if _, err := fmt.Fprint(c.Response(), message); err != nil {
				return nil // the browser has gone
			}
			c.Response().Flush()
		}
		select {
		case <-ctx.Done():
			return nil
		case <-s.Closing:
			return nil
		case <-look.C:
			if alive, err := s.Sessions.Alive(ctx, viewer(c).session); err != nil || !alive {
				return err // the session has ended, and a stream must not outlive it
			}
			message = ""
		case <-alive.C:
			message = ": alive\n\n"
		}
	}
}

// newRows counts the rows that the page does not show. It is never below zero: rows may leave, but the page's count stays.
func (s *Server) newRows(ctx context.Context, reader snapshot, page *views.LogPage, seen int64) (int64, error) {
	q := listQuery(page)
	q.Range.To = s.Now().Add(time.Minute)
	var total store.Total
	err := ask.Together(ctx, func(ctx context.Context) (err error) {
		total, err = reader.Total(ctx, q)
		return err
	})
	return max(0, total.N-seen), err
}

// newsMessage tells the number of new records, and the conditions of the page that do not narrow it.
func newsMessage(kind *store.Kind, count int64, aside string) string {
	data, err := json.Marshal(News{Count: count, Text: views.Count(count, "new "+kind.One, "new "+kind.Many), SetAside: aside})
	if err != nil {
		panic(err) // a number and a text
	}
	return "event: news\ndata: " + string(data) + "\n\n"
}

// hasNoDeadline says that a request may go on as long as bytes keep coming or going.
func hasNoDeadline(c echo.Context) bool { return isStream(c) || isUpload(c) }

// isStream says that the answer goes on for minutes: it has no deadline, and nothing may hold back its bytes.
func isStream(c echo.Context) bool { return strings.HasSuffix(c.Path(), "/follow") || isExport(c) }
