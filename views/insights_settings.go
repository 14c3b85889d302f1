package views

import (
	"maps"
	"slices"

	"signpost/web/ask"
)

// InsightSettingsPath is the address of the settings about reports.
const InsightSettingsPath = settingsPath + "/insights"

// InsightSettingsPage is the settings about reports.
type InsightSettingsPage struct {
	Shell Shell
	// Sensitive are the applications that are marked sensitive. IsPreset says that nobody chose others.
	Sensitive []ask.SensitiveApp
	IsPreset  bool
	// Moves say to which application a relying party of AD FS moves. Names are those of the applications.
	Moves map[string]string
	Names map[string]string
	Done  string
	// Problem says what is wrong with the form, and Form which one it is. App and Party are what was typed.
	Problem, Form, App, Party string
}

// The forms of the page, as their button says.
const (
	DoMark   = "mark"
	DoUnmark = "unmark"
	DoPreset = "preset"
	DoMove   = "move"
	DoUnmove = "unmove"
)

// why tells why an application is marked.
func (p InsightSettingsPage) why(app ask.SensitiveApp) string {
	if app.Why != "" {
		return app.Why
	}
	return "Chosen by an administrator."
}

// parties are the relying parties with a mapping, by name.
func (p InsightSettingsPage) parties() []string { return slices.Sorted(maps.Keys(p.Moves)) }

// typed is what was typed into a form that was refused.
func (p InsightSettingsPage) typed(form, value string) string {
	if p.Form == form {
		return value
	}
	return ""
}
