package importer

import (
	"hash/maphash"

	"signpost/store"
	"signpost/store/rawjson"
)

// The authentication details' file has a row for each step of an authentication. The rows of one sign-in stand together. They
// make a copy of the sign-in that holds its steps and nothing else, so that either file may come first.

// readStepRows reads the rows of an authentication details' file.
func (s *stream) readStepRows(src *source, h *headings) error {
	steps := stepRows{s: s, seed: maphash.MakeSeed(), done: map[uint64]bool{}}
	id := -1
	err := s.readRows(src, h, func(cells []string, at place) error {
		if id < 0 {
			id = h.column("Request ID")
		}
		s.tally.formats[PortalCSV]++
		row, reason := s.rowDocument(nil, h, cells)
		switch {
		case reason == "" && (id >= len(cells) || cells[id] == ""):
			reason = portalRows.noID
		case reason == "" && steps.isDone(cells[id]):
			reason = "the row stands apart from the other steps of its sign-in: sort the file by request ID."
		}
		if reason != "" {
			return steps.reject(cells, id, at, reason)
		}
		return steps.add(cells[id], row, at)
	})
	if err != nil {
		return err
	}
	return steps.end()
}

// stepRows gathers the rows of one sign-in.
type stepRows struct {
	s    *stream
	id   string
	doc  []byte
	at   place
	rows int64
	seed maphash.Seed
	done map[uint64]bool // hashes of the request IDs that were read
	// text is that of all rows of the sign-in. refused are those of its rows that cannot be used.
	text    passed
	refused []int64
}

func (r *stepRows) isDone(id string) bool {
	return id != r.id && r.done[maphash.String(r.seed, id)]
}

// begin begins the sign-in of a row, unless the row before was of the same.
func (r *stepRows) begin(id string, at place) error {
	text := r.s.original.text
	if id != r.id {
		if err := r.end(); err != nil {
			return err
		}
		r.id, r.at, r.text, r.refused = id, at, passed{isKept: true}, nil
		r.doc = append(rawjson.AppendQuoted(append(r.doc[:0], `{"Request ID":`...), id), `,"`+stepsKey+`":[`...)
	}
	r.text.add(text)
	return nil
}

// reject counts a row that cannot be used. The text that is kept is that of all rows of its sign-in: one step alone would take the
// place of all that are stored. So the text of a row that cannot be put beside the others is not kept.
func (r *stepRows) reject(cells []string, column int, at place, reason string) error {
	if column >= len(cells) || cells[column] == "" || r.isDone(cells[column]) {
		r.s.original.text = nil
		r.s.reject(at.record, at.line, reason)
		return nil
	}
	if err := r.begin(cells[column], at); err != nil {
		return err
	}
	r.s.tally.reject(at.record, at.line, reason)
	r.refused = append(r.refused, at.record)
	return nil
}

func (r *stepRows) add(id string, row []byte, at place) error {
	if err := r.begin(id, at); err != nil {
		return err
	}
	if len(r.doc)+len(row) > MaxRecord {
		r.s.tally.reject(at.record, at.line, "the sign-in has more authentication details than fit into a record of 4 MiB.")
		r.refused = append(r.refused, at.record)
		return nil
	}
	if r.rows > 0 {
		r.doc = append(r.doc, ',')
	}
	r.rows++
	r.doc = append(r.doc, row...)
	return nil
}

// end takes the sign-in whose rows were gathered. Its rows after the first make no records of their own.
func (r *stepRows) end() error {
	if r.id == "" {
		return nil
	}
	id := r.id
	r.id = ""
	r.done[maphash.String(r.seed, id)] = true
	r.keepText()
	if r.rows == 0 {
		return nil
	}
	r.s.tally.steps += r.rows
	r.s.tally.formats[PortalCSV] -= r.rows // of which the sign-in is counted below
	r.s.tally.stepSignIns++
	r.rows = 0
	r.doc = append(r.doc, "]}"...)
	without := r.s.tally.ingests // the time of a sign-in stands in its own file
	defer func() { r.s.tally.ingests = without }()
	return r.s.tellAndRead(r.doc, r.at.line)
}

// keepText keeps the text of the sign-in whose rows were gathered, where one of them was refused. Else the sign-in may be.
func (r *stepRows) keepText() {
	s := r.s
	s.original = original{text: r.text.text}
	for i, record := range r.refused {
		if i == 0 && !s.tally.keepRejected(record, s.rejectedLog(), s.original.text) {
			break
		}
		if i > 0 && len(s.tally.texts) < store.MaxRejectedListed {
			s.tally.texts = append(s.tally.texts, store.RejectedText{Record: record, Log: s.tally.texts[len(s.tally.texts)-1].Log})
		}
	}
	if len(r.refused) > 0 {
		s.original.text = nil // it stands there once
	}
}

// column gives the place of a column by its name; -1 where there is none.
func (h *headings) column(name string) int {
	for i := range h.columns {
		if h.columns[i].name == name {
			return i
		}
	}
	return -1
}
