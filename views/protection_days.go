package views

import (
	"strings"

	"signpost/store"
	"signpost/store/risk"
)

// riskBars is one kind of turns in the picture of the days.
type riskBars struct {
	Turn         store.Turn
	Class, Label string
	N            int64 // in all days; an object counts once a day
}

// riskBarKinds are the bars of a day, from the left.
func (p RiskyListPage) riskBarKinds() []riskBars {
	kinds := []riskBars{
		{Turn: store.TurnOpened, Class: "failure", Label: "New at risk"},
		{Turn: store.TurnClosedBySelf, Class: "success", Label: "Remediated by the user"},
		{Turn: store.TurnClosedByOthers, Class: "neutral", Label: "Closed by others"},
	}
	if p.Query.Of != store.StateRiskyUser {
		kinds[2].Label = "Closed"
		kinds = []riskBars{kinds[0], kinds[2]}
	}
	for i := range kinds {
		for _, day := range p.Days {
			kinds[i].N += p.turns(day, kinds[i].Turn)
		}
	}
	return kinds
}

// riskPatterns are the patterns of the bars.
func (p RiskyListPage) riskPatterns() (entries []legendEntry) {
	for _, kind := range p.riskBarKinds() {
		entries = append(entries, legendEntry{Of: risk.Kind, Class: kind.Class})
	}
	return entries
}

// turns counts the turns of a day. Service principals do not remediate themselves: all that closes their risk is one number.
func (p RiskyListPage) turns(day store.RiskTurnCounts, turn store.Turn) int64 {
	if p.Query.Of != store.StateRiskyUser && turn == store.TurnClosedByOthers {
		return day.By[turn] + day.By[store.TurnClosedBySelf]
	}
	return day.By[turn]
}

// mostOfDays is the highest bar.
func (p RiskyListPage) mostOfDays() (most int64) {
	for _, kind := range p.riskBarKinds() {
		for _, day := range p.Days {
			most = max(most, p.turns(day, kind.Turn))
		}
	}
	return most
}

// riskBarsPath draws the bars of one kind. Each day has room for a bar of each kind.
func (p RiskyListPage) riskBarsPath(at int, of riskBars) string {
	most, slots := p.mostOfDays(), len(p.riskBarKinds())
	if most == 0 {
		return ""
	}
	var b strings.Builder
	for i, day := range p.Days {
		n := p.turns(day, of.Turn)
		if n == 0 {
			continue
		}
		left, right := i*chartWidth/len(p.Days), (i+1)*chartWidth/len(p.Days)
		gap := (right - left) / 8
		width := (right - left - 2*gap) / slots
		height := max(int(n*chartHeight/most), 1)
		writePath(&b, left+gap+at*width, chartHeight-height, max(width-1, 1), height)
	}
	return b.String()
}

// daysText is the picture in words.
func (p RiskyListPage) daysText() string {
	var parts []string
	for _, kind := range p.riskBarKinds() {
		parts = append(parts, strings.ToLower(kind.Label)+" "+Number(kind.N))
	}
	return "By day, of " + Count(int64(len(p.Days)), "day", "days") + ": " + strings.Join(parts, ", ") + "; the same as a table is below"
}

// dayName is a day in the zone of the page.
func (p RiskyListPage) dayName(day store.RiskTurnCounts) string { return p.Shell.Zone.Date(day.From) }

// noTurns says why the picture is empty; empty text where it is not.
func (p RiskyListPage) noTurns() string {
	switch {
	case p.All.N == 0, p.mostOfDays() > 0:
		return ""
	case p.All.LastChange.IsZero():
		return "No record tells when a risk changed."
	}
	return "No risk opened or closed in these days, as far as records were imported. The history of a risk (/history of Microsoft Graph) tells earlier changes."
}
