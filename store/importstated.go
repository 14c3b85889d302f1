package store

import (
	"slices"
	"strings"
)

// Reports of before MorePages and OneLog were noted say both in a sentence of CannotShow that begins like this.
const (
	morePagesBegins = "The answer ends with a link to a further page"
	oneLogBegins    = "Microsoft Graph v1.0 holds interactive"
)

// EndsWithLink says that the file is an answer with further pages, so that it is not whole.
func (r *ImportReport) EndsWithLink() bool { return r.MorePages || r.says(morePagesBegins) }

// HoldsOneLog says that the export can hold only the log that the file has records of.
func (r *ImportReport) HoldsOneLog() bool { return r.OneLog || r.says(oneLogBegins) }

func (r *ImportReport) says(beginning string) bool {
	return slices.ContainsFunc(r.CannotShow, func(sentence string) bool { return strings.HasPrefix(sentence, beginning) })
}
