package views

import (
	"slices"
	"strings"

	"signpost/store"
	"signpost/web/ask"
)

// onlyMeTrouble replaces the answer if it is not known.
func (p DetailsPage) onlyMeTrouble() string {
	return troubleText(p.Summary.OnlyMe.Trouble, "Counting the others took too long. Reload the page to try again.", "The others could not be counted. Reload the page to try again.")
}

func (p DetailsPage) onlyMeNouns() (one, many string) {
	info := p.info()
	if info.User {
		return "person", "people"
	}
	return info.One, info.Many
}

// onlyMeWhat names the error and the target that others must have had too.
func (p DetailsPage) onlyMeWhat() string {
	s := p.signIn()
	return "error " + codeWithWords(s.ErrorCode.N) + " with " + p.info().Target.CalledIn(s)
}

// onlyMeVerdict answers the question in one or two words.
func (p DetailsPage) onlyMeVerdict() string {
	one, many := p.onlyMeNouns()
	now := p.Summary.OnlyMe.Hours[0]
	switch unsure := p.Summary.OnlyMe.AtLeast(); {
	case now.Others == 0 && unsure:
		return "No other " + one + " was found so far."
	case now.Others == 0:
		return "No, only this " + one + "."
	case unsure:
		return "Yes, others had it too."
	}
	weeks, most := p.Summary.OnlyMe.Known()
	switch {
	case weeks == 0:
		return "Yes, others had it too. There is nothing to compare it with."
	case now.Others > 2*most && now.Others >= 3:
		return "Yes, and far more than usual: look for an outage, a change or an attack."
	case now.Others > most:
		return "Yes, more " + many + " than in the weeks before."
	}
	return "Yes, but no more than usual."
}

// onlyMeNow is the number for the hour around the sign-in.
func (p DetailsPage) onlyMeNow() string {
	one, many := p.onlyMeNouns()
	now := p.Summary.OnlyMe.Hours[0]
	if now.Others == 0 {
		return "no other " + one // so far, where the verdict says so
	}
	least := ""
	if now.AtLeast {
		least = "at least "
	}
	return least + Count(now.Others, "other "+one, "other "+many) + " (" + Count(now.SignIns, "sign-in", "sign-ins") + ")"
}

// onlyMeBefore gives the numbers of the weeks before, the last week first.
func (p DetailsPage) onlyMeBefore() string {
	var texts []string
	unknown := 0
	for _, h := range p.Summary.OnlyMe.Hours[1:] {
		if h.All == 0 {
			unknown++
			continue
		}
		texts = append(texts, Number(h.Others))
	}
	_, many := p.onlyMeNouns()
	if len(texts) == 0 {
		return "Same hour in the four earlier weeks: no sign-ins of anyone."
	}
	text := "Same hour in earlier weeks: " + strings.Join(texts, ", ") + " " + many + "."
	if !slices.ContainsFunc(texts, func(n string) bool { return n != "0" }) {
		text = "Same hour in earlier weeks: no other " + many + "."
	}
	if unknown > 0 {
		text += " " + Count(int64(unknown), "week has", "weeks have") + " no sign-ins of anyone in that hour."
	}
	return text
}

// onlyMeAddress leads to the others' sign-ins of an hour.
func (p DetailsPage) onlyMeAddress(i int) string {
	q := ask.OnlyMeQueries(p.signIn())[i]
	return List{Log: q.Log}.URL(store.Query{Range: q.Range, Filter: q.Filter}.Values())
}
