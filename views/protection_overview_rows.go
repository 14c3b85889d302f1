package views

import (
	"net/url"
	"strconv"
	"strings"

	"signpost/store"
	"signpost/store/risk"
	"signpost/web/ask"
)

// activityText is a recent activity in words.
type activityText struct{ what, who, how, address string }

func activityOf(a ask.RiskActivity) activityText {
	switch {
	case a.Detection != nil:
		d := a.Detection
		return activityText{"Attack activity", OrEmpty(d.Called()), firstText(store.RiskDetections.Words(d.EventType), Capital(risk.Kind.One)), nearURL(d)}
	case a.SignIn != nil:
		return activityText{"Attack activity", firstText(personText(a.SignIn), Capital(unnamedActor)), "risk level " + strings.ToLower(store.RiskLevels.Words(a.SignIn.RiskLevelDuringSignIn)), nearURL(a.SignIn)}
	}
	text := activityText{who: turnWho(a.Turn), how: firstText(store.RiskDetails.Words(a.Turn.Detail), store.RiskStates.Words(a.Turn.State)), address: riskyUserURL(a.Turn.ID)}
	switch a.Kind {
	case ask.AdminActivity:
		text.what = "Ended by an administrator"
	case ask.SelfActivity:
		text.what = "Self-remediation"
	default:
		text.what, text.how = "New high-risk user", store.RiskStates.Words(a.Turn.State)
	}
	return text
}

// riskyUserURL is the page of a risky user.
func riskyUserURL(id string) string { return RiskyUsersPath + "/" + url.PathEscape(id) }

// turnWho names the user of a change.
func turnWho(t *ask.TurnRow) string { return firstText(t.Names.Name, t.Names.Username, t.ID) }

func stateBefore(t *ask.TurnRow) string {
	if t.Before == nil {
		return ""
	}
	return t.Before.State
}

func levelBefore(t *ask.TurnRow) string {
	if t.Before == nil {
		return ""
	}
	return t.Before.Level
}

// turnWords is a value with the one before the change, where that is another one.
func turnWords(words *store.Enumeration, before, now string) string {
	text := OrEmpty(words.Words(now))
	if before == "" || strings.EqualFold(before, now) {
		return text
	}
	return text + ", was " + words.Words(before)
}

// turnTook is how long the user was at risk before the change; Empty where the beginning is not known.
func turnTook(t *ask.TurnRow) string {
	if t.Since.IsZero() {
		return Empty
	}
	return timeTaken(t.Updated.Sub(t.Since), 1)
}

// shortPlace is the city and the country or region of a sign-in.
func shortPlace(s *store.SignIn) string {
	return store.PlaceName(s.City, "", store.Countries.Words(s.CountryOrRegion))
}

// codeCell is the error code of a sign-in, or its reason where it has none.
func codeCell(s *store.SignIn) string {
	if !s.ErrorCode.Set {
		return failureCell(s)
	}
	return strconv.FormatInt(s.ErrorCode.N, 10)
}
