package store

import "time"

// Line tells of the events that were folded into one interactive sign-in (PRODUCT.md, "One sign-in, one
// line"): a line is its last event. A sign-in of another log, and a listed event (events=all), is a line
// of one event.
type Line struct {
	// Events is how many events the line has, its last included; 1 where nothing was folded.
	Events int
	// Denied counts the events whose MFA outcome was denied or timed out.
	Denied int
	// Started is the time of the line's first event.
	Started time.Time
}
