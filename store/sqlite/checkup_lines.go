package sqlite

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"signpost/store"
)

// lines compares what is told of all events of a line with the events.
func (c *checkup) lines() error {
	found, err := c.tx.QueryContext(c.ctx, `SELECT f.line, r.k, r.fields FROM folded AS f JOIN rows_interactive AS r USING (k)
		UNION ALL SELECT l.k, r.k, r.fields FROM lines AS l JOIN rows_interactive AS r USING (k) ORDER BY 1, 2`)
	if err != nil {
		return fmt.Errorf("read the events of lines: %w", err)
	}
	defer found.Close()
	s := c.db.schema.folding.kind
	mfa, code := s.byProp[store.MFASet], s.byProp[store.ErrorCode]
	lines := map[int64]*lineFacts{}
	values := make([]int64, len(s.columns))
	for found.Next() {
		var line, k int64
		var fields []byte
		if err := found.Scan(&line, &k, &fields); err != nil {
			return err
		}
		if s.readFields(fields, values, nil) != nil {
			continue // the row itself was named
		}
		l := lines[line]
		if l == nil {
			l = &lineFacts{started: k}
			lines[line] = l
		}
		l.add(k, mfa.words.text(values[mfa.index]), intOf(values[code.index]))
	}
	if err := found.Err(); err != nil {
		return err
	}
	return c.compareLines(lines)
}

func (c *checkup) compareLines(lines map[int64]*lineFacts) error {
	rows, err := c.tx.QueryContext(c.ctx, "SELECT k, events, denied, started, mfa, errors FROM lines")
	if err != nil {
		return fmt.Errorf("read lines: %w", err)
	}
	defer rows.Close()
	wrong := func(k int64) {
		c.damaged(remedyReindex, "what is told of a line of several events does not fit the events", "lines, %s", timeText(k))
	}
	for rows.Next() {
		var k, events, denied, started, mfa, errors int64
		if err := rows.Scan(&k, &events, &denied, &started, &mfa, &errors); err != nil {
			return err
		}
		l := lines[k]
		delete(lines, k)
		if l == nil || l.events != events || l.denied != denied || l.started != started ||
			joinSet(l.mfa) != c.db.schema.lineMFA.words.text(mfa) || l.errorCodes() != c.db.schema.lineErrors.words.text(errors) {
			wrong(k)
		}
	}
	for k := range lines { // events are folded into what is no line
		wrong(k)
	}
	return rows.Err()
}

// lineFacts is what the events of a line say.
type lineFacts struct {
	events, denied, started int64
	mfa                     []string
	codes                   []int64
}

func (l *lineFacts) add(k int64, mfa string, code store.Int) {
	l.events++
	l.started = min(l.started, k)
	if mfa != "" {
		outcomes := strings.Split(mfa, setSeparator)
		l.mfa = append(l.mfa, outcomes...)
		if store.MFAWasDenied(outcomes) {
			l.denied++
		}
	}
	if code.Set {
		l.codes = append(l.codes, code.N)
	}
}

func (l *lineFacts) errorCodes() string {
	slices.Sort(l.codes)
	var texts []string
	for _, code := range slices.Compact(l.codes) {
		texts = append(texts, strconv.FormatInt(code, 10))
	}
	return strings.Join(texts, setSeparator)
}
