package web

import (
	"cmp"
	"context"
	"net/url"
	"slices"

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
	if d.TellsTrouble() {
		n.Text, n.Address, n.Note = "has a problem.", views.WatchURL(sub.ID), d.Note
		return n
	}
	if d.Kind == auth.OfStop {
		n.Text, n.Address = "has stopped. "+cmp.Or(d.Note, sub.Stopped), views.WatchURL(sub.ID)
		return n
	}
	name := ""
	if d.User != "" {
		emergency = slices.DeleteFunc(slices.Clone(emergency), func(a auth.EmergencyAccount) bool { return a.ID != d.User })
		if len(emergency) > 0 {
			name = " of " + emergency[0].Name
		}
	}
	address := watchedAddress(sub, store.Interactive, emergency)
	if s.Readable(ctx, auth.Readers{Owner: v.Account}, address) != nil {
		n.Name, n.Text = "A watch or schedule", "What it shows is not for you any more."
		return n
	}
	n.Text, n.Note = views.Count(d.N, "record", "records")+name, d.Note
	switch {
	case sub.Kind != auth.KindEmergency:
		n.Address = auth.RangeAddress(address, d.From, d.To)
	case len(emergency) > 0: // else the list would have the sign-ins of everybody
		n.Address = auth.RangeAddress(address, d.From, d.To)
		also := watchedAddress(sub, store.NonInteractive, emergency)
		n.Also = []views.Link{{Label: "Non-interactive ones", Address: auth.RangeAddress(also, d.From, d.To)}}
	}
	if d.Kind == auth.OfTrial {
		n.Text = "trial: " + n.Text
	}
	return n
}

// watchedAddress is the list that a subscription is about; of an emergency watch that of a log.
func watchedAddress(sub auth.Subscription, log store.Log, emergency []auth.EmergencyAccount) string {
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
	return "/logs/" + string(log) + "?" + params.Encode()
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
