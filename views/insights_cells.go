package views

import (
	"slices"
	"strconv"
	"time"

	"signpost/store"
	"signpost/store/errorcode"
	"signpost/web/ask"
)

// cellWords is a number of a report as its page shows it.
func (p InsightPage) cellWords(n *ask.Number, c ask.Cell) string {
	return numberWords(p.Shell.Zone, n, c)
}

func numberWords(zone Zone, n *ask.Number, c ask.Cell) string {
	switch {
	case c.Unknown:
		return Empty
	case c.Code != "":
		return codeInWords(c.Code)
	}
	switch n.Unit {
	case ask.InCount:
		return Number(c.N)
	case ask.InRatio:
		return ratioWords(c)
	case ask.InPercent:
		return rateWords(store.Rate{N: c.N, Of: c.Of})
	case ask.InTime:
		return zone.Minute(c.Time)
	}
	return OrEmpty(firstText(c.Words, c.Text))
}

// ratioWords is how many of one thing there are for each of another, to the tenth.
func ratioWords(c ask.Cell) string {
	if c.Of == 0 {
		return Empty
	}
	return strconv.FormatFloat(float64(c.N)/float64(c.Of), 'f', 1, 64)
}

// rateWords is a rate as every page shows it: Empty where there is none.
func rateWords(r store.Rate) string {
	if r.Of == 0 {
		return Empty
	}
	return percent(r.N, r.Of)
}

// cellValue is a number for checks and for files: bare digits, a rate in percent, a time in UTC; empty where it is not known.
func cellValue(n *ask.Number, c ask.Cell) string {
	switch {
	case c.Unknown:
		return ""
	case c.Code != "":
		return c.Code
	}
	switch n.Unit {
	case ask.InCount:
		return strconv.FormatInt(c.N, 10)
	case ask.InRatio:
		if c.Of == 0 {
			return ""
		}
		return strconv.FormatFloat(float64(c.N)/float64(c.Of), 'f', -1, 64)
	case ask.InPercent:
		if c.Of == 0 {
			return ""
		}
		return strconv.FormatFloat(100*float64(c.N)/float64(c.Of), 'f', -1, 64)
	case ask.InTime:
		return c.Time.UTC().Format(time.RFC3339)
	}
	return c.Text
}

// wasWords is a number of the time before, with how far the present one is above or below it.
func (p InsightPage) wasWords(n *ask.Number, now, was ask.Cell) string {
	if was.Unknown || !compares(n) {
		return ""
	}
	return "was " + p.cellWords(n, was)
}

// differs is how a headline number differs from that of the time before; empty where they cannot be compared.
func differs(n *ask.Number, now, was ask.Cell) string {
	if now.Unknown || was.Unknown {
		return ""
	}
	switch n.Unit {
	case ask.InCount:
		switch {
		case now.N == was.N:
			return "as before"
		case was.N == 0:
			return "none before"
		case now.N > was.N:
			return "+" + percent(now.N-was.N, was.N)
		}
		return "-" + percent(was.N-now.N, was.N)
	case ask.InRatio:
		if now.Of > 0 && was.Of > 0 {
			return "was " + ratioWords(was)
		}
	case ask.InPercent:
		if now.Of > 0 && was.Of > 0 {
			return "was " + percent(was.N, was.Of)
		}
	}
	return ""
}

// columnClass is the class of a column's cells.
func columnClass(n *ask.Number) string {
	switch n.Unit {
	case ask.InCount, ask.InPercent, ask.InRatio:
		return "number"
	case ask.InTrend:
		return "wide"
	case ask.InTime:
		return "moment"
	}
	return ""
}

// codeTitle explains the error code of a cell in a sentence; empty for another cell.
func codeTitle(c ask.Cell) string {
	if c.Code == "" {
		return ""
	}
	n, err := strconv.ParseInt(c.Code, 10, 64)
	if err != nil {
		return ""
	}
	return errorcode.Of(n).Title
}

// rowName is the name of a row, or its ID.
func (p InsightPage) rowName(r *ask.InsightRow) string {
	if p.Query.List.Codes {
		return codeInWords(r.ID)
	}
	return OrEmpty(firstText(r.Name, r.Username, r.ID))
}

// rowNote is the second line of a row.
func (p InsightPage) rowNote(r *ask.InsightRow) string {
	switch {
	case p.Query.List.Codes, p.Query.List.Words:
	case r.Username != "" && r.Username != r.Name && r.Name != "":
		return r.Username
	case r.ID != "" && r.Name != "" && r.ID != r.Name:
		return r.ID
	}
	return ""
}

// cellNote is the second line of a cell: what else is known, or since when nothing is.
func (p InsightPage) cellNote(c ask.Cell) string {
	switch {
	case c.Note != "":
		return c.Note
	case c.Unknown && !c.Since.IsZero():
		return "none since " + p.Shell.Zone.Date(c.Since)
	case c.NoSecond:
		return "no success"
	case !c.Second.IsZero():
		return "last success " + p.Shell.Zone.Minute(c.Second)
	}
	return ""
}

// reportedNote is the line of a cell about what an imported report tells; empty where it tells nothing.
func (p InsightPage) reportedNote(c ask.Cell) string {
	switch {
	case c.Reported.IsZero():
		return ""
	case c.Differs == "":
		return "Report: the same"
	}
	return "Report: " + p.Shell.Zone.Minute(c.Reported) + ", " + c.Differs
}

// hasBefore says that there is a time before to compare with: all its logs reach back to its start, and some number is not 0.
func (p InsightPage) hasBefore() bool {
	return !p.AllSince.After(p.Query.Before().From) && slices.ContainsFunc(p.Summary.Before, func(c ask.Cell) bool { return !c.Unknown && (c.N > 0 || c.Of > 0) })
}

// asksSomething says that the address names all that the report needs.
func (p InsightPage) asksSomething() bool { return len(p.Report.Things) == 0 || p.Query.Thing != nil }

// thingHint says what the values of a thing look like.
func (p InsightPage) thingHint() string {
	if p.Query.Thing != nil {
		return Capital(p.Query.Thing.Hint)
	}
	return "Its name or ID"
}

// metric gives a headline number of a summary; ok is false where it is missing.
func metricOf(report *ask.Insight, s *ask.InsightSummary, n *ask.Number) (c ask.Cell, ok bool) {
	for i, number := range report.Numbers {
		if number == n && s != nil && i < len(s.Metrics) {
			return s.Metrics[i], true
		}
	}
	return c, false
}

// definitions are the numbers of a page with a definition, each once.
func (p InsightPage) definitions() (list []*ask.Number) {
	return definitionsOf(p.Report.Numbers, p.Query.List.Columns)
}

func definitionsOf(lists ...[]*ask.Number) (found []*ask.Number) {
	seen := map[*ask.Number]bool{}
	for _, list := range lists {
		for _, n := range list {
			if n.Definition != "" && !seen[n] {
				seen[n] = true
				found = append(found, n)
			}
		}
	}
	return found
}

// was gives a headline number of the time before.
func (p InsightPage) was(n *ask.Number) (c ask.Cell, ok bool) {
	for i, number := range p.Report.Numbers {
		if number == n && i < len(p.Summary.Before) {
			return p.Summary.Before[i], true
		}
	}
	return c, false
}

// cellURL leads to the records of a number, where there are any.
func (p InsightPage) cellURL(n *ask.Number, c ask.Cell) string {
	switch {
	case n.Unit == ask.InCount && c.N == 0:
		return "" // an empty list proves nothing
	case c.Record.ID != "":
		return detailsNear(c.Record.Log, c.Record.ID, c.Record.Near)
	}
	return recordsURL(c.Records)
}

// rowURL leads to the page about the thing of a row.
func (p InsightPage) rowURL(r *ask.InsightRow) string {
	list := p.Query.List
	switch {
	case list.Codes:
		if code, err := strconv.ParseInt(r.ID, 10, 64); err == nil {
			return ErrorURL(code, ask.Message{})
		}
	case r.Unknown:
		return ""
	case list.Inner != nil:
		return p.innerURL(r.ID)
	case list.Object != 0 && store.IsGUID(r.ID):
		return ObjectURL(list.Object, r.ID)
	}
	return recordsURL(r.Records)
}

// mostOfBars is the number of the longest bar.
func (p InsightPage) mostOfBars() (most int64) {
	for _, bar := range p.Summary.Bars {
		most = max(most, bar.N)
	}
	return most
}

// insightTrouble says why a part of a report is missing.
func insightTrouble(t ask.Trouble) string {
	return troubleText(t, "The numbers took too long to count. Choose a shorter range.", "The numbers could not be counted. Reload the page to try again.")
}

// barURL leads to what a bar counts, where that is anything.
func barURL(bar ask.InsightBar) string {
	if bar.N == 0 {
		return ""
	}
	return firstText(bar.Address, recordsURL(bar.Records))
}

// gapsBefore says that files do not cover all of the time before; empty where they do, or where that is not known.
func (p InsightPage) gapsBefore() string { return gapsIn(p.CoveredBefore) }

// cardGaps is the same of the time that a card counts.
func (p InsightPage) cardGaps(card ask.InsightCard) string { return gapsIn(p.CardsCovered[card.Name]) }

func gapsIn(covered []Covered) string {
	var parts []string
	for i := range covered {
		if c := &covered[i]; c.Coverage != nil && len(c.Coverage.Gaps) > 0 {
			parts = append(parts, c.name()+" has "+Count(int64(len(c.Coverage.Gaps)), "gap", "gaps"))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return " In that time the log " + inWords(parts, "and") + "."
}
