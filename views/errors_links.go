package views

import (
	"net/url"
	"strconv"
	"time"

	"signpost/store"
	"signpost/web/ask"
)

const errorsPath = "/errors"

// These are the parameters that carry a pasted message to the page of an error code.
const (
	MessageRequest     = "request"
	MessageCorrelation = "correlation"
	MessageID          = "id"
	MessageTime        = "time"
)

// messageFor is the message that Entra would show about a sign-in.
func messageFor(s *store.SignIn) ask.Message {
	m := ask.Message{Time: s.Time.UTC().Truncate(time.Second)}
	if store.IsGUID(s.ID) {
		m.Request = s.ID
	}
	if store.IsGUID(s.CorrelationID) {
		m.Correlation = s.CorrelationID
	}
	return m
}

// messageValues writes a message as parameters of an address.
func messageValues(m ask.Message) url.Values {
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

// ErrorURL is the page of an error code, with the other facts of a message.
func ErrorURL(code int64, m ask.Message) string {
	return withQuery(errorsPath+"/"+strconv.FormatInt(code, 10), messageValues(m))
}

// errorPageURL is the page of an error code over a range and a log; an empty log stands for the one with the most
// sign-ins.
func (p ErrorPage) errorPageURL(r store.Range, log store.Log) string {
	v := monthValues(store.Query{Range: r})
	for name, values := range messageValues(p.Message) {
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
