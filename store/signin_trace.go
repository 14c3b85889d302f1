package store

import (
	"strings"
	"time"
)

// Trace is what one of a person's own sign-ins is listed, searched and judged by: the fields that its owner sees, and no
// others. It holds no Conditional Access data and no risk, so what is made from it cannot show any. An engine reads it
// from columns, so thousands of them cost what a page of rows does.
type Trace struct {
	Key Key
	Log Log // one of the two user logs

	Status    Status
	ErrorCode Int
	// FailureReason tells the two meanings of 50053 apart.
	FailureReason string
	// Denied says that a request for a second factor was declined, at any event of an interactive line.
	Denied bool

	// The IDs of entities are in lower case: exports differ in it.
	AppID, AppDisplayName           string
	ResourceID, ResourceDisplayName string

	IPAddress string
	Location  Place

	DeviceID, DeviceDisplayName string
	OperatingSystem, Browser    string

	// Flow is HandedOver of the sign-in.
	Flow string
}

// Time is when the sign-in was, as engines keep it: to the microsecond.
func (t *Trace) Time() time.Time { return t.Key.Time() }

// Cursor is the sign-in's place in the person's history.
func (t *Trace) Cursor() Cursor { return Cursor{Key: t.Key, Log: t.Log} }

// Place is where an address is believed to be, in words. Its zero value is no place.
type Place struct{ City, State, CountryOrRegion string }

// String is the place from its smallest part to its largest; empty where nothing is known.
func (p Place) String() string {
	s := SignIn{City: p.City, State: p.State, CountryOrRegion: p.CountryOrRegion}
	return s.Place()
}

// IsZero says that no place is known.
func (p Place) IsZero() bool { return p == Place{} }

// Traces is one answer of Store.PersonTraces, newest first.
type Traces struct {
	Traces []Trace
	// More says that there are older ones in the range than the limit let through.
	More     bool
	Complete bool
}

// TraceOf makes the trace of a line of events, the oldest first, which must hold their lists. It is the last event's,
// with what Denied says of all.
func TraceOf(k Key, events []*SignIn) Trace {
	s := events[len(events)-1]
	t := Trace{
		Key: k, Log: s.Log, Status: s.Status(), ErrorCode: s.ErrorCode, FailureReason: s.FailureReason,
		AppID: strings.ToLower(s.AppID), AppDisplayName: s.AppDisplayName,
		ResourceID: strings.ToLower(s.ResourceID), ResourceDisplayName: s.ResourceDisplayName,
		IPAddress: s.IPAddress, Location: Place{s.City, s.State, s.CountryOrRegion},
		DeviceID: s.DeviceID, DeviceDisplayName: s.DeviceDisplayName, OperatingSystem: s.OperatingSystem, Browser: s.Browser,
		Flow: HandedOver(s.AuthenticationProtocol, s.OriginalTransferMethod),
	}
	for _, event := range events {
		t.Denied = t.Denied || TracedDenied(event.mfaOutcomes())
	}
	return t
}

// TracedDenied says whether MFA outcomes (MFASet) make Trace.Denied: a request that nobody answered was not declined.
func TracedDenied(outcomes []string) bool {
	for _, outcome := range outcomes {
		if outcome == MFADenied {
			return true
		}
	}
	return false
}
