package views

import (
	"strings"

	"signpost/store"
)

// ListWords describes the query of a file in words; its times are UTC.
func ListWords(looks Looks, log store.Log, q store.ListQuery) string {
	list, _ := looks.List(log)
	p := LogPage{List: list, Query: store.Query{Range: q.Range, Filter: q.Filter, AllEvents: q.AllEvents && log == store.Interactive}}
	return strings.Join(p.askedWords(), "; ")
}

// WatchedWords describe what a watch counts, or what a schedule sends. A watch has no range.
func (p LogPage) WatchedWords(isWatch bool) string {
	words := p.askedWords()
	if isWatch {
		words = append(words[:1], words[2:]...)
	} else if p.Query.Range.Preset != "" {
		words[1] = "Date: " + store.PresetLabel(p.Query.Range.Preset)
	}
	return strings.Join(words, "; ")
}

// printWords are the list's range and filter in words. On paper nothing else names them.
func (p LogPage) printWords() string {
	words := p.askedWords()
	if p.List.Info().Grouped {
		words = append(words, "Time aggregate: "+p.Query.Window.Label())
	}
	return strings.Join(words, "; ")
}

// askedWords are the log, the range and the filter.
func (p LogPage) askedWords() []string {
	words := []string{p.List.Info().Title, "Date: " + p.Shell.Zone.Range(p.Query.Range)}
	if p.Query.Range.Preset != "" {
		words[1] += " (" + p.Shell.Zone.Edges(p.Query.Range) + ")"
	}
	for _, c := range p.chips() {
		text := c.text()
		if c.Aside {
			text += " (not used here: not a field of this log)"
		}
		switch {
		case c.Or:
			words[len(words)-1] += " or " + text
			continue
		case c.With:
			words[len(words)-1] += " " + text
			continue
		}
		words = append(words, text)
	}
	if p.Query.AllEvents {
		words = append(words, "Every event")
	}
	return words
}
