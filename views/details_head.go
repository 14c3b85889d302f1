package views

import (
	"strings"

	"signpost/store"
)

// supportText is the data for a request for help, to be pasted into a ticket. Its times are UTC, whatever the page's
// zone is.
func (p DetailsPage) supportText() string {
	s, head := p.signIn(), p.head()
	date := Zone{}.PreciseTime(head.Time)
	if head.TimeIsIngestion {
		date += " (time of ingestion)"
	}
	if s == nil {
		return clippedLines(strings.Join([]string{Capital(p.kind().One) + " ID: " + OrEmpty(head.ID), "Time: " + date, p.title()}, "\n"))
	}
	code := Integer(s.ErrorCode)
	if !s.ErrorCode.Set && p.isMisread(store.ErrorCode) {
		code = notRead
	}
	lines := []string{
		"Request ID: " + OrEmpty(s.ID), "Correlation ID: " + p.told(s.CorrelationID, store.CorrelationID), "Time: " + date,
		"Sign-in error code: " + strings.TrimSpace(code+" "+s.FailureReason),
	}
	if p.info().User {
		lines = append(lines, "User: "+p.told(nameAndID(s.UserDisplayName, firstText(s.UserPrincipalName, s.UserID)), store.UserDisplayName, store.UserPrincipalName, store.UserID))
		lines = append(lines, "Application: "+p.told(nameAndID(s.AppDisplayName, s.AppID), store.AppDisplayName, store.AppID))
	} else {
		lines = append(lines, p.principalTitle()+": "+p.told(principalText(s), store.ServicePrincipalName, store.ServicePrincipalID))
	}
	lines = append(lines, "Resource: "+p.told(nameAndID(s.ResourceDisplayName, s.ResourceID), store.ResourceDisplayName, store.ResourceID))
	if address := p.told(s.IPAddress, store.IPAddress); p.info().User || address != Empty {
		lines = append(lines, "IP address: "+address)
	}
	return clippedLines(strings.Join(lines, "\n"))
}

func (p DetailsPage) principalTitle() string { return Capital(p.info().One) }

// codeWords is the error code with its words; an unknown code is only its number.
func (p DetailsPage) codeWords() string { return codeInWords(Integer(p.signIn().ErrorCode)) }

// reason says why the sign-in did not succeed. It is shown next to the code.
func (p DetailsPage) reason() string {
	s := p.signIn()
	if s == nil || !s.ErrorCode.Set || s.ErrorCode.N == 0 {
		return ""
	}
	return clipped(s.FailureReason)
}

// explained leads to the page of the error code, with the IDs of the sign-in; nil if there is no error.
func (p DetailsPage) explained() *Link {
	s := p.signIn()
	if s == nil || !s.ErrorCode.Set || s.ErrorCode.N <= 0 {
		return nil
	}
	return &Link{"What error " + Integer(s.ErrorCode) + " means", ErrorURL(s.ErrorCode.N, messageFor(s))}
}
