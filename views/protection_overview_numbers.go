package views

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"signpost/web/ask"
)

// protectionNumber is a number of the overview, with the one of the time before where that is known.
type protectionNumber struct {
	*ask.Number
	Cell ask.Cell
	Was  *ask.Cell
	// Text is the number in words, Value for checks. Address leads to the list.
	Text, Value, Address string
	// Note is what the reader must know of this number.
	Note string
}

// attackNumbers are the numbers of sign-ins.
func (p ProtectionPage) attackNumbers() (numbers []protectionNumber) {
	a := p.Answer
	for _, o := range append([]ask.Outcome{ask.AllAttacks}, ask.Outcomes()...) {
		n := p.counted(ask.NumberOf(o), a.Attacks.By[o], a.AttacksBefore.By[o], a.Attacks.Complete)
		numbers = append(numbers, n)
	}
	return numbers
}

func (p ProtectionPage) counted(n *ask.Number, count, before int64, complete bool) protectionNumber {
	number := protectionNumber{
		Number: n, Cell: ask.CountCell(count, nil), Text: atLeast(count, complete), Value: strconv.FormatInt(count, 10), Address: p.listURL(n.Name, count, p.Query.Range),
	}
	if !p.AllSince.After(p.Query.Before().From) {
		was := ask.CountCell(before, nil)
		number.Was = &was
	}
	return number
}

// userNumbers are the numbers of users. Without imported history they are not known.
func (p ProtectionPage) userNumbers() (numbers []protectionNumber) {
	u, was := p.Answer.Users, p.Answer.UsersBefore
	if !p.Answer.UsersTold {
		for _, n := range []*ask.Number{ask.NumberProtected, ask.NumberHighRisk, ask.NumberSelf, ask.NumberAdmin, ask.NumberMeanTime, ask.NumberMedianTime} {
			numbers = append(numbers, protectionNumber{Number: n, Cell: ask.Cell{Unknown: true}, Text: Empty})
		}
		return numbers
	}
	numbers = []protectionNumber{
		p.counted(ask.NumberProtected, u.Protected, was.Protected, true), p.counted(ask.NumberHighRisk, u.HighRisk, was.HighRisk, true),
		p.counted(ask.NumberSelf, u.Self, was.Self, true), p.counted(ask.NumberAdmin, u.Admin, was.Admin, true),
	}
	for i := range numbers {
		numbers[i].Was = nil // the imported history may begin later than the range before
	}
	if u.Untold > 0 {
		numbers[0].Note = "Of " + Count(u.Untold, "more user", "more users") + " who became Remediated or Dismissed, no change before was imported: they may have been at risk. The history of risky users tells it."
	}
	for _, of := range []struct {
		n    *ask.Number
		took time.Duration
	}{{ask.NumberMeanTime, u.Mean}, {ask.NumberMedianTime, u.Median}} {
		n := protectionNumber{Number: of.n, Text: timeTaken(of.took, u.Measured), Note: measuredNote(u.Remediation), Cell: ask.Cell{Unknown: true}}
		if u.Measured > 0 {
			n.Value = strconv.FormatInt(int64(of.took/time.Second), 10)
			n.Address = p.listURL(ask.SelfList.Name, u.Self, p.Query.Range)
		}
		numbers = append(numbers, n)
	}
	return numbers
}

// measuredNote says of how many self-remediations the time is known.
func measuredNote(r ask.Remediation) string {
	switch {
	case r.Unknown > 0:
		return "Of " + Count(r.Measured, "self-remediation", "self-remediations") + ". The beginning of " + Number(r.Unknown) + " more is not known."
	case r.Measured > 0:
		return "Of " + Count(r.Measured, "self-remediation", "self-remediations") + "."
	}
	return ""
}

// timeTaken is a length of time in its two largest units; Empty where nothing was measured.
func timeTaken(d time.Duration, measured int64) string {
	if measured == 0 {
		return Empty
	}
	minutes := int64(math.Round(d.Minutes()))
	switch days, hours := minutes/(24*60), minutes/60%24; {
	case minutes == 0:
		return "less than a minute"
	case days > 0 && hours > 0:
		return Count(days, "day", "days") + " " + Count(hours, "hour", "hours")
	case days > 0:
		return Count(days, "day", "days")
	case hours > 0 && minutes%60 > 0:
		return Count(hours, "hour", "hours") + " " + Count(minutes%60, "minute", "minutes")
	case hours > 0:
		return Count(hours, "hour", "hours")
	}
	return Count(minutes, "minute", "minutes")
}

// change is how the number differs from the time before; empty where that is not known.
func (n protectionNumber) change() string {
	if n.Was == nil {
		return ""
	}
	return differs(n.Number, n.Cell, *n.Was)
}

// told says what the overview lacks without imported exports about risk.
func (p ProtectionPage) told() string {
	switch a := p.Answer; {
	case !a.DetectionsTold && !a.UsersTold:
		return "No risk detections and no risky users are stored that you may see. The page has only what the sign-ins themselves tell. Sign-ins get risk that was noticed later only when they are exported again."
	case !a.DetectionsTold:
		return "No risk detections are stored that you may see. Techniques and attacks are those that the sign-ins themselves tell."
	case !a.UsersTold:
		return "No risky users are stored that you may see. Numbers of users need the export of risky users with their history."
	}
	return ""
}

// secondsTaken is a length of time for checks; empty where nothing was measured.
func secondsTaken(d time.Duration, measured int64) string {
	if measured == 0 {
		return ""
	}
	return strconv.FormatInt(int64(d/time.Second), 10)
}

// mostOfDays is the highest number of sign-ins of a part of the range.
func (p ProtectionPage) mostOfDays() (most int64) {
	for _, d := range p.Answer.Days {
		most = max(most, d.By[ask.AllAttacks])
	}
	return most
}

// barStep is the room of a bar and its gap, in the unit of the picture. The picture is 100 high.
const barStep = 10

// barPart is a part of a bar.
type barPart struct {
	Outcome    ask.Outcome
	X, Y, W, H string
}

// barOf stacks the outcomes of a part of the range, from the bottom up.
func (p ProtectionPage) barOf(i int) (parts []barPart) {
	most, top := float64(p.mostOfDays()), 100.0
	text := func(f float64) string { return strconv.FormatFloat(f, 'f', 2, 64) }
	for _, o := range ask.Outcomes() {
		if n := p.Answer.Days[i].By[o]; n > 0 {
			height := 100 * float64(n) / most
			top -= height
			parts = append(parts, barPart{o, strconv.Itoa(barStep*i + 1), text(max(top, 0)), strconv.Itoa(barStep - 2), text(height)})
		}
	}
	return parts
}

// barTitle has the numbers of a bar.
func (p ProtectionPage) barTitle(d ask.AttackDay) string {
	var parts []string
	for _, o := range ask.Outcomes() {
		if n := d.By[o]; n > 0 {
			parts = append(parts, ask.NumberOf(o).Label+" "+atLeast(n, d.Complete))
		}
	}
	return p.Shell.Zone.Span(d.From, d.To) + ": " + firstText(strings.Join(parts, ", "), "no sign-ins at risk")
}

// barsLabel says what the picture shows.
func (p ProtectionPage) barsLabel() string {
	return "Bars of sign-ins at risk over time, by what became of them; the highest has " + Number(p.mostOfDays()) + ". The table below has the numbers."
}

// userDay has the numbers of users of a part of the range; ok is false without imported history.
func (p ProtectionPage) userDay(i int) (day ask.UserRisk, ok bool) {
	if !p.Answer.UsersTold || p.Answer.UsersTrouble != ask.NoTrouble || i >= len(p.Answer.UserDays) {
		return ask.UserRisk{}, false
	}
	return p.Answer.UserDays[i], true
}

// comparesAttacks says that the numbers of sign-ins are compared with those of the time before.
func (p ProtectionPage) comparesAttacks() bool {
	return slices.ContainsFunc(p.attackNumbers(), func(n protectionNumber) bool { return n.change() != "" })
}

func (p ProtectionPage) techniqueHeading() string {
	if p.Answer.Techniques.FromSignIns {
		return "Sign-ins at risk"
	}
	return "Detections"
}

func (p ProtectionPage) openHeading() string {
	if p.Answer.Techniques.FromSignIns {
		return ask.NumberNotRemediated.Label
	}
	return "At risk or compromised"
}
