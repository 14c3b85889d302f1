package coverage

import (
	"fmt"
	"time"
)

// Text is the coverage in a few words, such as "complete to 09:55 UTC, 2 gaps". at writes a time.
func (c *Coverage) Text(at func(time.Time) string) string {
	if c.CompleteTo.IsZero() {
		return "no file covers it"
	}
	return "complete to " + at(c.CompleteTo) + ", " + c.gapsText()
}

// gapsText counts the gaps. Where silence was not looked for in the whole range, or not every file was looked at, the count says so.
func (c *Coverage) gapsText() string {
	text, guesses := "no gaps", 0
	for _, g := range c.Gaps {
		if g.Guess {
			guesses++
		}
	}
	switch n := len(c.Gaps); {
	case n == 1:
		text = "1 gap"
	case n > 1:
		text = fmt.Sprintf("%d gaps", n)
	}
	switch {
	case guesses > 0 && guesses == len(c.Gaps):
		text += " (a guess)"
	case guesses > 0:
		text += fmt.Sprintf(" (%d a guess)", guesses)
	}
	if !c.IsWhole() {
		text += " or more"
	}
	return text
}

// IsWhole says that silence was looked for in the whole range, and every file was looked at.
func (c *Coverage) IsWhole() bool { return !c.More && !c.CountedFrom.After(c.Range.From) }

// Why says why there are no records in a gap.
func (g Gap) Why() string {
	if g.Guess {
		return fmt.Sprintf("silent: the same hours of the %d weeks before had %d or more each (a guess)", SilentWeeks, SilentRows)
	}
	return "no file covers it"
}

// Why says why the file is not a whole answer.
func (s *Statement) Why() string {
	switch s.Cut {
	case CutAtLimit:
		return fmt.Sprintf("probably cut at the limit: it has exactly %d records", s.Read)
	case CutMorePages:
		return "the answer ends with a link to a further page"
	case CutBroken:
		return "it could not be read to its end"
	}
	return ""
}
