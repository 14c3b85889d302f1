package sqlite

import (
	"context"
	"fmt"
	"strings"

	"signpost/store"
	"signpost/store/sqlite/segment"
)

// loggedNames gives, by the code of an entity, a name that the logs have or had for it and that holds a folded text. Of
// several it is the first in byte order.
func (v *view) loggedNames(ctx context.Context, of entityColumns, logs []store.Log, text string) (map[int64]string, error) {
	found := map[int64]string{}
	for _, names := range []*column{of.name, of.username} {
		if names == nil {
			continue
		}
		holding := names.words.matching(ctx, func(word string) bool { return strings.Contains(store.FoldCase(word), text) })
		if len(holding) == 0 {
			continue
		}
		for _, log := range logs {
			if err := v.addNamed(ctx, of.entity, names, log, segment.NewSet(holding...), found); err != nil {
				return nil, fmt.Errorf("look for %s names: %w", log, err)
			}
		}
	}
	return found, ctx.Err() // of words that were left off at its end there may be more
}

// addNamed adds the entities of a log that a column of names has under some of its words.
func (v *view) addNamed(ctx context.Context, entity, names *column, log store.Log, holding *segment.Set, found map[int64]string) error {
	asked, err := v.db.question(store.ListQuery{Log: log, Range: store.AllTime(), AllEvents: true})
	if err != nil {
		return err
	}
	p := &plan{any: []alternative{{clauses: []segment.Clause{
		{Terms: []segment.Term{{Column: names.index, Set: holding}}}, {Terms: []segment.Term{{Column: entity.index, Set: someValue}}},
	}}}}
	return v.each(ctx, asked, p, func() worker {
		own := map[[2]int64]bool{} // codes of an entity and a name
		return worker{
			take: func(s source, selected *segment.Selection, counter *segment.Counter) error {
				entities, err := s.Column(entity.index)
				if err != nil {
					return err
				}
				called, err := s.Column(names.index)
				if err != nil {
					return err
				}
				counter.Count2(entities, called, selected, func(code, name, _ int64) { own[[2]int64{code, name}] = true })
				return nil
			},
			done: func() {
				for codes := range own {
					name := names.words.text(codes[1])
					if first, ok := found[codes[0]]; !ok || name < first {
						found[codes[0]] = name
					}
				}
			},
		}
	})
}
