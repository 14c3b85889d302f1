package importer

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"signpost/store"
)

// reasonsTold is how many reasons an explanation tells apart for rejected records.
const reasonsTold = 20

// leftOut tells which records would not be stored, by their reasons, and parts these from the other sentences of the report.
func (l *look) leftOut(t *tally, r *store.ImportReport) {
	e := &l.explanation
	said := map[string]bool{}
	for reason, n := range t.others {
		said[fmt.Sprintf("%s skipped: %s", count(n, "record"), reason)] = true
		if n > 0 && reason != t.askedReason {
			e.LeftOut = append(e.LeftOut, store.LeftOut{Reason: reason, Records: n, First: append([]store.RecordPlace{}, t.firstOthers[reason]...)})
		}
	}
	e.CannotShow = append(e.CannotShow, r.ReportSentences()...)
	for _, sentence := range r.CannotShow {
		if !said[sentence] && (!strings.HasPrefix(sentence, notInSource) || sentence == toldLacks.sentence(toldSource)) { // Lacks has the others
			e.CannotShow = append(e.CannotShow, sentence)
		}
	}
	for i, about := range t.asks {
		e.Asks = append(e.Asks, store.ImportQuestion{About: about, Question: t.questions[i]})
	}
	e.LeftOut = append(e.LeftOut, rejectedByReason(r)...)
	slices.SortFunc(e.LeftOut, func(a, b store.LeftOut) int {
		return cmp.Or(cmp.Compare(b.Records, a.Records), cmp.Compare(a.Reason, b.Reason))
	})
}

// rejectedByReason counts rejected records. A report lists the first of them only; the rest stand together.
func rejectedByReason(r *store.ImportReport) []store.LeftOut {
	byReason := map[string]*store.LeftOut{}
	counted := int64(0)
	for _, rejected := range r.Rejected {
		of := byReason[rejected.Reason]
		if of == nil {
			if len(byReason) == reasonsTold {
				continue
			}
			of = &store.LeftOut{Reason: rejected.Reason, Rejected: true}
			byReason[rejected.Reason] = of
		}
		of.Records++
		counted++
		if len(of.First) < firstExamples {
			of.First = append(of.First, store.RecordPlace{Record: rejected.Record, Line: rejected.Line})
		}
	}
	var list []store.LeftOut
	for _, reason := range slices.Sorted(maps.Keys(byReason)) {
		list = append(list, *byReason[reason])
	}
	if rest := r.RejectedTotal - counted; rest > 0 {
		list = append(list, store.LeftOut{Reason: "for these and other reasons, which an import lists.", Rejected: true, Records: rest, First: []store.RecordPlace{}})
	}
	return list
}
