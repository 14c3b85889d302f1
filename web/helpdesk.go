package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"signpost/store"
	"signpost/store/access"
	"signpost/views"
	"signpost/web/ask"
)

const (
	helpedParam       = "user"
	helpedTicketParam = "ticket"
	// recordsParam pages the records about the person, as after pages their sign-ins.
	recordsParam = "records"

	maxTicket        = 100 // characters
	maxUser          = 256 // characters, as many as an account's user principal name
	helpdeskRange    = "7d"
	helpdeskPageSize = store.DefaultLimit
)

// helpdeskParams are the parameters of a person's page that give its place in the lists.
var helpdeskParams = []string{"range", "from", "to", "after", "before"}

// helpdesk is the page of one person for the help desk, or the form that asks for one.
func (s *Server) helpdesk(c echo.Context) error {
	page := s.parseHelpdesk(c)
	page.Shell, page.Now = s.shell(c, "Helpdesk", views.NavHelpdesk), s.Now()
	if len(page.Bad) > 0 || page.IsForm() {
		status := http.StatusOK
		if len(page.Bad) > 0 {
			status = http.StatusBadRequest
		}
		return render(c, status, views.Helpdesk(page))
	}
	ctx, reader, person, release, err := s.openPerson(c, page.User)
	if err != nil {
		return err
	}
	defer release()
	if err := s.fillHelpdesk(ctx, reader, person, &page); err != nil {
		return err
	}
	if err := s.recordHelp(c, person, page, access.Record{Rows: store.IntOf(page.Rows())}); err != nil {
		return err
	}
	return render(c, http.StatusOK, views.Helpdesk(page))
}

// helpdeskSignIn is one sign-in of the person. Somebody else's sign-in gets the same answer as a missing one.
func (s *Server) helpdeskSignIn(c echo.Context) error {
	page := s.parseHelpdesk(c)
	if len(page.Bad) > 0 {
		return page.Bad
	}
	if page.IsForm() {
		return c.Redirect(http.StatusSeeOther, views.HelpdeskURL())
	}
	ctx, reader, person, release, err := s.openPerson(c, page.User)
	if err != nil {
		return err
	}
	defer release()
	record, own, err := s.helped(person).SignIn(ctx, reader.Reader, idParam(c))
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	look := access.Record{RecordID: idParam(c), Rows: store.IntOf(0)}
	if err == nil {
		look.Rows = store.IntOf(1)
	}
	if err := s.recordHelp(c, person, page, look); err != nil {
		return err
	}
	if err != nil {
		return err
	}
	answer := views.HelpdeskSignInPage{
		List: page, MeDetailsPage: views.MeDetailsPage{
			Shell: s.shell(c, "Sign-in", views.NavHelpdesk), SignIn: record.SignIn(), Own: own, Now: s.Now(), Misread: ask.Misread(record, s.Misread), Whole: true,
		},
	}
	if answer.Diagnosis, err = s.helpdeskDiagnosis(ctx, reader, record, answer.Shell); err != nil {
		return err
	}
	return render(c, http.StatusOK, views.HelpdeskSignIn(answer))
}

// helpdeskDiagnosis says why the person's sign-in did not succeed; nil for one that did.
func (s *Server) helpdeskDiagnosis(ctx context.Context, reader snapshot, record store.Record, shell views.Shell) (*views.Diagnosis, error) {
	if record.SignIn().Status() == store.StatusSuccess {
		return nil, nil
	}
	found, err := ask.Diagnosis{Record: record, Withheld: true, OnePerson: true}.Ask(ctx, reader.Reader)
	if err != nil {
		return nil, err
	}
	return &views.Diagnosis{
		Diagnosed: found, Alone: true, Details: views.DetailsPage{Shell: shell, Record: record, Now: s.Now(), Misread: ask.Misread(record, s.Misread)},
	}, nil
}

// recordHelp records a look at a person in the access log, even at a person without any records.
func (s *Server) recordHelp(c echo.Context, person store.Person, page views.HelpdeskPage, look access.Record) error {
	look.Action, look.Ticket, look.Query = access.Helpdesk, page.Ticket, recordedRange(page.Query.Range)
	look.Subjects = []access.Subject{{ID: person.UserID}}
	if !strings.EqualFold(page.User, person.UserID) {
		look.Subjects[0].Username = page.User
	}
	return s.record(c, look)
}

// helped is the question about a person's sign-ins. It omits the person's answers, which are not for the help
// desk.
func (s *Server) helped(person store.Person) ask.Own { return ask.Own{Person: person, Atlas: &s.atlas} }

// fillHelpdesk puts the person's sign-ins and the records about them on the page.
func (s *Server) fillHelpdesk(ctx context.Context, reader snapshot, person store.Person, page *views.HelpdeskPage) error {
	own, err := s.helped(person).SignIns(ctx, reader.Reader, page.Query.Range)
	if err != nil {
		return err
	}
	found := own.Find(func(*store.Trace, []store.Mark) bool { return true })
	page.Found, page.Cut, page.StillReading = int64(len(found)), own.Cut, own.StillReading
	_, _, devices := own.Values(views.MeValues)
	page.Devices = views.MeChoices(devices)
	var shown []int
	shown, page.Next, page.Prev = own.Page(found, page.Query.After, page.Query.Before, helpdeskPageSize)
	if page.SignIns, err = own.Read(ctx, reader.Reader, shown); err != nil {
		return err
	}
	for _, info := range reader.Catalog().Logs() {
		if info.Kind() == store.SignIns || info.Read != store.TenantLogs || len(info.Principals) == 0 {
			continue
		}
		about := views.HelpdeskRecords{Log: info}
		q := store.ListQuery{Log: info.Log, Range: page.Query.Range, Limit: helpdeskPageSize}
		err := ask.Together(ctx,
			func(ctx context.Context) (err error) {
				about.Total, err = reader.Total(ctx, q)
				return err
			},
			func(ctx context.Context) (err error) {
				q := q
				q.After = page.After(info.Log)
				about.Page, err = reader.Page(ctx, q)
				return err
			})
		if err != nil {
			return err
		}
		page.Records = append(page.Records, about)
	}
	return nil
}

// parseHelpdesk reads the address of a person's page. It reports a bad parameter next to its control.
func (s *Server) parseHelpdesk(c echo.Context) (page views.HelpdeskPage) {
	params := c.QueryParams()
	rest := url.Values{}
	for param, values := range params {
		if !slices.Contains([]string{helpedParam, helpedTicketParam, recordsParam}, param) {
			rest[param] = values
		}
	}
	if !namesRange(rest) {
		rest.Set("range", helpdeskRange)
	}
	page.Query, page.Bad = s.parseSome(rest, helpdeskParams, s.now(c))
	if len(params) == 0 {
		return page
	}
	text := func(param, missing string, most int) string {
		value, problem := exactText(params[param], missing, most)
		if problem != "" {
			page.Bad = append(page.Bad, store.BadParam{Param: param, Problem: problem})
		}
		return value
	}
	page.User = text(helpedParam, "is missing. Give the whole user principal name, or the user ID.", maxUser)
	page.Ticket = text(helpedTicketParam, "is missing. Give the number of the ticket for which you look.", maxTicket)
	if at := params.Get(recordsParam); at != "" {
		place, err := store.ParseCursor(at)
		if info, ok := s.storeOf(c).Catalog().Log(place.Log); err != nil || !ok || info.Kind() == store.SignIns {
			page.Bad = append(page.Bad, store.BadParam{Param: recordsParam, Value: at, Problem: "does not lead to a page of this list. Start again from the newest page."})
		} else {
			page.RecordsAfter = &place
		}
	}
	return page
}

// exactText reads a text that must be given, once.
func exactText(values []string, missing string, most int) (value, problem string) {
	if len(values) > 0 {
		value = strings.TrimSpace(values[0])
	}
	switch {
	case len(values) > 1:
		return "", "is given more than once. Keep one."
	case value == "":
		return "", missing
	case !utf8.ValidString(value) || strings.ContainsFunc(value, unicode.IsControl):
		return "", "has characters that it cannot have. Take them out."
	case utf8.RuneCountInString(value) > most:
		return "", "is too long. Shorten it."
	}
	return value, ""
}
