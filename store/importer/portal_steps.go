package importer

import (
	"hash/maphash"

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
			s.tally.reject(at.record, at.line, reason)
			return nil
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
}

func (r *stepRows) isDone(id string) bool {
	return id != r.id && r.done[maphash.String(r.seed, id)]
}

func (r *stepRows) add(id string, row []byte, at place) error {
	if id != r.id {
		if err := r.end(); err != nil {
			return err
		}
		r.id, r.at = id, at
		r.doc = append(rawjson.AppendQuoted(append(r.doc[:0], `{"Request ID":`...), id), `,"`+stepsKey+`":[`...)
	} else {
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
	r.done[maphash.String(r.seed, r.id)] = true
	r.id = ""
	r.s.tally.steps += r.rows
	r.s.tally.formats[PortalCSV] -= r.rows // of which the sign-in is counted below
	r.s.tally.stepSignIns++
	r.rows = 0
	r.doc = append(r.doc, "]}"...)
	return r.s.tellAndRead(r.doc, r.at.line)
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
