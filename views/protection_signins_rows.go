package views

import (
	"slices"
	"strings"
	"time"

	"signpost/store"
	"signpost/store/risk"
	"signpost/web/ask"
)

// riskyDetection is a detection in a row.
type riskyDetection struct{ Label, Title, Address string }

// riskyDetectionsShown is how many detections a row has.
const riskyDetectionsShown = 2

// detectionsOf are the detections of a row. more counts those that are not shown.
func (p RiskySignInsPage) detectionsOf(row ask.RiskyRow) (shown []riskyDetection, more int) {
	for i, d := range row.Detections {
		if i == riskyDetectionsShown {
			return shown, len(row.Detections) - i
		}
		one := riskyDetection{Label: detectionWords(d), Title: detectionTitle(d), Address: nearURL(d)}
		if row.Why == ask.RiskyNearOne {
			one.Label += ", " + distance(d.Head().Time, row.Entry.Head().Time)
		}
		shown = append(shown, one)
	}
	return shown, 0
}

// detectionWords is the type of a detection with its level.
func detectionWords(d *risk.Record) string {
	words := firstText(store.RiskDetections.Words(d.EventType), Capital(risk.Kind.One))
	if d.Level != "" {
		words += " (" + strings.ToLower(store.RiskLevels.Words(d.Level)) + ")"
	}
	return words
}

func detectionTitle(d *risk.Record) string {
	return "State: " + OrEmpty(store.RiskStates.Words(d.State)) + ". Detection " + *d.ID()
}

// distance says how long before or after a sign-in a detection is, in its greatest unit.
func distance(detection, signIn time.Time) string {
	d := detection.Sub(signIn)
	how := "after"
	if d < 0 {
		d, how = -d, "before"
	}
	switch {
	case d < time.Minute:
		return "at the same minute"
	case d < time.Hour:
		return Count(int64(d/time.Minute), "minute", "minutes") + " " + how + " it"
	}
	return Count(int64(d/time.Hour), "hour", "hours") + " " + how + " it"
}

// typesAlone are the types that the sign-in itself names and no detection of the row has.
func typesAlone(row ask.RiskyRow) []string {
	var types []string
	for _, word := range row.SignIn().RiskEventTypes {
		if !slices.ContainsFunc(row.Detections, func(d *risk.Record) bool { return strings.EqualFold(d.EventType, word) }) {
			types = append(types, store.RiskDetections.Words(word))
		}
	}
	return types
}

// levelStatus is a level of risk as the kind of detections has it.
func levelStatus(level string) store.Status { return risk.Kind.StatusOf(&risk.Record{Level: level}) }

// levelNow is the level of a sign-in now in words; empty where it is that of the sign-in.
func levelNow(s *store.SignIn) string {
	if strings.EqualFold(s.RiskLevelAggregated, s.RiskLevelDuringSignIn) {
		return ""
	}
	return OrEmpty(strings.ToLower(store.RiskLevels.Words(s.RiskLevelAggregated)))
}

// riskTabURL is the part about risk of a sign-in's page.
func riskTabURL(e store.Entry) string { return nearURL(e) + "&tab=" + TabRisk }
