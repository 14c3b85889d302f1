package views

// moreUses says how many values of a table are not listed.
func moreUses(n int64, complete bool) string {
	text := Count(n, "more is", "more are") + " not listed."
	if !complete {
		return "At least " + text
	}
	return text
}

// noUses says that no sign-in names a value. Where stored records are being read again, one may yet.
func noUses(noun string, complete bool) string {
	if !complete {
		return "No sign-in of the range names a " + noun + " so far: stored records are being read again."
	}
	return "No sign-in of the range names a " + noun + "."
}
