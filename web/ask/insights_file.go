package ask

import "context"

// PartRows is how many rows of a table are in a part of a file: it is counted once for each part. A list that holds its rows anyway gives
// all of them at once.
const PartRows = 50_000

// Of other rows fewer are in a part.
const (
	recordsOfFile    = 2_000 // rows that are records, or documents of reports
	principalsOfFile = 1_000 // rows for which a sign-in each is read
)

// Part gives rows of a file, from q.After on: q.Limit of them, fewer where a row takes more memory, or all that there are.
func (l *InsightList) Part(ctx context.Context, r Reader, q *InsightQuery) (part *InsightRows, err error) {
	asked := *q
	asked.List, asked.inFile = l, true
	err = Together(ctx, func(ctx context.Context) (err error) {
		part, err = l.Ask(ctx, r, &asked)
		return err
	})
	return part, err
}

// Each calls a function for every row. Rows of a file are made one by one.
func (p *InsightRows) Each(call func(row *InsightRow) error) error {
	for i := range p.Rows {
		if err := call(&p.Rows[i]); err != nil {
			return err
		}
	}
	for i := range p.unmade {
		row := p.make(i)
		if err := call(&row); err != nil {
			return err
		}
	}
	return nil
}

// rowsOf fills a page with rows. In a file they are made when they are written.
func (p *InsightRows) rowsOf(q *InsightQuery, n int, row func(i int) InsightRow) {
	if q.inFile {
		p.unmade, p.make = n, row
		return
	}
	for i := range n {
		p.Rows = append(p.Rows, row(i))
	}
}
