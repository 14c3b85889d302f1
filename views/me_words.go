package views

import (
	"math"
	"strconv"
	"strings"

	"signpost/store"
	"signpost/store/errorcode"
	"signpost/web/ask"
)

// outcome is the result in plain words.
func outcome(status store.Status) string {
	switch status {
	case store.StatusSuccess:
		return "Successful sign-in"
	case store.StatusFailure:
		return "Unsuccessful sign-in"
	case store.StatusInterrupted:
		return "Sign-in not finished"
	}
	return "Sign-in"
}

// userReason explains an error code in everyday words; empty if the code has no such text. The failure reason decides
// which of the two meanings of 50053 applies.
func userReason(code int64, failureReason string) string {
	switch store.LockoutOf(store.IntOf(code), failureReason) {
	case store.BlockedAddress:
		return "Blocked because the sign-in came from an IP address with a bad reputation."
	case store.LockedByTries:
		return "Blocked for a while after too many wrong passwords."
	}
	if info := errorcode.Of(code); info.HasOwnTexts() {
		return info.Texts().User.Say
	}
	return ""
}

// outcomeReason says why a sign-in ended as it did; empty for a success.
func outcomeReason(t *store.Trace) string {
	switch {
	case !t.ErrorCode.Set || t.ErrorCode.N == 0:
		return ""
	case t.ErrorCode.N == 500121 && t.Denied:
		return "The password was right. The request to approve the sign-in was declined."
	}
	if reason := userReason(t.ErrorCode.N, t.FailureReason); reason != "" {
		return reason
	}
	return "Error code " + codeWithWords(t.ErrorCode.N) + "."
}

// kindOfSignIn says who signed in: the person, or an application of theirs that renewed its access.
func kindOfSignIn(log store.Log) string {
	if log == store.NonInteractive {
		return "in the background"
	}
	return "by you"
}

// unknownDevice is the name of a device that no record describes.
const unknownDevice = "Unknown device"

// deviceLabel names the device: its name, if it has one, and its operating system.
func deviceLabel(t *store.Trace) string {
	parts := make([]string, 0, 2)
	for _, part := range []string{t.DeviceDisplayName, store.OperatingSystems.Words(t.OperatingSystem)} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	if len(parts) == 0 {
		return unknownDevice
	}
	return strings.Join(parts, ", ")
}

// isPhone says whether the device is a telephone or a tablet, by its operating system.
func isPhone(t *store.Trace) bool {
	system := strings.ToLower(t.OperatingSystem)
	return strings.HasPrefix(system, "ios") || strings.HasPrefix(system, "android")
}

// appText names the application. usedFor names the resource that it was used for, if that says more.
func appText(t *store.Trace) string { return OrEmpty(firstText(t.AppDisplayName, t.AppID)) }

func usedFor(t *store.Trace) string {
	if t.ResourceDisplayName == t.AppDisplayName {
		return ""
	}
	return t.ResourceDisplayName
}

// placeText is the probable place of the address.
func placeText(l store.Place) string {
	return Place(&store.SignIn{City: l.City, State: l.State, CountryOrRegion: l.CountryOrRegion})
}

// markTitle says what is unusual about a sign-in. markText says why that matters.
func markTitle(m store.Mark) string {
	switch m.Kind {
	case store.MarkDeniedMFA:
		return "Declined request"
	case store.MarkFirstCountry:
		return "First sign-in from " + store.CountryInSentence(m.Value)
	case store.MarkFirstDevice:
		return "First sign-in from this device"
	case store.MarkFirstBrowser:
		return "First sign-in with this browser"
	case store.MarkImpossibleSpeed:
		return "Too far away in too short a time"
	case store.MarkFirstFlow:
		return "First sign-in handed over to another device"
	}
	return "Unusual"
}

func markText(m store.Mark, t *store.Trace, zone Zone) string {
	switch m.Kind {
	case store.MarkDeniedMFA:
		if t.Status == store.StatusSuccess {
			return "Somebody knew the password. A request to approve the sign-in was declined before one was approved."
		}
		return "Somebody knew the password, and the request to approve the sign-in was declined."
	case store.MarkFirstCountry:
		return "None of your earlier successful sign-ins came from this country or region."
	case store.MarkFirstDevice:
		return "None of your earlier successful sign-ins came from " + store.OperatingSystems.Words(m.Value) + "."
	case store.MarkFirstBrowser:
		return "None of your earlier successful sign-ins used " + m.Value + " on this kind of device."
	case store.MarkImpossibleSpeed:
		return "You signed in from " + placeText(m.Since) + " at " + zone.Time(m.Before) + ", " + kilometresText(m.Kilometres) + " away and " +
			Elapsed(m.Before, t.Time()) + " before."
	case store.MarkFirstFlow:
		if m.Value == store.FlowTransfer {
			return "Access was passed on from one device to another (authentication transfer). None of your earlier successful sign-ins used this."
		}
		return "A code shown on another device was entered, and that device got access to your account. None of your earlier successful sign-ins used a device code. If someone gave you the code, that person has access now."
	}
	return ""
}

// kilometresText is a distance, rounded to 100 km, because the place of an address is not known more exactly.
func kilometresText(km float64) string { return Number(int64(math.Round(km/100))*100) + " km" }

// markSentence is a mark in a line of text, for the administrator and for files.
func markSentence(m store.Mark, t *store.Trace, zone Zone) string {
	if m.Kind == store.MarkImpossibleSpeed {
		return markTitle(m) + ": " + markText(m, t, zone)
	}
	title := markTitle(m)
	if m.Kind == store.MarkFirstDevice || m.Kind == store.MarkFirstBrowser {
		title += " (" + store.OperatingSystems.Words(m.Value) + ")"
	}
	if m.Kind == store.MarkFirstFlow {
		title += " (" + strings.ToLower(store.FlowName(m.Value)) + ")"
	}
	return title + "."
}

// MarkSentences are a sign-in's marks in a line of text.
func MarkSentences(marks []store.Mark, t *store.Trace, zone Zone) string {
	sentences := make([]string, len(marks))
	for i, m := range marks {
		sentences[i] = markSentence(m, t, zone)
	}
	return strings.Join(sentences, " ")
}

// deniedText describes a sign-in with MFA requests that were declined or not answered before it ended.
func deniedText(line store.Line) string {
	if line.Events < 2 || line.Denied == 0 {
		return ""
	}
	return Count(int64(line.Denied), "request to approve it was", "requests to approve it were") + " declined or not answered."
}

// SeenText is a sign-in in the words that its owner reads: result, application, place and device.
func SeenText(s *ask.OwnSignIn) (result, app, place, device string) {
	result = outcome(s.Status)
	if reason := joinSentences(outcomeReason(&s.Trace), deniedText(s.Line)); reason != "" {
		result += ". " + reason
	}
	return result, appText(&s.Trace), placeText(s.Location), deviceLabel(&s.Trace) + browserSuffix(&s.Trace)
}

func browserSuffix(t *store.Trace) string {
	if t.Browser == "" {
		return ""
	}
	return ", " + t.Browser
}

// codeText is an error code for an address.
func codeText(code store.Int) string { return strconv.FormatInt(code.N, 10) }

// answerText says what the person answered, and the decision about it.
func answerText(a *ask.OwnAnswer) string {
	if a.Mine {
		return "You said this was you."
	}
	return "You reported that this wasn't you. " + verdictText(a.OwnVerdict)
}

// verdictText is the decision about a report.
func verdictText(v ask.OwnVerdict) string {
	switch {
	case v.Dismissed:
		return "An administrator looked at it and found nothing wrong."
	case v.Settled:
		return "An administrator confirmed that it was somebody else."
	case v.Again:
		return "An administrator has looked at it and is looking again."
	}
	return "An administrator will look at it."
}

// verdictLabel is verdictText in a word.
func verdictLabel(v ask.OwnVerdict) string {
	switch {
	case v.Dismissed:
		return "Closed: nothing wrong"
	case v.Settled:
		return "Closed: it wasn't you"
	case v.Again:
		return "Being looked at"
	}
	return "Open"
}

// commentLabel is the label of the comment on an answer.
const commentLabel = "Anything we should know? (optional)"

// coveredText says that another answer also holds for a sign-in.
const coveredText = "From the same place and device as a sign-in that you answered for."
