package web

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"signpost/auth"
	"signpost/store"
	"signpost/store/access"
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
		Shell: s.shell(c, "Watches and schedules", views.NavSettings), Done: said, Now: s.Now(), MayHandleAll: v.MayHandleAllWatches(), EmergencyOn: len(settings.Emergency) > 0,
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
		n.Text = "What it shows is not for you any more."
		return n
	}
	n.Text, n.Address = views.Count(d.N, "record", "records"), RangeAddress(address, d.From, d.To)
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

// MayHandleAllWatches says whether the viewer sees everybody's watches and schedules.
func (v Viewer) MayHandleAllWatches() bool { return v.Rights.MaySee(auth.SettingsData) }

// hidesWatch says that a subscription is somebody else's, and about what the viewer may not see: not even that it exists is for
// them.
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
		row.Owner, row.To = "Signpost", "All administrators"
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
			row.Address = t.Address
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
	page := views.WatchPage{Shell: s.shell(c, sub.Terms.Name, views.NavSettings), Done: said, Now: s.Now()}
	if page.Row, err = s.watchRow(ctx, viewer(c), sub, len(settings.Emergency) > 0); err != nil {
		return err
	}
	sent, err := s.Subscriptions.Deliveries(ctx, sub.ID, deliveriesShown)
	if err != nil {
		return err
	}
	for _, d := range sent {
		page.Deliveries = append(page.Deliveries, views.DeliveryRow{
			At: d.Created, To: cmp.Or(d.Account, d.Target, "the folder"), By: channelWords(d.Channel), State: deliveryWords(d), Problem: d.Problem, Attempts: d.Attempts, Next: d.Next,
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

// newWatch is the form for a watch or a schedule of an address.
func (s *Server) newWatch(c echo.Context) error {
	params := c.QueryParams()
	for name := range params {
		if !slices.Contains([]string{"kind", "address", "name"}, name) {
			return store.BadParams{{Param: name, Problem: "is not known here."}}
		}
	}
	zone, _ := meZone(c)
	fields := views.WatchFields{
		Name: params.Get("name"), Zone: zone.Name(), Every: string(auth.Daily), Hour: "7", Weekday: "1", Day: "1", Format: "csv", AnyNew: false, More: "10", Minutes: "15",
		Recipients: viewer(c).Account.Name, ByMail: s.MailServer != nil, OnPage: true,
	}
	return s.watchForm(c, http.StatusOK, params.Get("kind"), params.Get("address"), fields, nil)
}

// watchForm draws the form; problem says why it was not accepted.
func (s *Server) watchForm(c echo.Context, status int, kind, address string, fields views.WatchFields, problem error) error {
	v, ctx := viewer(c), c.Request().Context()
	if s.Subscriptions == nil {
		return store.ErrNotFound
	}
	if kind != views.WatchForm && kind != views.ScheduleForm {
		return store.BadParams{{Param: "kind", Value: kind, Problem: "is watch or schedule."}}
	}
	if err := s.mayUseAddress(ctx, v, kind, address); err != nil {
		var invalid auth.Invalid
		if errors.As(err, &invalid) {
			return store.BadParams{{Param: "address", Value: address, Problem: invalid.Problem}}
		}
		return err
	}
	settings, err := s.settingsNow(c)
	if err != nil {
		return err
	}
	page := views.NewWatchPage{
		Kind: kind, Address: address, AddressText: address, Form: fields, MayLeave: v.MayHandleAllWatches(), HasMail: s.MailServer != nil,
		HasWebhooks: s.Sends.Webhooks, HasFolder: s.Sends.Folder, Hosts: settings.WebhookHosts,
	}
	page.Shell = s.shell(c, map[string]string{views.WatchForm: "Watch this view", views.ScheduleForm: "Send this view"}[kind], views.NavSettings)
	if problem != nil {
		var invalid auth.Invalid
		switch {
		case errors.As(problem, &invalid):
			page.Field, page.Problem = invalid.Field, invalid.Problem
		default:
			page.Problem = problem.Error()
		}
	}
	return render(c, status, views.NewWatch(page))
}

// mayUseAddress says why the viewer may not watch or send an address.
func (s *Server) mayUseAddress(ctx context.Context, v Viewer, kind, address string) error {
	who := auth.Readers{Owner: v.Account}
	if kind == views.WatchForm {
		_, err := s.countable(s.together(ctx, who), address)
		return noRightToView(err)
	}
	return noRightToView(s.Readable(ctx, who, address))
}

func noRightToView(err error) error {
	if errors.Is(err, auth.ErrNoRight) {
		return echo.NewHTTPError(http.StatusForbidden, "Your roles do not include the data that this view shows.")
	}
	return err
}

// addWatch answers the forms of the page as a whole: a new watch or schedule, and notices that were seen.
func (s *Server) addWatch(c echo.Context) error {
	form, err := postForm(c)
	if err != nil {
		return err
	}
	if s.Subscriptions == nil {
		return store.ErrNotFound
	}
	v, ctx := viewer(c), c.Request().Context()
	switch form.Get("do") {
	case "seen":
		upTo, err := strconv.ParseInt(form.Get("upto"), 10, 64)
		if err != nil {
			return echo.NewHTTPError(http.StatusBadRequest, "The form does not say which notices were seen.")
		}
		if err := s.Subscriptions.SeeNotices(ctx, v.Account.ID, upTo); err != nil {
			return err
		}
		return c.Redirect(http.StatusSeeOther, views.WatchesPath)
	case "add":
	default:
		return echo.NewHTTPError(http.StatusBadRequest, "The form does not say what to do.")
	}
	fields := typedWatch(form)
	kind, address := form.Get("kind"), form.Get("address")
	if err := s.mayUseAddress(ctx, v, kind, address); err != nil {
		return s.watchForm(c, http.StatusUnprocessableEntity, kind, address, fields, err)
	}
	sub, err := s.newSubscription(ctx, v, kind, address, fields)
	if err == nil {
		list, _, _ := strings.Cut(address, "?") // who reads the access log may not see by what is looked for
		err = s.record(c, access.Record{Action: access.View, Query: "add " + string(sub.Kind) + " " + list + " to " + strings.ReplaceAll(fields.Recipients, "\n", ", ")})
	}
	if err == nil {
		sub, err = s.Subscriptions.AddSubscription(ctx, sub)
	}
	if errors.As(err, new(auth.Invalid)) || errors.Is(err, auth.ErrTooManySubscriptions) {
		return s.watchForm(c, http.StatusUnprocessableEntity, kind, address, fields, err)
	}
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, views.WatchURL(sub.ID)+"?done=watch-added")
}

func typedWatch(form url.Values) views.WatchFields {
	return views.WatchFields{
		Name: form.Get("name"), Zone: form.Get("zone"), Every: form.Get("every"), Hour: form.Get("hour"), Weekday: form.Get("weekday"), Day: form.Get("day"),
		Format: form.Get("format"), AnyNew: form.Get("new") == "yes", More: form.Get("more"), Minutes: form.Get("minutes"), Recipients: form.Get("recipients"),
		Addresses: form.Get("addresses"), Webhook: form.Get("webhook"), ByMail: form.Get("mail") == "yes", OnPage: form.Get("page") == "yes", InFolder: form.Get("folder") == "yes",
	}
}

// newSubscription reads the typed fields, or gives auth.Invalid.
func (s *Server) newSubscription(ctx context.Context, v Viewer, kind, address string, f views.WatchFields) (sub auth.Subscription, err error) {
	now := s.Now().UTC()
	sub = auth.Subscription{Kind: auth.KindWatch, OwnerID: v.Account.ID, Owner: v.Account.Name, Created: now}
	t := auth.Terms{Name: f.Name, Address: address, Zone: strings.TrimSpace(f.Zone), ByMail: f.ByMail, OnPage: f.OnPage}
	if kind == views.ScheduleForm {
		sub.Kind = auth.KindSchedule
		t.Every, t.Format, t.OnPage = auth.Frequency(f.Every), f.Format, false
		var weekday int
		err = errors.Join(
			typedNumber("hour", "An hour is a number from 0 to 23.", f.Hour, &t.Hour),
			typedNumber("weekday", "Choose a day of the week.", f.Weekday, &weekday),
			typedNumber("day", "A day of the month is a number from 1 to 31.", cmp.Or(f.Day, "1"), &t.Day))
		t.Weekday = time.Weekday(weekday)
	} else {
		var more int
		if !f.AnyNew {
			err = typedNumber("more", "The number of records is from 1 to 100,000.", f.More, &more)
			if err == nil && more < 1 {
				err = auth.Invalid{Field: "more", Problem: "The number of records is from 1 to 100,000. To be told of any, choose “any records at all”."}
			}
		}
		t.More = int64(more)
		err = errors.Join(err, typedNumber("minutes", "The number of minutes is from 1 to 1,440.", f.Minutes, &t.Minutes))
	}
	if err != nil {
		return sub, err
	}
	if t.Recipients, err = s.typedRecipients(ctx, f.Recipients); err != nil {
		return sub, err
	}
	t.Addresses, t.Webhook, t.InFolder = strings.FieldsFunc(f.Addresses, func(r rune) bool { return r == '\n' || r == '\r' || r == ',' }), f.Webhook, f.InFolder
	if sub.Terms, err = t.Check(sub.Kind); err != nil {
		return sub, err
	}
	if err := s.checkLeaving(ctx, v, sub.Terms); err != nil {
		return sub, err
	}
	if sub.Kind == auth.KindSchedule {
		sub.Next = sub.Terms.After(now)
	}
	return sub, nil
}

// checkLeaving refuses messages that leave the portal where the viewer or the portal does not allow them.
func (s *Server) checkLeaving(ctx context.Context, v Viewer, t auth.Terms) error {
	switch {
	case t.LeavesPortal() && !v.MayHandleAllWatches():
		return auth.Invalid{Field: "channel", Problem: "Only an administrator may send to other addresses, to webhooks and into the folder."}
	case s.MailServer == nil && (t.ByMail || len(t.Addresses) > 0):
		return auth.Invalid{Field: "channel", Problem: "This portal sends no mail: no mail server is set."}
	case t.InFolder && !s.Sends.Folder:
		return auth.Invalid{Field: "channel", Problem: "This portal has no folder for files: see --reports-folder."}
	case t.Webhook != "" && !s.Sends.Webhooks:
		return auth.Invalid{Field: "webhook", Problem: "This portal has no secret to sign webhooks with: see --webhook-secret."}
	case t.Webhook == "":
		return nil
	}
	host, err := auth.WebhookHost(t.Webhook)
	if err != nil {
		return err
	}
	settings, err := s.Settings.Settings(ctx)
	if err == nil && !slices.Contains(settings.WebhookHosts, host) {
		return auth.Invalid{Field: "webhook", Problem: "The host " + host + " is not among the hosts that the settings allow. Add it under Alerts first."}
	}
	return err
}

// typedRecipients gives the accounts of names, one on a line.
func (s *Server) typedRecipients(ctx context.Context, typed string) (ids []int64, err error) {
	for line := range strings.SplitSeq(typed, "\n") {
		name := strings.TrimSpace(line)
		if name == "" {
			continue
		}
		if len(ids) > auth.MaxRecipients {
			break // Check says so
		}
		account, ok := s.Accounts.Named(ctx, name)
		if !ok {
			return nil, auth.Invalid{Field: "recipients", Problem: "There is no account named “" + name + "”. Write one name on each line."}
		}
		ids = append(ids, account.ID)
	}
	return ids, nil
}

func typedNumber(field, problem, typed string, to *int) error {
	n, err := strconv.Atoi(strings.TrimSpace(typed))
	if err != nil {
		return auth.Invalid{Field: field, Problem: problem}
	}
	*to = n
	return nil
}

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
		if err := s.tryWatch(ctx, sub, now); err != nil {
			return err
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

// tryWatch queues what a run would send now.
func (s *Server) tryWatch(ctx context.Context, sub auth.Subscription, now time.Time) error {
	whole := sub
	if sub.Kind == auth.KindEmergency {
		administrators, err := s.administrators(ctx)
		if err != nil {
			return err
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
	fired, err := s.Subscriptions.Fire(ctx, sub, whole.Deliver(auth.OfTrial, now, episode, now))
	if err == nil && !fired {
		err = echo.NewHTTPError(http.StatusConflict, "It ran at this very moment. Go back and try it again.")
	}
	return err
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
