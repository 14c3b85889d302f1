package store

import (
	"context"
	"slices"
	"time"
)

// WithheldError refuses a question that names what its asker may not see.
type WithheldError struct {
	Class Class
	Named string // the field or log in the portal's words
}

// Error says what is refused.
func (e WithheldError) Error() string {
	return "no right to " + e.Named + ": it is " + e.Class.String()
}

// Withheld gives the store as somebody may ask it who may not see some classes. It refuses with a WithheldError filters,
// facets, values, groups and logs of those classes. It takes their data out of every row, record and document, and joins
// copies of a record that are then equal. A status that may not be seen counts as unknown. It has each method itself, so that
// a new one of Reader cannot go past it. A store that withholds the classes already is given back.
func Withheld(s Store, hidden Classes) Store {
	if w, ok := s.(withheldStore); hidden == 0 || ok && w.hidden&hidden == hidden {
		return s
	}
	return withheldStore{withheldReader{s, hidden}, s}
}

type withheldStore struct {
	withheldReader
	store Store
}

func (w withheldStore) Snapshot(ctx context.Context) (with context.Context, release func(), err error) {
	return w.store.Snapshot(ctx)
}

type withheldReader struct {
	reader Reader
	hidden Classes
}

// check refuses a question about a log that may not be read, or one that names a field that may not be seen.
func (w withheldReader) check(log Log, filter Filter, fields ...*Field) error {
	info, _ := w.reader.Catalog().Log(log) // the engine refuses a log that there is not
	if w.hidden.Has(info.Read) {
		return WithheldError{info.Read, info.Title}
	}
	if f := filter.uses(w.hidden); f != nil {
		return WithheldError{f.Class, f.Label}
	}
	for _, f := range fields {
		if w.hidden.Has(f.Class) {
			return WithheldError{f.Class, f.Label}
		}
	}
	return nil
}

// withheldStatus gives the field of a kind's status where that may not be seen, else nil.
func (w withheldReader) withheldStatus(k *Kind) *Field {
	if k == nil {
		return nil
	}
	if f := k.StatusField(); f != nil && w.hidden.Has(f.Class) {
		return f
	}
	return nil
}

// checkGroups is check for the groups of a log: their key tells of its properties.
func (w withheldReader) checkGroups(q GroupsQuery) error {
	info, _ := w.reader.Catalog().Log(q.Log)
	for _, p := range info.GroupBy {
		if w.hidden.Has(p.Class) {
			return WithheldError{p.Class, p.Label}
		}
	}
	return w.check(q.Log, q.Filter)
}

// checkPerson is check for a question about somebody's own sign-ins, which stand in the logs of users.
func (w withheldReader) checkPerson(filter Filter) error {
	for _, info := range w.reader.Catalog().Logs() {
		if !info.User {
			continue
		}
		if err := w.check(info.Log, filter); err != nil {
			return err
		}
	}
	return nil
}

func (w withheldReader) Catalog() Catalog { return w.reader.Catalog() }

func (w withheldReader) Page(ctx context.Context, q ListQuery) (Page, error) {
	if err := w.check(q.Log, q.Filter); err != nil {
		return Page{}, err
	}
	page, err := w.reader.Page(ctx, q)
	page.Rows = w.rows(page.Rows)
	return page, err
}

func (w withheldReader) Total(ctx context.Context, q ListQuery) (Total, error) {
	if err := w.check(q.Log, q.Filter); err != nil {
		return Total{}, err
	}
	return w.reader.Total(ctx, q)
}

func (w withheldReader) Groups(ctx context.Context, q GroupsQuery) (GroupPage, error) {
	if err := w.checkGroups(q); err != nil {
		return GroupPage{}, err
	}
	page, err := w.reader.Groups(ctx, q)
	groups := make([]Group, len(page.Groups))
	for i, group := range page.Groups {
		group.Newest.Entry = w.kind(q.Log).withheld(group.Newest.Entry, w.hidden)
		groups[i] = group
	}
	page.Groups = groups
	return page, err
}

func (w withheldReader) GroupRows(ctx context.Context, q GroupRowsQuery) (Page, error) {
	if err := w.checkGroups(q.GroupsQuery); err != nil {
		return Page{}, err
	}
	page, err := w.reader.GroupRows(ctx, q)
	page.Rows = w.rows(page.Rows)
	return page, err
}

func (w withheldReader) Histogram(ctx context.Context, q HistogramQuery) (Histogram, error) {
	if err := w.check(q.Log, q.Filter); err != nil {
		return Histogram{}, err
	}
	h, err := w.reader.Histogram(ctx, q)
	if w.withheldStatus(w.kind(q.Log)) == nil {
		return h, err
	}
	h.Buckets = slices.Clone(h.Buckets)
	for i, b := range h.Buckets {
		h.Buckets[i].ByStatus = [MaxStatuses]int64{StatusUnknown: b.Total()}
	}
	return h, err
}

func (w withheldReader) Facets(ctx context.Context, q FacetsQuery) ([]Facet, error) {
	if err := w.check(q.Log, q.Filter, q.Fields...); err != nil {
		return nil, err
	}
	return w.reader.Facets(ctx, q)
}

func (w withheldReader) Values(ctx context.Context, q ValuesQuery) (Facet, error) {
	if err := w.check(q.Log, q.Filter, q.Field); err != nil {
		return Facet{}, err
	}
	return w.reader.Values(ctx, q)
}

// Table over all logs is one over those that may be read.
func (w withheldReader) Table(ctx context.Context, q TableQuery) (Table, error) {
	if len(q.Logs) == 0 {
		for _, info := range w.reader.Catalog().Logs() {
			if info.kind == q.By.kind && !w.hidden.Has(info.Read) {
				q.Logs = append(q.Logs, info.Log)
			}
		}
		if first := q.By.kind.Logs[0]; len(q.Logs) == 0 {
			return Table{}, WithheldError{first.Read, first.Title}
		}
	}
	for _, log := range q.Logs {
		if err := w.check(log, q.Filter, q.Fields()...); err != nil {
			return Table{}, err
		}
	}
	status := w.withheldStatus(q.By.kind)
	if status != nil && q.Sort >= ByStatus && q.Sort < ByDistinct {
		return Table{}, WithheldError{status.Class, status.Label}
	}
	table, err := w.reader.Table(ctx, q)
	if status == nil {
		return table, err
	}
	table.Rows = slices.Clone(table.Rows)
	for i := range table.Rows {
		c := &table.Rows[i].Counts
		*c = Counts{ByStatus: [MaxStatuses]int64{StatusUnknown: c.Total()}, First: c.First, Last: c.Last}
	}
	return table, err
}

func (w withheldReader) Get(ctx context.Context, q GetQuery) (Record, error) {
	err := w.check(q.Log, Filter{})
	if q.Owner != nil {
		err = w.checkPerson(Filter{})
	}
	if err != nil {
		return Record{}, err
	}
	record, err := w.reader.Get(ctx, q)
	return w.record(record), err
}

// kind gives the kind of a log's records.
func (w withheldReader) kind(log Log) *Kind { return w.reader.Catalog().Kind(log) }

// rows gives the rows of some logs as they may be seen.
func (w withheldReader) rows(rows []Row) []Row {
	seen := slices.Clone(rows)
	for i, row := range rows {
		row.Entry = w.kind(row.Entry.Head().Log).withheld(row.Entry, w.hidden)
		seen[i] = row
	}
	return seen
}

// record gives the record as it may be seen.
func (w withheldReader) record(r Record) Record {
	if r.Entry == nil {
		return r
	}
	w.withholdTold(&r)
	if kind := w.kind(r.Entry.Head().Log); kind.holds(w.hidden) {
		kind.withhold(&r, w.hidden)
	}
	return r
}

// withholdTold takes out of a record what its copies have as records of another kind: whoever may not read the log of that kind
// sees none of these as received, and anybody else as the record may be seen there.
func (w withheldReader) withholdTold(r *Record) {
	if !slices.ContainsFunc(r.Versions, func(v Version) bool { return v.isTold() }) {
		return
	}
	r.Versions = slices.Clone(r.Versions)
	for i := range r.Versions {
		v := &r.Versions[i]
		if !v.isTold() {
			continue
		}
		info, _ := w.reader.Catalog().Log(v.Entry.Head().ToldBy)
		if kind := info.Kind(); kind == nil || w.hidden.Has(info.Read) {
			v.Doc = nil
		} else {
			v.Doc = kind.redacted(v.Doc, w.hidden)
		}
	}
}

func (w withheldReader) Records(ctx context.Context, q RecordsQuery) (RecordPage, error) {
	if err := w.check(q.Log, q.Filter); err != nil {
		return RecordPage{}, err
	}
	kind := w.kind(q.Log)
	if kind == nil || !kind.holds(w.hidden) {
		page, err := w.reader.Records(ctx, q)
		for i := range page.Records {
			w.withholdTold(&page.Records[i])
		}
		return page, err
	}
	if asReceived := q.AsReceived; asReceived != nil {
		q.AsReceived = func(doc []byte, log Log, id string) (instead []byte, ok bool) {
			return asReceived(kind.redacted(doc, w.hidden), log, id)
		}
	}
	page, err := w.reader.Records(ctx, q)
	records := make([]Record, len(page.Records))
	for i, r := range page.Records {
		switch {
		case r.Unread: // made of a redacted document above
			w.withholdTold(&r)
		case q.WithoutDocuments:
			kind.withholdFields(&r, w.hidden)
			for v := range r.Versions {
				r.Versions[v].Doc = nil
			}
			r.Versions = kind.withoutEqual(r.Versions)
		default:
			w.withholdTold(&r)
			kind.withhold(&r, w.hidden)
		}
		records[i] = r
	}
	page.Records = records
	return page, err
}

func (w withheldReader) Newest(ctx context.Context, log Log) (t time.Time, ok bool, err error) {
	if err := w.check(log, Filter{}); err != nil {
		return time.Time{}, false, err
	}
	return w.reader.Newest(ctx, log)
}

// Tenants is of all logs: that a tenant wrote a log tells nothing of what is in it.
func (w withheldReader) Tenants(ctx context.Context) ([]string, error) {
	if err := w.checkTenantLogs(); err != nil {
		return nil, err
	}
	return w.reader.Tenants(ctx)
}

// checkTenantLogs refuses a question about sign-ins whichever log they are of.
func (w withheldReader) checkTenantLogs() error {
	if w.hidden.Has(TenantLogs) {
		return WithheldError{TenantLogs, TenantLogs.String()}
	}
	return nil
}

func (w withheldReader) FindUser(ctx context.Context, upn, tenant string) (FoundUser, error) {
	if err := w.checkTenantLogs(); err != nil {
		return FoundUser{}, err
	}
	return w.reader.FindUser(ctx, upn, tenant)
}

func (w withheldReader) Places(ctx context.Context, refs []Ref) ([]Cursor, error) {
	for _, ref := range refs {
		if err := w.check(ref.Log, Filter{}); err != nil {
			return nil, err
		}
	}
	return w.reader.Places(ctx, refs)
}

func (w withheldReader) PersonRows(ctx context.Context, person Person, places []Cursor) ([]Row, error) {
	if err := w.checkPerson(Filter{}); err != nil {
		return nil, err
	}
	rows, err := w.reader.PersonRows(ctx, person, places)
	return w.rows(rows), err
}
