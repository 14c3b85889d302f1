package storetest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"signpost/store"
)

// memory is an engine made of the plain store: the suite must find no fault in it.
type memory struct {
	*Plain
	kept    map[idOfLog][]store.Version
	ordered []idOfLog
}

func openMemory(*testing.T) Engine {
	return &memory{Plain: NewPlain(signInsOnly, nil), kept: map[idOfLog][]store.Version{}}
}

func (m *memory) BeginImport(context.Context, store.ImportFile) (int64, error) { return 1, nil }

// PutDirectory keeps the users and the groups.
func (m *memory) PutDirectory(_ context.Context, _ int64, batch store.DirectoryBatch) ([]store.Outcome, error) {
	for _, user := range batch.Objects {
		if at := m.user(user.ID); at >= 0 {
			m.Users[at] = user
		} else {
			m.Users = append(m.Users, user)
		}
	}
	m.Names = store.NewUserNames(m.Users)
	m.Memberships = map[string]store.MemberSet{}
	for _, g := range batch.Memberships {
		for i, member := range g.Members {
			if at := m.user(member.ID); at >= 0 {
				g.Members[i].Username = m.Users[at].Username
			}
		}
		m.Memberships[g.Group] = store.NewMemberSet(g.Members)
	}
	return nil, nil
}

// user gives the place of a user; -1 for none.
func (m *memory) user(id string) int {
	return slices.IndexFunc(m.Users, func(u store.Object) bool { return u.ID == id })
}

func (m *memory) EndImport(context.Context, int64, store.ImportReport) error { return nil }

func (m *memory) Prepare(records []store.Record) (store.Batch, error) { return records, nil }

func (m *memory) Commit(_ context.Context, _ int64, batch store.Batch) ([]store.Outcome, error) {
	var outcomes []store.Outcome
	for _, r := range batch.([]store.Record) {
		id := idOfLog{r.SignIn().Log, NormalID(r.SignIn().ID)}
		kind := store.OutcomeUpdated
		if len(m.kept[id]) == 0 {
			kind = store.OutcomeNew
			m.ordered = append(m.ordered, id)
		}
		for _, v := range m.kept[id] {
			if string(v.Doc) == string(r.Versions[0].Doc) {
				kind = store.OutcomeSame
			}
		}
		if kind != store.OutcomeSame {
			m.kept[id] = append(m.kept[id], r.Versions[0])
		}
		outcomes = append(outcomes, store.Outcome{Kind: kind})
	}
	taken := map[store.Key]bool{}
	var records []store.Record
	for _, id := range m.ordered {
		versions := slices.Clone(m.kept[id])
		store.SignIns.SortVersions(versions)
		r := store.Record{Entry: store.SignIns.Merge(versions), Versions: versions}
		for r.Key = store.KeyAt(r.SignIn().Time); taken[r.Key]; r.Key = r.Key.Next() {
		}
		taken[r.Key] = true
		records = append(records, r)
	}
	before := m.Plain
	m.Plain = NewPlain(signInsOnly, records)
	m.Memberships, m.Users, m.Names = before.Memberships, before.Users, before.Names
	return outcomes, nil
}

// inTime gives the answer unless the deadline has passed.
func inTime[Q, A any](ctx context.Context, ask func(context.Context, Q) (A, error), q Q) (A, error) {
	if ctx.Err() != nil {
		var none A
		return none, store.ErrTooSlow
	}
	return ask(ctx, q)
}

func (m *memory) Page(ctx context.Context, q store.ListQuery) (store.Page, error) {
	return inTime(ctx, m.Plain.Page, q)
}

func (m *memory) Records(ctx context.Context, q store.RecordsQuery) (store.RecordPage, error) {
	return inTime(ctx, m.Plain.Records, q)
}

func (m *memory) Total(ctx context.Context, q store.ListQuery) (store.Total, error) {
	return inTime(ctx, m.Plain.Total, q)
}

func (m *memory) Groups(ctx context.Context, q store.GroupsQuery) (store.GroupPage, error) {
	return inTime(ctx, m.Plain.Groups, q)
}

func (m *memory) Histogram(ctx context.Context, q store.HistogramQuery) (store.Histogram, error) {
	return inTime(ctx, m.Plain.Histogram, q)
}

func (m *memory) Facets(ctx context.Context, q store.FacetsQuery) ([]store.Facet, error) {
	return inTime(ctx, m.Plain.Facets, q)
}

func (m *memory) Values(ctx context.Context, q store.ValuesQuery) (store.Facet, error) {
	return inTime(ctx, m.Plain.Values, q)
}

func (m *memory) Table(ctx context.Context, q store.TableQuery) (store.Table, error) {
	return inTime(ctx, m.Plain.Table, q)
}

func TestRunPassesTheOracleItself(t *testing.T) { Run(t, openMemory, 150) }

// wrong is a store with one mistake.
type wrong struct {
	*Plain
	mistake string
}

func (w *wrong) Page(ctx context.Context, q store.ListQuery) (store.Page, error) {
	if w.mistake == "unfolded" {
		q.AllEvents = true
	}
	page, err := w.Plain.Page(ctx, q)
	switch {
	case w.mistake == "row lost" && len(page.Rows) > 1:
		page.Rows = page.Rows[1:]
	case w.mistake == "no way back":
		page.Prev = nil
	}
	return page, err
}

func (w *wrong) Total(ctx context.Context, q store.ListQuery) (store.Total, error) {
	total, err := w.Plain.Total(ctx, q)
	if w.mistake == "one too many" {
		total.N++
	}
	return total, err
}

func (w *wrong) Groups(ctx context.Context, q store.GroupsQuery) (store.GroupPage, error) {
	page, err := w.Plain.Groups(ctx, q)
	if w.mistake == "groups miscounted" && len(page.Groups) > 0 {
		page.Groups[0].Count++
	}
	return page, err
}

func (w *wrong) Facets(ctx context.Context, q store.FacetsQuery) ([]store.Facet, error) {
	if w.mistake == "own conditions" {
		q.IgnoreOwn = false
	}
	return w.Plain.Facets(ctx, q)
}

func (w *wrong) Histogram(ctx context.Context, q store.HistogramQuery) (store.Histogram, error) {
	if w.mistake == "edges" {
		q.Range.From, q.Range.To = q.Edges[0], q.Edges[len(q.Edges)-1]
	}
	return w.Plain.Histogram(ctx, q)
}

func (w *wrong) Table(ctx context.Context, q store.TableQuery) (store.Table, error) {
	table, err := w.Plain.Table(ctx, q)
	switch {
	case w.mistake == "distinct miscounted" && len(table.Rows) > 0 && len(q.Distinct) > 0:
		table.Rows[0].Distinct[0]++
	case w.mistake == "column lost" && len(table.Columns) > 0:
		table.Columns = table.Columns[1:]
	}
	return table, err
}

// complaints collects the differences that a comparison finds.
type complaints struct {
	*testing.T
	said []string
}

func (c *complaints) Errorf(format string, args ...any) {
	c.said = append(c.said, fmt.Sprintf(format, args...))
}

func TestCompareFindsMistakes(t *testing.T) {
	plain := keyed(MadeUp(5, 300)...)
	for _, mistake := range []string{"unfolded", "row lost", "no way back", "one too many", "groups miscounted", "own conditions", "edges", "distinct miscounted", "column lost"} {
		found := &complaints{T: t}
		for n := uint64(0); n < 3000 && len(found.said) == 0; n++ {
			Compare(found, &wrong{Plain: plain, mistake: mistake}, plain, randomCase(n, plain))
		}
		if len(found.said) == 0 {
			t.Errorf("%s: not found", mistake)
		} else if s := found.said[0]; !strings.Contains(s, "?") || !strings.Contains(s, "-want +got") {
			t.Errorf("%s: no readable message: %s", mistake, s)
		}
	}
}

// signInsOnly is a catalog without other kinds.
var signInsOnly = store.NewCatalog(store.SignIns)
