package export

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"signpost/store"
	"signpost/store/coverage"
)

// evidence writes a list in both shapes and the imported files that it comes from. It adds a text that explains
// the bundle, and the hashes that `signpost verify` checks.
func (e *exporter) evidence(ctx context.Context) error {
	a := &archive{zip: newArchive(e.out), made: e.Made}
	m, err := e.beginManifest(ctx)
	if err != nil {
		return err
	}
	var holds []string
	for i, part := range e.evidenceParts() {
		listed, err := a.list(ctx, e.store, part.Request)
		if err != nil {
			return err
		}
		if i == 0 {
			m.Rows, e.Progress = listed, nil // the first one takes longest
		}
		m.ChangedMeanwhile = m.ChangedMeanwhile || listed != m.Rows
		holds = append(holds, part.holds)
	}
	for i := range m.Logs {
		if m.Logs[i].Log == m.Log {
			m.Logs[i].InBundle = m.Rows
		}
	}
	if err := a.add(importsName, func(w io.Writer) (int64, error) { return e.writeImports(ctx, w) }); err != nil {
		return err
	}
	if err := a.text(readmeName, m.readme(e.info.Kind(), e.withheldOf(e.info.Kind()), a.files)); err != nil {
		return err
	}
	for i, file := range a.files {
		of := &ManifestFile{Name: file.name, Size: file.size, SHA256: file.sha256(), Rows: file.rows}
		switch {
		case i < len(holds):
			of.Holds = holds[i]
		case file.name == importsName:
			of.Holds = "The imported files that may hold these " + e.info.Kind().Many
		case file.name == readmeName:
			of.Holds = "What this bundle is, in words"
		}
		m.Files = append(m.Files, of)
	}
	text, err := m.json()
	if err != nil {
		return fmt.Errorf("write the manifest: %w", err)
	}
	if err := a.text(manifestName, text); err != nil {
		return err
	}
	if err := a.text(sumsName, a.sums()); err != nil {
		return err
	}
	if err := a.zip.Close(); err != nil {
		return err
	}
	if e.Sealed != nil {
		e.Sealed(a.files[len(a.files)-1].sha256())
	}
	return nil
}

// evidencePart is a file of the list in an evidence bundle.
type evidencePart struct {
	Request
	holds string
}

func (e *exporter) evidenceParts() []evidencePart {
	r := e.Request
	r.Query.Filter, _ = r.Query.Filter.For(e.info)
	columns := "in columns"
	if e.info.Kind() == store.SignIns {
		columns = "in the portal's columns"
	}
	of := func(f Format, p Part) Request {
		file := r
		file.Format, file.Part = f, p
		if f != NDJSON {
			file.Progress = nil
		}
		return file
	}
	parts := []evidencePart{
		{of(NDJSON, Rows), "The events as Azure Monitor's records, one a line, newest first"},
		{of(CSV, Rows), "The " + e.info.Kind().Many + " " + columns},
	}
	if HasPart(e.info, CSV, AuthDetails) {
		parts = append(parts, evidencePart{of(CSV, AuthDetails), "The authentication steps, joined on the request ID"})
	}
	return parts
}

// beginManifest fills in all that is known before the first row is read.
func (e *exporter) beginManifest(ctx context.Context) (*Manifest, error) {
	q, kind, catalog := e.Query, e.info.Kind(), e.store.Catalog()
	m := &Manifest{
		Kind: manifestKind, Version: manifestVersion, Made: e.Made.UTC(), By: e.By, Program: Program(), CodeList: kind.Codes,
		Log: q.Log, From: q.Range.From.UTC(), To: q.Range.To.UTC(), Filter: e.wordsOf(catalog, q.Log), Query: e.address(),
		EveryEvent: q.AllEvents, ConditionalAccess: e.conditionalAccess(kind), Withheld: e.otherWithheld(kind),
	}
	aside := e.SetAside(catalog)
	ctx, cancel := context.WithTimeout(ctx, e.Timeout)
	defer cancel()
	for _, info := range e.logs(e.info) {
		total, err := e.store.Total(ctx, store.ListQuery{Log: info.Log, Range: q.Range, AllEvents: q.AllEvents})
		if err != nil {
			return nil, fmt.Errorf("count the %s log: %w", info.Log, err)
		}
		m.StillReading = m.StillReading || info.Log == m.Log && !total.Complete
		covered, err := e.coverageOf(ctx, info.Log)
		if err != nil {
			return nil, err
		}
		m.Logs = append(m.Logs, ManifestLog{
			Log: info.Log, InRange: total.N, SetAside: asideOf(aside, info.Log).Params(), Coverage: manifestCoverage(covered), covered: covered,
		})
	}
	return m, nil
}

// importsPerPage is the number of ledger entries read at a time.
const importsPerPage = 500

// evidenceImport is an imported file in a bundle.
type evidenceImport struct {
	File     string                   `json:"file"`
	Format   string                   `json:"format"`
	Imported time.Time                `json:"imported"`
	Whole    bool                     `json:"whole"` // the import was complete
	New      int64                    `json:"new"`
	Updated  *int64                   `json:"updated,omitempty"`
	Same     *int64                   `json:"same,omitempty"`
	Known    *int64                   `json:"known,omitempty"` // updated and same together, in a bundle that must not tell them apart
	Times    map[store.Log]store.Span `json:"times"`           // null where the import did not record them
}

// writeImports lists the imported files with records of the log in the range, and files without recorded times.
func (e *exporter) writeImports(ctx context.Context, w io.Writer) (n int64, err error) {
	var text bytes.Buffer
	text.WriteByte('[')
	for after, more := int64(0), e.Imports != nil; more; {
		pageCtx, cancel := context.WithTimeout(ctx, e.Timeout)
		page, err := e.Imports.Imports(pageCtx, after, importsPerPage)
		cancel()
		if err != nil {
			return 0, err
		}
		for i := range page {
			one := &page[i]
			if after = one.ID; !one.MayHold(e.Query.Log, e.Query.Range) {
				continue
			}
			line, err := json.Marshal(e.evidenceImport(one))
			if err != nil {
				return 0, err
			}
			if n++; n > 1 {
				text.WriteByte(',')
			}
			text.WriteByte('\n')
			text.Write(line)
		}
		if _, err := text.WriteTo(w); err != nil {
			return 0, err
		}
		more = len(page) == importsPerPage
	}
	text.WriteString("\n]\n")
	_, err = text.WriteTo(w)
	return n, err
}

// evidenceImport gives an imported file in the form of the bundle. Where data is withheld it hides how
// many records a later copy changed: the copy may have changed only that data. The counts are of the whole file, so that
// data of any kind counts. Of logs that may not be read at all it tells no times.
func (e *exporter) evidenceImport(one *store.Import) evidenceImport {
	entry := evidenceImport{
		File: one.Path, Format: one.Format, Imported: one.Started, Whole: !one.Ended.IsZero(), New: one.New, Times: e.readableTimes(one.Times),
	}
	if !slices.ContainsFunc(e.store.Catalog(), func(kind *store.Kind) bool { return kind.Classes()&e.Withheld.Without(store.Secret) != 0 }) {
		entry.Updated, entry.Same = &one.Updated, &one.Same
		return entry
	}
	known := one.Updated + one.Same
	entry.Known = &known
	return entry
}

// readableTimes are the times of the logs that may be read; nil where there are none at all.
func (e *exporter) readableTimes(all map[store.Log]store.Span) map[store.Log]store.Span {
	if all == nil {
		return nil
	}
	times := map[store.Log]store.Span{}
	for _, info := range e.store.Catalog().Logs() {
		if span, ok := all[info.Log]; ok && !e.Withheld.Has(info.Read) {
			times[info.Log] = span
		}
	}
	return times
}

// readme explains the bundle to a reader who opens it years later.
func (m *Manifest) readme(kind *store.Kind, withheld []store.Class, files []archived) []byte {
	var b bytes.Buffer
	line := func(format string, values ...any) { fmt.Fprintf(&b, format+"\r\n", values...) }
	line("Evidence: %s of Microsoft Entra ID, taken from Signpost.", kind.Many)
	line("")
	line("Made:      %s by %s", m.Made.Format(longTime), m.By)
	line("Program:   %s", m.Program)
	if m.CodeList != "" {
		line("Codes:     %s", m.CodeList)
	}
	line("Asked for: %s", m.Filter)
	line("Address:   /logs/%s?%s", m.Log, m.Query)
	for _, log := range m.Logs {
		if len(log.SetAside) > 0 {
			line("Set aside: %s (%s of the %s log have no such field)", strings.Join(log.SetAside, "&"), kind.Many, log.Log)
		}
	}
	for i, text := range coverageLines(m.covered(), gapsInReadme, ": see "+manifestName) {
		if i == 0 {
			text = "Coverage:  " + text
		}
		line("%s", text)
	}
	line("Rows:      %d of the %d %s that this log had in the range", m.Rows, m.inRange(), kind.Many)
	line("")
	for _, class := range withheld {
		line("%s", withheldSentence(class))
	}
	if m.ConditionalAccess == "included" {
		line("Conditional Access data is in the files.")
	}
	if m.StillReading {
		line("%s", StillReadingSentence)
	}
	if m.ChangedMeanwhile {
		line("The log changed while this was written: its files may differ by the %s that were imported meanwhile.", kind.Many)
	}
	for _, log := range m.Logs {
		if log.Log != m.Log {
			line("Not in this bundle: the %s log, which had %d %s in the range.", log.Log, log.InRange, kind.Many)
		}
	}
	line("%s", emptyCellSentence)
	line("%s lists the imported files with %s of this log in the range, with the first and last of each log, and files", importsName, kind.Many)
	line("that were imported before these times were noted.")
	line("")
	line("Files:")
	for _, file := range files {
		line("  %s: %d %s, %d bytes", file.name, file.rows, rowsWord(file.rows), file.size)
	}
	line("")
	line("To check that nothing was changed: signpost verify FILE.zip")
	line("or, unpacked: sha256sum -c %s", sumsName)
	line("Both show what differs from %s. Whoever changes that file too can hide a change: its own SHA-256 is in the log of", sumsName)
	line("the server that made the bundle; verify shows it, to be compared.")
	return b.Bytes()
}

// covered is the coverage of the list's log; nil where nobody tells it.
func (m *Manifest) covered() *coverage.Coverage {
	for _, log := range m.Logs {
		if log.Log == m.Log {
			return log.covered
		}
	}
	return nil
}

func (m *Manifest) inRange() int64 {
	for _, log := range m.Logs {
		if log.Log == m.Log {
			return log.InRange
		}
	}
	return 0
}
