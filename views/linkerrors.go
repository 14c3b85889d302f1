package views

import (
	"net/url"
	"strconv"
	"time"

	"signpost/store"
)

const errorsPath = "/errors"

// The parameters of the page of an error code that a pasted message gives it.
const (
	MessageRequest     = "request"
	MessageCorrelation = "correlation"
	MessageID          = "id"
	MessageTime        = "time"
)

// ErrorMessage is what a pasted error message tells beside its code: whose sign-in it was.
type ErrorMessage struct {
	// Request and Correlation are the ids that the message calls so, IDs those that it gives no name.
	Request, Correlation string
	IDs                  []string
	Time                 time.Time
}

// ErrorMessageOf takes from a text what tells the sign-in.
func ErrorMessageOf(s store.Search) ErrorMessage {
	m := ErrorMessage{Time: s.Time}
	for _, id := range s.IDs {
		switch {
		case id.Said == store.RequestID && m.Request == "":
			m.Request = id.Value
		case id.Said == store.CorrelationID && m.Correlation == "":
			m.Correlation = id.Value
		default:
			m.IDs = append(m.IDs, id.Value)
		}
	}
	return m
}

// ErrorMessageFor is what a message about a sign-in would tell.
func ErrorMessageFor(s *store.SignIn) ErrorMessage {
	m := ErrorMessage{Time: s.Time.UTC().Truncate(time.Second)}
	if store.IsGUID(s.ID) {
		m.Request = s.ID
	}
	if store.IsGUID(s.CorrelationID) {
		m.Correlation = s.CorrelationID
	}
	return m
}

// HasIDs says that the message names a sign-in.
func (m ErrorMessage) HasIDs() bool { return m.Request != "" || m.Correlation != "" || len(m.IDs) > 0 }

// Values are the message as parameters of an address.
func (m ErrorMessage) Values() url.Values {
	v := url.Values{}
	if m.Request != "" {
		v.Set(MessageRequest, m.Request)
	}
	if m.Correlation != "" {
		v.Set(MessageCorrelation, m.Correlation)
	}
	for _, id := range m.IDs {
		v.Add(MessageID, id)
	}
	if !m.Time.IsZero() {
		v.Set(MessageTime, instant(m.Time))
	}
	return v
}

// ErrorURL is the page of an error code, with what a message told beside it.
func ErrorURL(code int64, m ErrorMessage) string {
	return withQuery(errorsPath+"/"+strconv.FormatInt(code, 10), m.Values())
}

// errorPageURL is the page of an error code of a range and a log; an empty log is the one with the most sign-ins.
func (p ErrorPage) errorPageURL(r store.Range, log store.Log) string {
	v := monthValues(store.Query{Range: r})
	for name, values := range p.Message.Values() {
		v[name] = values
	}
	if log != "" {
		v.Set("log", string(log))
	}
	return withQuery(errorsPath+"/"+strconv.FormatInt(p.Error.Code, 10), v)
}

// errorListURL is the list of the codes of a class or of a family.
func errorListURL(param, value string) string {
	return withQuery(errorsPath, url.Values{param: {value}})
}

// signInURL leads to the sign-in page and back to an address.
func signInURL(next string) string {
	if next == "" {
		return "/signin"
	}
	return withQuery("/signin", url.Values{"next": {next}})
}
