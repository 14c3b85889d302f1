package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"signpost/auth"
	"signpost/store/access"
	"signpost/views"
)

// changeWatch pauses, starts, tries or deletes a watch or schedule.
func (s *Server) changeWatch(c echo.Context) error {
	form, err := postForm(c)
	if err != nil {
		return err
	}
	sub, err := s.ownWatch(c)
	if err != nil {
		return err
	}
	do, ctx, now := form.Get("do"), c.Request().Context(), s.Now().UTC()
	if !slices.Contains([]string{"pause", "resume", "try", "delete"}, do) {
		return echo.NewHTTPError(http.StatusBadRequest, "The form does not say what to do.")
	}
	if err := s.record(c, access.Record{Action: access.View, RecordID: strconv.FormatInt(sub.ID, 10), Query: do + " " + string(sub.Kind)}); err != nil {
		return err
	}
	switch do {
	case "delete":
		if sub.Kind == auth.KindEmergency {
			return echo.NewHTTPError(http.StatusBadRequest, "This watch comes with the portal. Pause it instead.")
		}
		if err := s.Subscriptions.RemoveSubscription(ctx, sub.ID); err != nil && !errors.Is(err, auth.ErrNoSubscription) {
			return err
		}
		return c.Redirect(http.StatusSeeOther, views.WatchesPath+"?done=watch-removed")
	case "try":
		fired, err := s.tryWatch(ctx, sub, now)
		for range triesBesideRuns {
			if err != nil || fired {
				break
			}
			if sub, err = s.Subscriptions.Subscription(ctx, sub.ID); err == nil {
				fired, err = s.tryWatch(ctx, sub, now)
			}
		}
		if err != nil {
			return err
		}
		if !fired {
			return echo.NewHTTPError(http.StatusConflict, "It ran at this very moment. Go back and try it again.")
		}
	default:
		err := s.Subscriptions.ChangeSubscription(ctx, sub.ID, func(sub *auth.Subscription) error {
			sub.Paused = do == "pause"
			if sub.Paused {
				return nil
			}
			sub.Stopped, sub.Problem = "", ""
			if sub.Kind == auth.KindSchedule {
				sub.Next = sub.Terms.After(now) // what was missed meanwhile was not wanted
			} else {
				sub.Looked, sub.Created = time.Time{}, now
			}
			return nil
		})
		if err != nil {
			return err
		}
		if do == "resume" && sub.Kind == auth.KindEmergency {
			do = "back"
		}
	}
	return c.Redirect(http.StatusSeeOther, views.WatchURL(sub.ID)+"?done=watch-"+do)
}

// triesBesideRuns is how often a trial begins again where a run of the watch came between.
const triesBesideRuns = 5

// tryWatch queues the messages that a run would send now. It does not where sub has changed since it was read.
func (s *Server) tryWatch(ctx context.Context, sub auth.Subscription, now time.Time) (fired bool, err error) {
	whole := sub
	if sub.Kind == auth.KindEmergency {
		administrators, err := s.administrators(ctx)
		if err != nil {
			return false, err
		}
		whole.Terms.Recipients = nil // the last look kept those of its time
		for _, a := range administrators {
			whole.Terms.Recipients = append(whole.Terms.Recipients, a.ID)
		}
		whole.Terms.OnPage, whole.Terms.ByMail = true, s.MailServer != nil
	}
	to := now.Truncate(time.Minute).Add(time.Minute)
	episode := auth.Episode{From: to.Add(-time.Duration(sub.Terms.Minutes) * time.Minute), To: to}
	if sub.Kind == auth.KindSchedule {
		episode = auth.Episode{}
	}
	return s.Subscriptions.Fire(ctx, sub, whole.Deliver(auth.OfTrial, now, episode, now))
}
