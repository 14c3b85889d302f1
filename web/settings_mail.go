package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"signpost/auth"
	"signpost/store"
	"signpost/views"
)

// failedMails is the number of failed mails that the page shows.
const failedMails = 50

// mailSettings is the page about mails: the server, and the mails that could not be sent.
func (s *Server) mailSettings(c echo.Context) error {
	if s.Mails == nil {
		return store.ErrNotFound
	}
	if _, err := doneOf(c); err != nil {
		return err
	}
	failed, waiting, err := s.Mails.UnsentMails(c.Request().Context(), failedMails)
	if err != nil {
		return err
	}
	page := views.MailSettingsPage{Shell: s.shell(c, "Mail", views.NavSettings), Server: s.MailServer, Waiting: waiting, Now: s.Now()}
	for _, m := range failed {
		page.Failed = append(page.Failed, views.FailedMail{
			AccountID: m.AccountID, Account: m.Account, To: m.To, Subject: m.Subject, Created: m.Created, Attempts: m.Attempts, Problem: m.Error,
		})
	}
	return render(c, http.StatusOK, views.MailSettings(page))
}

// ownMail is the switch of the viewer's mails as the page shows it.
func (s *Server) ownMail(v Viewer) views.OwnMail {
	kept := v.Preferences.Mail
	return views.OwnMail{Address: v.Account.Mail, Sends: s.MailServer != nil, Since: kept.Since, Zone: zoneNamed(kept.Zone).Name()}
}

// setOwnMail turns the viewer's mails on or off. Times in mails are in the zone of the page that asked for them. One last mail tells
// that mails were turned off.
func (s *Server) setOwnMail(c echo.Context) error {
	form, err := postForm(c)
	if err != nil {
		return err
	}
	ctx, v, value := c.Request().Context(), viewer(c), auth.MailSwitch{}
	switch form.Get("do") {
	case "on":
		if s.MailServer == nil || v.Account.Mail == "" {
			return echo.NewHTTPError(http.StatusConflict, "No mail can be sent to you: the portal has no mail server, or your account no mail address.")
		}
		zone, _ := meZone(c)
		value = auth.MailSwitch{Since: s.Now().UTC(), Zone: zone.Name()}
		if v.Preferences.Mail.IsOn() {
			value.Since = v.Preferences.Mail.Since
		}
	case "off":
	default:
		return echo.NewHTTPError(http.StatusBadRequest, "The form does not say what to do.")
	}
	if value.IsOn() || s.MailServer == nil {
		err = s.Preferences.SetPreference(ctx, v.Account.ID, auth.PreferenceMail, value.String())
	} else {
		// An intruder in the account must not end its warnings unnoticed.
		m := auth.Mail{AccountID: v.Account.ID, Created: s.Now().UTC()}
		m.Subject, m.Body = views.MailsOffMail(m.Created, zoneNamed(v.Preferences.Mail.Zone))
		err = s.Mails.TurnMailsOff(ctx, m)
	}
	if err != nil {
		return err
	}
	s.Log.InfoContext(ctx, "mails about new sign-ins", "id", requestIDOf(c), "account", v.Account.Name, "on", value.IsOn())
	return c.Redirect(http.StatusSeeOther, views.OwnAccountURL()+"?done=saved#mail")
}
