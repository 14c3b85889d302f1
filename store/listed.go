package store

import "strings"

// A text of several words with commas between them: each part is a value.

func listed(stored string) []string {
	var parts []string
	for part := range strings.SplitSeq(stored, ",") {
		if part = strings.TrimSpace(part); part != "" {
			parts = append(parts, part)
		}
	}
	return parts
}

// matchListed compares with each part, and with the whole.
func matchListed(stored, want string) bool { return anyPart(stored, want, equalFold) }

func startsListed(stored, want string) bool { return anyPart(stored, want, startsFold) }

func anyPart(stored, want string, compare func(stored, want string) bool) bool {
	for part := range strings.SplitSeq(stored, ",") {
		if compare(strings.TrimSpace(part), want) {
			return true
		}
	}
	return compare(stored, want)
}
