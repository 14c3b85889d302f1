package web

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"

	"signpost/store"
	"signpost/views"
)

// finder looks for what a text of the search box may mean. It never names a field of Conditional Access data.
type finder struct {
	store  store.Reader
	search store.Search
	within store.Range
	// chosen says that the range is the viewer's own choice.
	chosen bool
}

// lookup asks for one meaning of the text in one log.
type lookup func(context.Context) ([]views.Finding, error)

// pass is the lookups that are made at one time.
type pass struct {
	lookups []lookup
	within  store.Range // what they are made in; the zero Range where the time does not matter
	names   bool
	moment  bool // the range is that of the message's time
}

// find makes one pass after the other, the surest meaning first, until one finds something.
func (f finder) find(ctx context.Context, page *views.SearchPage) error {
	passes := []pass{
		{lookups: f.requests()},
		{lookups: f.correlations()},
		{lookups: f.values(), within: f.within},
		{lookups: f.names(), within: f.within, names: true},
	}
	if moment, ok := f.moment(); ok {
		around := finder{store: f.store, search: f.search, within: moment}
		passes = slices.Insert(passes, 2, pass{lookups: around.codes(), within: moment, moment: true})
	}
	for _, p := range passes {
		if len(p.lookups) == 0 {
			continue
		}
		found, late, err := run(ctx, p.lookups)
		if err != nil {
			return err
		}
		page.Findings, page.Looked, page.AtMoment = distinct(found), p.within, p.moment
		page.Late, page.Named = page.Late || late, page.Named || p.names
		if len(found) > 0 {
			break
		}
	}
	return nil
}

// moment is the time around which a pasted message says that its error happened, unless a range was chosen.
func (f finder) moment() (store.Range, bool) {
	if f.chosen || f.search.Time.IsZero() {
		return store.Range{}, false
	}
	return views.RangeAround(f.search.Time, f.search.Time), true
}

// run makes lookups at one time. One that is not answered in time takes nothing from the others; late says so.
func run(ctx context.Context, lookups []lookup) (found []views.Finding, late bool, err error) {
	answers := make([][]views.Finding, len(lookups))
	var someLate atomic.Bool
	questions := make([]func(context.Context) error, len(lookups))
	for i, look := range lookups {
		questions[i] = func(ctx context.Context) (err error) {
			answers[i], err = look(ctx)
			if errors.Is(err, store.ErrTooSlow) || errors.Is(err, context.DeadlineExceeded) {
				someLate.Store(true)
				return nil
			}
			return err
		}
	}
	err = ask(ctx, questions...)
	return slices.Concat(answers...), someLate.Load(), err
}

// requests looks for each id as a request ID: that of any event of a line opens the line.
func (f finder) requests() (lookups []lookup) {
	for _, id := range f.ids() {
		for _, info := range store.Logs() {
			lookups = append(lookups, func(ctx context.Context) ([]views.Finding, error) {
				record, err := f.store.SignIn(ctx, info.Log, id)
				if errors.Is(err, store.ErrNotFound) {
					return nil, nil
				}
				return []views.Finding{{Log: info.Log, ID: id, SignIn: record.SignIn(), Exact: true, Total: store.Total{N: 1, Complete: true}}}, err
			})
		}
	}
	return lookups
}

// distinct leaves one finding of each sign-in: the ids of several events lead to one line.
func distinct(found []views.Finding) []views.Finding {
	seen := map[string]bool{}
	return slices.DeleteFunc(found, func(f views.Finding) bool {
		if f.SignIn == nil {
			return false
		}
		name := string(f.Log) + "/" + f.SignIn.ID
		double := seen[name]
		seen[name] = true
		return double
	})
}

// ids are the texts that may be an id that hardly repeats.
func (f finder) ids() (ids []string) {
	for _, id := range f.search.IDs {
		ids = append(ids, id.Value)
	}
	if f.search.Word != "" {
		ids = append(ids, f.search.Word)
	}
	return ids
}

// correlations looks for each id as a correlation ID, whenever the sign-ins were.
func (f finder) correlations() (lookups []lookup) {
	field := searched.Correlation
	for _, id := range f.ids() {
		for _, info := range store.Logs() {
			lookups = append(lookups, func(ctx context.Context) ([]views.Finding, error) {
				return f.correlated(ctx, views.Finding{
					Log: info.Log, Field: field, Value: id, Filter: store.Filter{}.With(field, store.OpIs, id), Range: store.AllTime(), Exact: true,
				})
			})
		}
	}
	return lookups
}

// correlated counts the sign-ins of a correlation ID and finds the range that holds them.
func (f finder) correlated(ctx context.Context, found views.Finding) ([]views.Finding, error) {
	findings, err := f.count(ctx, found)
	if err != nil || len(findings) == 0 {
		return nil, err
	}
	q := found.Query()
	q.Limit = 1
	newest, err := f.store.SignIns(ctx, q)
	if err != nil {
		return nil, err
	}
	from, _ := q.Range.Keys()
	q.Before = &store.Cursor{Key: from - 1}
	oldest, err := f.store.SignIns(ctx, q)
	if err != nil || len(newest.Rows) == 0 || len(oldest.Rows) == 0 {
		return nil, err
	}
	findings[0].Range = views.RangeAround(oldest.Rows[0].SignIn().Time, newest.Rows[0].SignIn().Time)
	return findings, nil
}

// searched are the fields that are looked at, by what a text may be.
var searched = store.SearchedFields()

// values looks for all that the text holds besides request and correlation IDs.
func (f finder) values() (lookups []lookup) {
	for _, id := range f.search.IDs {
		for _, field := range searched.IDs {
			if id.Said == nil {
				lookups = append(lookups, f.each(field, store.OpIs, id.Value, nil)...)
			}
		}
	}
	for _, username := range f.search.Usernames {
		lookups = append(lookups, f.eachOf(searched.Usernames, username)...)
		if start, ok := guestStart(username); ok {
			lookups = append(lookups, f.each(searched.Usernames[0], store.OpStarts, start, nil)...)
		}
	}
	for _, address := range f.search.Addresses {
		lookups = append(lookups, f.eachOf(searched.Addresses, address)...)
	}
	return append(lookups, f.codes()...)
}

// guestStart gives how the user principal name of a guest begins, from the guest's address. Entra writes eve@partner.example
// as eve_partner.example#EXT#@ and the inviting tenant's domain.
func guestStart(username string) (string, bool) {
	name, domain, _ := strings.Cut(username, "@")
	return name + "_" + domain + "#EXT#@", !strings.Contains(strings.ToUpper(name), "#EXT#")
}

// codes looks for error codes: of sign-ins that ended with one, and of lines with another event that had it.
func (f finder) codes() (lookups []lookup) {
	for _, code := range f.search.Codes {
		lookups = append(lookups, f.eachOf(searched.Codes, code)...)
	}
	return lookups
}

// names looks for the text as a name or a part of one.
func (f finder) names() (lookups []lookup) {
	name := f.search.Name
	if name == "" {
		return nil
	}
	for _, field := range searched.Names {
		for _, info := range store.Logs() {
			if field.AppliesTo(info) {
				lookups = append(lookups, func(ctx context.Context) ([]views.Finding, error) { return f.named(ctx, info.Log, field) })
			}
		}
	}
	for _, field := range searched.Whole {
		lookups = append(lookups, f.each(field, store.OpIs, name, nil)...)
	}
	if f.search.Word != "" {
		for _, field := range searched.Words {
			lookups = append(lookups, f.each(field, store.OpIs, name, nil)...)
		}
	}
	if f.search.IsIDStart() {
		for _, field := range searched.Starts {
			lookups = append(lookups, f.each(field, store.OpStarts, name, nil)...)
		}
	}
	return lookups
}

// topNames is how many names of one field and log are listed.
const topNames = 5

// named finds the most frequent values of a field that hold the text. It also counts all that holds the text, as a user has
// more names than the one shown.
func (f finder) named(ctx context.Context, log store.Log, field *store.Field) ([]views.Finding, error) {
	name := f.search.Name
	whole := views.Finding{Log: log, Field: field, Op: store.OpHas, Value: name, Filter: store.Filter{}.With(field, store.OpHas, name), Range: f.within}
	holding, err := f.count(ctx, whole)
	if err != nil || len(holding) == 0 {
		return nil, err
	}
	values, err := f.store.Values(ctx, store.ValuesQuery{ListQuery: store.ListQuery{Log: log, Range: f.within}, Field: field, Text: name, Top: topNames})
	if err != nil {
		return nil, err
	}
	var findings []views.Finding
	for _, v := range values.Values {
		found := views.Finding{
			Log: log, Field: field, Value: v.Value, Filter: store.Filter{}.With(field, store.OpIs, v.Value), Range: f.within,
			Total: store.Total{N: v.N, Complete: values.Complete},
			Exact: store.FoldCase(v.Value) == store.FoldCase(name) || store.FoldCase(v.Label) == store.FoldCase(name),
		}
		if err := f.label(ctx, &found); err != nil {
			return nil, err
		}
		findings = append(findings, found)
	}
	if len(findings) == 1 && findings[0].Total.N == holding[0].Total.N {
		return findings, nil
	}
	holding[0].More = values.Distinct > int64(len(values.Values))
	return append(findings, holding...), nil
}

// eachOf looks for a value in each of some fields; what the first finds, the others leave out.
func (f finder) eachOf(list []*store.Field, value string) (lookups []lookup) {
	for i, field := range list {
		var except *store.Field
		if i > 0 {
			except = list[0]
		}
		lookups = append(lookups, f.each(field, store.OpIs, value, except)...)
	}
	return lookups
}

// each looks for a value in every log that has the field. Sign-ins that have the value in the field except are left out, as
// that field finds them.
func (f finder) each(field *store.Field, op store.Operator, value string, except *store.Field) (lookups []lookup) {
	filter := store.Filter{}.With(field, op, value)
	if except != nil {
		filter = filter.With(except, store.OpIsNot, value)
	}
	for _, info := range store.Logs() {
		if field.AppliesTo(info) {
			found := views.Finding{Log: info.Log, Field: field, Op: op, Value: value, Filter: filter, Range: f.within, Exact: true}
			lookups = append(lookups, func(ctx context.Context) ([]views.Finding, error) { return f.count(ctx, found) })
		}
	}
	return lookups
}

// count counts the sign-ins of a finding, and gives the name of what an id stands for; nothing where there are none.
func (f finder) count(ctx context.Context, found views.Finding) ([]views.Finding, error) {
	var err error
	if found.Total, err = f.store.Total(ctx, found.Query()); err != nil || found.Total.N == 0 {
		return nil, err
	}
	if found.Op == store.OpIs {
		err = f.label(ctx, &found)
	}
	return []views.Finding{found}, err
}

// label gives the names of what an id stands for, from the newest sign-in that has it.
func (f finder) label(ctx context.Context, found *views.Finding) error {
	if !found.Field.IsOfIDs() {
		return nil
	}
	q := found.Query()
	q.Limit = 1
	newest, err := f.store.SignIns(ctx, q)
	if err != nil || len(newest.Rows) == 0 {
		return err
	}
	s := newest.Rows[0].SignIn()
	properties := found.Field.Properties
	found.Label, found.Username = *properties[len(properties)-1].Text(s), found.Field.UsernameIn(s)
	return nil
}
