package web

import (
	"context"
	"net/url"

	"github.com/labstack/echo/v4"

	"signpost/auth"
	"signpost/store"
	"signpost/views"
)

// notice is a notice as its viewer may see it now.
func (s *Server) notice(ctx context.Context, v Viewer, d auth.Delivery, emergency []auth.EmergencyAccount) views.Notice {
	n := views.Notice{ID: d.ID, Name: d.Name, At: d.Created, Seen: d.Seen}
	sub, err := s.Subscriptions.Subscription(ctx, d.Subscription)
	if err != nil {
		return n
	}
	if hidden, err := s.hidesWatch(ctx, v, sub); d.Kind == auth.OfStop && (hidden || err != nil) {
		n.Name, n.Text = "A watch or schedule", "What it shows is not for you any more."
		return n
	}
	if d.TellsFailure() {
		n.Text, n.Address = "has a message that did not go out.", views.WatchURL(sub.ID)
		return n
	}
	if d.Kind == auth.OfStop {
		n.Text, n.Address = "has stopped. "+sub.Stopped, views.WatchURL(sub.ID)
		return n
	}
	address := watchedAddress(sub, emergency)
	if s.Readable(ctx, auth.Readers{Owner: v.Account}, address) != nil {
		n.Name, n.Text = "A watch or schedule", "What it shows is not for you any more."
		return n
	}
	n.Text, n.Note = views.Count(d.N, "record", "records"), d.Note
	if sub.Kind != auth.KindEmergency || len(emergency) > 0 { // else the list would have the sign-ins of everybody
		n.Address = auth.RangeAddress(address, d.From, d.To)
	}
	if d.Kind == auth.OfTrial {
		n.Text = "trial: " + n.Text
	}
	return n
}

// watchedAddress is the first list that a subscription is about.
func watchedAddress(sub auth.Subscription, emergency []auth.EmergencyAccount) string {
	if sub.Kind != auth.KindEmergency {
		return sub.Terms.Address
	}
	params, err := url.ParseQuery(sub.Terms.Address)
	if err != nil {
		return ""
	}
	for _, a := range emergency {
		params.Add("user", a.ID)
	}
	return "/logs/" + string(store.Interactive) + "?" + params.Encode()
}

// unseenNotices counts the notices that the viewer has not seen. A page must not fail because of it.
func (s *Server) unseenNotices(c echo.Context) int {
	if s.Subscriptions == nil {
		return 0
	}
	_, unseen, err := s.Subscriptions.Notices(c.Request().Context(), viewer(c).Account.ID, 0)
	if err != nil {
		s.Log.WarnContext(c.Request().Context(), "count the notices", "id", requestIDOf(c), "error", err)
	}
	return unseen
}
