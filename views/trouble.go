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

// PartTrouble is troubleText for a part of a page that is counted over a range.
func PartTrouble(t ask.Trouble, part string) string {
	return troubleText(t, "The "+part+" took too long to count. Narrow the range or the filter.",
		"The "+part+" could not be made. The list is not affected; reload the page to try again.")
}
