package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"signpost/auth"
	"signpost/store"
	"signpost/views"
)

// statusClientGone is the status in the log where the client did not wait for the answer (nginx's number: HTTP has none).
// Nobody reads the answer.
const statusClientGone = 499

var errClientGone = errors.New("the client did not wait for the answer")

// nameCancelled distinguishes a client that went away from work that was cancelled for another reason. It must run before
// the request's context ends by itself.
func nameCancelled(err error, c echo.Context) error {
	if errors.Is(err, context.Canceled) && errors.Is(c.Request().Context().Err(), context.Canceled) {
		return fmt.Errorf("%w: %w", errClientGone, err)
	}
	return err
}

// nameGone is nameCancelled for requests without a deadline: downloads, streams and uploads.
func nameGone(err error, c echo.Context) error {
	if errors.Is(err, context.Canceled) && !errors.Is(err, errClientGone) && errors.Is(clientContext(c).Err(), context.Canceled) {
		return fmt.Errorf("%w: %w", errClientGone, err)
	}
	return err
}

// forbidden refuses a request of somebody signed in; needs are the roles that would be enough.
type forbidden struct {
	what  string // "Conditional Access data"; empty for the page itself
	needs []auth.Role
	back  string // the page without the filter that is refused; empty for none
}

// Error names the refused data or page.
func (f forbidden) Error() string {
	what := f.what
	if what == "" {
		what = "this page"
	}
	return "no right to " + what
}

// forbiddenClass refuses a request that names data its sender may not see.
func forbiddenClass(class auth.Class) error {
	return forbidden{what: string(class), needs: class.Roles()}
}

// refusedClass refuses a request that names data of a class of the store.
func refusedClass(class store.Class) error {
	return forbidden{what: class.String(), needs: classRows[class].Roles()}
}

// handleError answers a request that failed: the one place where errors become pages.
func (s *Server) handleError(err error, c echo.Context) {
	if c.Response().Committed {
		return // the status is out; the log has the error
	}
	problem := problemOf(c, nameGone(err, c))
	// The request's context has ended by now, by its deadline or for good. The answer must still go out.
	c.SetRequest(c.Request().WithContext(context.WithoutCancel(c.Request().Context())))
	if err := s.writeProblem(c, problem); err != nil {
		s.Log.ErrorContext(c.Request().Context(), "write the page of an error", "id", requestIDOf(c), "error", err)
	}
}

func (s *Server) writeProblem(c echo.Context, p views.Problem) error {
	r := c.Request()
	switch {
	case r.Method == http.MethodHead, p.Status == statusClientGone:
		return c.NoContent(p.Status)
	case isFragment(r):
		return render(c, p.Status, views.ProblemMessage(p))
	case isDownload(r) && !isFollowedLink(r):
		return c.String(p.Status, plainProblem(p))
	}
	shell := s.shell(c, p.Title, "")
	if p.Status == http.StatusNotFound {
		shell.Here = "" // the answer is the same for every address
	}
	return render(c, p.Status, views.ProblemPage(shell, p))
}

// plainProblem is the problem for a program or a terminal.
func plainProblem(p views.Problem) string {
	text := strconv.Itoa(p.Status) + " " + p.Title + "\n" + p.Message + "\n"
	for _, param := range p.Params {
		text += param.Error() + "\n"
	}
	if p.Advice != "" {
		text += p.Advice + "\n"
	}
	if p.Reference != "" {
		text += "Reference: " + p.Reference + "\n"
	}
	return text
}

// problemOf says what an error means to the reader: the status, the words, and the next step.
func problemOf(c echo.Context, err error) views.Problem {
	var bad store.BadParams
	var one store.BadParam
	var refused forbidden
	var notAllowed auth.NotAllowed
	var answer *echo.HTTPError
	var many tooManyDownloads
	var withheld store.WithheldError
	if errors.As(err, &withheld) {
		err = refusedClass(withheld.Class)
	}
	switch {
	case errors.Is(err, errNotRecorded) && c.Request().Method != http.MethodPost: // a change meets the full disk itself
		return views.Problem{
			Status: http.StatusServiceUnavailable, Title: "The access log cannot be written",
			Message: "Signpost records every access to other people's data first, and it cannot do so now.",
			Advice:  "Tell the person who runs Signpost: the server log says why. You can still open My sign-ins.", Reference: requestIDOf(c),
		}
	case errors.As(err, &many):
		return many.problem(c)
	case errors.As(err, &bad):
		return badParams(bad)
	case errors.As(err, &one):
		return badParams(store.BadParams{one})
	case errors.Is(err, store.ErrBadCursor):
		return badParams(store.BadParams{{Param: "after or before", Problem: "does not lead to a page of this list. Start again from the newest page."}})
	case errors.As(err, &refused):
		return refusedProblem(viewer(c), refused)
	case errors.As(err, &notAllowed):
		return notAllowedProblem(notAllowed)
	case errors.Is(err, store.ErrNotFound):
		return notFound()
	case errors.Is(err, store.ErrDiskFull):
		return views.Problem{
			Status: http.StatusInsufficientStorage, Title: "The disk is full", Message: "There is no room left to keep this.",
			Advice: "Nothing that was there is lost. Make room on the disk of the data folder, then try again.", Reference: requestIDOf(c),
		}
	case errors.Is(err, store.ErrReplaced):
		return views.Problem{
			Status: http.StatusServiceUnavailable, Title: "The data was moved away",
			Message: "A file of the data folder was removed or replaced while Signpost had it open. Nothing is written, because it would be lost.",
			Advice:  "Stop Signpost, put the file back or restore a backup, then start it again.", Reference: requestIDOf(c),
		}
	case errors.Is(err, store.ErrDamaged):
		return views.Problem{
			Status: http.StatusInternalServerError, Title: "Stored data is damaged",
			Message: "The disk or the memory changed data that Signpost had written. An answer could be wrong, so none is shown.",
			Advice:  "Ask the person who runs Signpost to run \"signpost check\": it shows the damage and how to repair it.", Reference: requestIDOf(c),
		}
	case errors.Is(err, errClientGone):
		return views.Problem{Status: statusClientGone, Title: "Client gone"}
	case errors.Is(err, store.ErrTooSlow), errors.Is(err, context.DeadlineExceeded):
		return views.Problem{
			Status: http.StatusGatewayTimeout, Title: "This took too long",
			Message: "The answer was not finished in time. A partial answer would mislead, so none is shown.",
			Advice:  "Narrow the range or add a filter, then try again.", Reference: requestIDOf(c),
		}
	case errors.Is(err, store.ErrRebuilding):
		return views.Problem{
			Status: http.StatusServiceUnavailable, Title: "The index is being rebuilt",
			Message: "Signpost is rebuilding its index from the stored records. Nothing is lost. Until this is done, answers would be wrong.",
			Advice:  "Try again in a minute. Ten million sign-ins take some minutes.", Reference: requestIDOf(c),
		}
	case errors.As(err, &answer) && answer.Code < http.StatusInternalServerError:
		return httpProblem(answer)
	}
	return views.Problem{
		Status: http.StatusInternalServerError, Title: "Something went wrong",
		Message: "Signpost made a mistake and could not answer.",
		Advice:  "Try again. If it happens again, give the reference to the person who runs Signpost: it is in the server log.",
		Link:    "/", LinkText: "Go to the start page", Reference: requestIDOf(c),
	}
}

func badParams(bad store.BadParams) views.Problem {
	return views.Problem{
		Status: http.StatusBadRequest, Title: "This link has a part we don't know",
		Message: "Correct or remove the parts below, or start again.",
		Params:  bad, Link: "/", LinkText: "Go to the start page",
	}
}

func refusedProblem(v Viewer, f forbidden) views.Problem {
	p := views.Problem{Status: http.StatusForbidden, Title: "You don't have access", Link: "/", LinkText: "Go to your start page"}
	needs := "This page needs"
	if f.what != "" {
		p.Message, needs = "This link asks for "+f.what+". ", "It needs"
	}
	p.Message += "Your roles: " + strings.Join(roleLabels(v.Account.Roles), ", ") + "."
	switch {
	case len(f.needs) == 1:
		p.Advice = needs + " the role " + f.needs[0].Label() + ". Ask an administrator of Signpost for it."
	case len(f.needs) > 1:
		p.Advice = needs + " one of these roles: " + auth.RoleLabels(f.needs) + ". Ask an administrator of Signpost for one."
	}
	if f.back != "" {
		p.Link, p.LinkText = f.back, "Open it without that filter"
	}
	return p
}

func notAllowedProblem(n auth.NotAllowed) views.Problem {
	roles := auth.RoleLabels(n.Needs)
	return views.Problem{
		Status: http.StatusForbidden, Title: "You can't change this account",
		Message: "This needs the role " + roles + ", because the account has a protected role or would get one. Nothing was changed.",
		Advice:  "Ask a " + roles + " to do it.", Link: views.PeopleURL(), LinkText: "Go to the people",
	}
}

func notFound() views.Problem {
	return views.Problem{
		Status: http.StatusNotFound, Title: "Not found", Message: "There is nothing at this address.",
		Advice: "Check the address for a missing or extra character.", Link: "/", LinkText: "Go to the start page",
	}
}

// httpProblem words the errors of the router, the middleware and the handlers' own refusals.
func httpProblem(e *echo.HTTPError) views.Problem {
	p := views.Problem{Status: e.Code, Title: http.StatusText(e.Code), Link: "/", LinkText: "Go to the start page"}
	if said, ok := e.Message.(string); ok && said != http.StatusText(e.Code) {
		p.Message = said
	}
	switch e.Code {
	case http.StatusNotFound:
		if p.Message == "" {
			return notFound()
		}
	case http.StatusUnauthorized:
		p.Title, p.Link, p.LinkText = "Signed out", "/signin", "Sign in"
		p.Advice = "Sign in, then try again."
	case http.StatusForbidden:
		p.Title, p.Advice = "Refused", "Open Signpost itself and do it there."
	case http.StatusMethodNotAllowed:
		p.Title, p.Message = "Not this way", "This address does not take this kind of request."
		p.Advice = "Open it as a page, or use the form that belongs to it."
	case http.StatusRequestEntityTooLarge:
		p.Title, p.Message = "Too large", "What was sent is larger than this address takes."
		p.Advice = "Send less, then try again."
	}
	if p.Message == "" {
		p.Message = "The request could not be understood."
	}
	if p.Advice == "" {
		p.Advice = "Go back, correct it, and try again."
	}
	return p
}
