package web

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"signpost/auth"
	"signpost/store"
	"signpost/views"
)

const (
	noticesShown    = 50
	deliveriesShown = 100
)

// watches is the page with the viewer's watches and schedules; administrators see everybody's.
func (s *Server) watches(c echo.Context) error {
	said, err := doneOf(c)
	if err != nil {
		return err
	}
	if s.Subscriptions == nil {
		return store.ErrNotFound
	}
	v, ctx := viewer(c), c.Request().Context()
	settings, err := s.settingsNow(c)
	if err != nil {
		return err
	}
	page := views.WatchesPage{
		Shell: s.shell(c, "Watches and schedules", views.NavSettings).OnWatches(), Done: said, Now: s.Now(), MayHandleAll: v.MayHandleAllWatches(), EmergencyOn: len(settings.Emergency) > 0,
	}
	notices, unseen, err := s.Subscriptions.Notices(ctx, v.Account.ID, noticesShown)
	if err != nil {
		return err
	}
	page.Unseen = unseen
	for _, d := range notices {
		page.Notices = append(page.Notices, s.notice(ctx, v, d, settings.Emergency))
	}
	owner := v.Account.ID
	if page.MayHandleAll {
		owner = 0
	}
	list, err := s.Subscriptions.Subscriptions(ctx, owner)
	if err != nil {
		return err
	}
	for _, sub := range list {
		hidden, err := s.hidesWatch(ctx, v, sub)
		if err != nil {
			return err
		}
		if hidden {
			continue
		}
		row, err := s.watchRow(ctx, v, sub, len(settings.Emergency) > 0)
		if err != nil {
			return err
		}
		page.Watches = append(page.Watches, row)
	}
	return render(c, http.StatusOK, views.Watches(page))
}

// MayHandleAllWatches says whether the viewer sees everybody's watches and schedules.
func (v Viewer) MayHandleAllWatches() bool { return v.Rights.MaySee(auth.SettingsData) }

// hidesWatch says that a subscription is somebody else's, and that the viewer may not see its view. Then the viewer does not learn
// that it exists.
func (s *Server) hidesWatch(ctx context.Context, v Viewer, sub auth.Subscription) (bool, error) {
	if sub.OwnerID == v.Account.ID || sub.Kind == auth.KindEmergency {
		return false, nil
	}
	err := s.Readable(ctx, auth.Readers{Owner: v.Account}, sub.Terms.Address)
	if errors.Is(err, auth.ErrNoRight) {
		return true, nil
	}
	if errors.As(err, new(auth.Invalid)) { // an old address can still be deleted
		err = nil
	}
	return false, err
}

// watchRow is a subscription as its viewer may see it.
func (s *Server) watchRow(ctx context.Context, v Viewer, sub auth.Subscription, hasEmergency bool) (views.WatchRow, error) {
	t := sub.Terms
	row := views.WatchRow{
		ID: sub.ID, Name: t.Name, Kind: "Watch", Owner: sub.Owner, When: watchWords(sub.Kind, t), Problem: sub.Problem, Next: sub.Next, Last: sub.Last,
		IsPaused: !sub.Runs(), Own: sub.OwnerID == v.Account.ID || v.MayHandleAllWatches() && sub.Kind != auth.KindEmergency, Badge: "On",
	}
	switch sub.Kind {
	case auth.KindSchedule:
		row.Kind = "Schedule"
	case auth.KindEmergency:
		row.Owner, row.To, row.What = "Signpost", "All administrators", "Sign-ins of the emergency accounts"
		if !hasEmergency {
			row.Badge = "Off: no accounts are picked"
		}
	}
	switch {
	case sub.Stopped != "":
		row.Badge, row.State, row.Next = "Stopped", sub.Stopped, time.Time{}
	case sub.Paused:
		row.Badge, row.Next = "Paused", time.Time{}
	case sub.Problem != "":
		row.Badge = "On, with a problem"
	}
	row.MayChange = sub.OwnerID == v.Account.ID || v.MayHandleAllWatches()
	if sub.Kind != auth.KindEmergency {
		var to []string
		for _, id := range t.Recipients {
			a, err := s.Accounts.ByID(ctx, id)
			switch {
			case errors.Is(err, auth.ErrNoAccount):
				to = append(to, "a removed account")
			case err != nil:
				return row, err
			default:
				to = append(to, a.Name)
			}
		}
		to = append(to, t.Addresses...)
		if t.Webhook != "" {
			to = append(to, t.Webhook)
		}
		if t.InFolder {
			to = append(to, "the folder for reports")
		}
		row.To = strings.Join(to, ", ")
		if s.Readable(ctx, auth.Readers{Owner: v.Account}, t.Address) == nil {
			row.Address, row.What = t.Address, s.whatWords(v, sub.Kind, t.Address)
		}
	}
	return row, nil
}

// oneWatch is the page of one watch or schedule.
func (s *Server) oneWatch(c echo.Context) error {
	said, err := doneOf(c)
	if err != nil {
		return err
	}
	sub, err := s.ownWatch(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	settings, err := s.settingsNow(c)
	if err != nil {
		return err
	}
	page := views.WatchPage{Shell: s.shell(c, sub.Terms.Name, views.NavSettings).OnWatches(), Done: said, Now: s.Now()}
	if page.Row, err = s.watchRow(ctx, viewer(c), sub, len(settings.Emergency) > 0); err != nil {
		return err
	}
	if page.Unreached, err = s.unreached(ctx, sub); err != nil {
		return err
	}
	sent, err := s.Subscriptions.Deliveries(ctx, sub.ID, deliveriesShown)
	if err != nil {
		return err
	}
	for _, d := range sent {
		page.Deliveries = append(page.Deliveries, views.DeliveryRow{
			At: d.Created, To: cmp.Or(d.Account, d.Target, "the folder"), By: channelWords(d.Channel), State: deliveryWords(d), Problem: d.Problem, Note: d.Note, Attempts: d.Attempts, Next: d.Next,
		})
	}
	return render(c, http.StatusOK, views.Watch(page))
}

// ownWatch gives the subscription of the address; ErrNotFound for one that the viewer may not see.
func (s *Server) ownWatch(c echo.Context) (auth.Subscription, error) {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil || s.Subscriptions == nil {
		return auth.Subscription{}, store.ErrNotFound
	}
	sub, err := s.Subscriptions.Subscription(c.Request().Context(), id)
	if errors.Is(err, auth.ErrNoSubscription) {
		return sub, store.ErrNotFound
	}
	v := viewer(c)
	if err == nil && sub.OwnerID != v.Account.ID && !v.MayHandleAllWatches() {
		return auth.Subscription{}, store.ErrNotFound
	}
	if err == nil {
		var hidden bool
		if hidden, err = s.hidesWatch(c.Request().Context(), v, sub); hidden {
			return auth.Subscription{}, store.ErrNotFound
		}
	}
	return sub, err
}

// unreached says who among the recipients gets nothing as things are now. A new one is accepted, for rights and addresses may come.
func (s *Server) unreached(ctx context.Context, sub auth.Subscription) (sentences []string, err error) {
	if sub.Kind == auth.KindEmergency { // each look takes the administrators of its time
		return nil, nil
	}
	owner, err := s.Accounts.ByID(ctx, sub.OwnerID)
	switch {
	case errors.Is(err, auth.ErrNoAccount), owner.Disabled: // then it stops
		return nil, nil
	case err != nil:
		return nil, err
	}
	for _, id := range sub.Terms.Recipients {
		a, err := s.Accounts.ByID(ctx, id)
		if errors.Is(err, auth.ErrNoAccount) {
			continue
		}
		if err != nil {
			return nil, err
		}
		switch {
		case a.Disabled:
			sentences = append(sentences, a.Name+" gets nothing: the account is disabled.")
		case errors.Is(s.Readable(ctx, auth.Readers{Owner: owner, Recipient: a}, sub.Terms.Address), auth.ErrNoRight):
			sentences = append(sentences, a.Name+" gets nothing: the roles of the account do not include what the view shows.")
		case sub.Terms.ByMail && a.Mail == "":
			sentences = append(sentences, a.Name+" gets no mail: the account has no mail address. An administrator can give it one.")
		}
	}
	return sentences, nil
}
