package views

import "signpost/web/ask"

// troubleText says in words why a part of a page is missing; empty where it is there.
func troubleText(t ask.Trouble, tooSlow, failed string) string {
	switch t {
	case ask.TooSlow:
		return tooSlow
	case ask.Failed:
		return failed
	}
	return ""
}
