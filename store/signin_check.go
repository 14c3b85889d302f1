package store

import "strings"

// errorCode takes 50126 and AADSTS50126, because people paste both.
func errorCode(value string) (string, string) {
	v := strings.TrimSpace(value)
	if len(v) > 6 && strings.EqualFold(v[:6], "AADSTS") {
		v = v[6:]
	}
	code, problem := number(v)
	if problem != "" {
		return "", "is not an error code. Write a number such as 50126, or AADSTS50126."
	}
	return code, ""
}

func clientApp(value string) (string, string) {
	switch strings.ToLower(value) {
	case "modern", "legacy":
		return strings.ToLower(value), ""
	}
	for _, app := range clientApps {
		if strings.EqualFold(app.Name, value) {
			return app.Name, ""
		}
	}
	name := CanonicalClientApp(value)
	if _, other := otherClientsSuffix(value); name != "" && (name != otherClients || other) {
		return name, ""
	}
	return "", "is not a client app this portal knows. Choose one of its options, or modern, or legacy."
}

var conditionalAccessOptions = []string{"success", "failure", "notApplied"}
