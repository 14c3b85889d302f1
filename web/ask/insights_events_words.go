package ask

import (
	"strings"

	"signpost/store"
)

// Pages say features, outcomes and methods in words. Files have the words of Graph's reports.

// The words of features and outcomes.
var (
	featureWords = map[string]string{"registration": "Registration", "reset": "Reset"}
	outcomeWords = map[string]string{"success": "Success", "failure": "Failure"}
)

// wordedCell is a text of a report, with what pages show for it. A text without words of its own is shown as it stands.
func wordedCell(text string, words map[string]string) Cell {
	cell := textCell(text)
	cell.Words = words[store.FoldCase(text)]
	return cell
}

// methodCell is a method by the report's name.
func methodCell(method string) Cell {
	words, name := methodWords(method)
	cell := textCell(name)
	if words != name {
		cell.Words = words
	}
	return cell
}

// reasonBeginnings stand before the method in the reason of an audit record about a method.
var reasonBeginnings = []string{"user registered ", "user failed to register ", "user deleted ", "user failed to delete ", "admin registered ", "admin deleted "}

// reasonMethods are the methods as reasons of audit records spell them, with the names of Graph's report. The first that a reason
// begins with counts.
var reasonMethods = [][2]string{
	{"authenticator app with notification", "appNotification"},
	{"authenticator app with code", "appCode"},
	{"authenticator app", "appNotification"},
	{"mobile app notification", "appNotification"},
	{"mobile app", "appCode"},
	{"mobile phone call and sms", "mobileSMS"},
	{"mobile phone sms", "mobileSMS"},
	{"mobile phone call", "mobileCall"},
	{"alternate mobile phone", "alternateMobileCall"},
	{"alternative mobile phone", "alternateMobileCall"},
	{"office phone", "officePhone"},
	{"email", "email"},
	{"security question", "securityQuestion"},
	{"app password", "appPassword"},
	{"fido", "fido"},
}

// methodOfReason finds the method in the reason of an audit record. It gives the report's name of the method, else the words of
// the record. It is empty for a reason that names no method.
func methodOfReason(reason string) string {
	reason = strings.TrimSpace(reason)
	for _, beginning := range reasonBeginnings {
		if len(reason) <= len(beginning) || !strings.EqualFold(reason[:len(beginning)], beginning) {
			continue
		}
		method := strings.TrimSpace(reason[len(beginning):])
		for _, known := range reasonMethods {
			if strings.HasPrefix(store.FoldCase(method), known[0]) {
				return known[1]
			}
		}
		return method
	}
	return ""
}
