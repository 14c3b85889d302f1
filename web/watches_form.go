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
		Name: params.Get("name"), Zone: zone.Name(), Every: string(auth.Daily), Hour: "7", Weekday: "1", Day: "1", AnyNew: false, More: "10", Minutes: "15",
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
	of, err := sendable(address)
	if err != nil {
		return err
	}
	page := views.NewWatchPage{
		Kind: kind, Address: address, AddressText: s.whatWords(v, map[string]auth.SubscriptionKind{views.WatchForm: auth.KindWatch, views.ScheduleForm: auth.KindSchedule}[kind], address), Form: fields, MayLeave: v.MayHandleAllWatches(), HasMail: s.MailServer != nil,
		HasWebhooks: s.Sends.Webhooks, HasFolder: s.Sends.Folder, Hosts: settings.WebhookHosts,
		Formats: of.formats(),
	}
	if page.Form.Format == "" {
		page.Form.Format = page.Formats[0]
	}
	page.Shell = s.shell(c, page.Title(), views.NavSettings).OnWatches()
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
		err = s.record(c, access.Record{Action: access.View, Query: "add " + string(sub.Kind) + " " + list + " to " + strings.Join(receivers(fields.Recipients, sub.Terms), ", ")})
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

// receivers names everybody to whom a new watch or schedule sends, for the access log. Of a webhook it names the host: the path may
// hold a secret.
func receivers(typed string, t auth.Terms) (list []string) {
	for line := range strings.SplitSeq(typed, "\n") {
		if name := strings.TrimSpace(line); name != "" {
			list = append(list, name)
		}
	}
	list = append(list, t.Addresses...)
	if host, err := auth.WebhookHost(t.Webhook); err == nil {
		list = append(list, "webhook "+host)
	}
	if t.InFolder {
		list = append(list, "the folder for reports")
	}
	return list
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
		if _, err := fileAddress(address, f.Format); err != nil {
			return sub, err
		}
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
	case !t.LeavesPortal():
		return nil
	}
	err := s.Readable(ctx, auth.Readers{Owner: v.Account, Outside: true}, t.Address)
	if errors.Is(err, auth.ErrNoRight) {
		return auth.Invalid{Field: "channel", Problem: "This view cannot leave the portal: a Reports Reader may not see it. Send it to people with accounts alone."}
	}
	if err != nil || t.Webhook == "" {
		return err
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
