package ask

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"signpost/store"
)

// Search asks for the possible meanings of a text in the search box. It never names a field of Conditional Access data.
type Search struct {
	Text   store.Search
	Within store.Range
	// Chosen says that the range is the viewer's own choice. Else the time in a pasted message comes first.
	Chosen bool
}

// Found holds the possible meanings of a text.
type Found struct {
	Search store.Search
	// Looked is the range of the findings. It differs from the search's own range where a pasted message tells the time
	// (AtMoment). It is zero where the time did not matter.
	Looked   store.Range
	AtMoment bool
	// Named says that the text was also looked for as a name.
	Named    bool
	Findings []Finding
	// Late says that the store did not answer everything in time.
	Late bool
}

// Only gives the finding if it is the only one beyond doubt: there is nothing to choose.
func (f Found) Only() (only Finding, ok bool) {
	if len(f.Findings) != 1 || f.Late || len(f.Lost()) > 0 {
		return Finding{}, false
	}
	only = f.Findings[0]
	return only, only.Exact && only.Total.Complete
}

// Lost are the request and correlation IDs of a message that were not found, where other parts of it were.
func (f Found) Lost() []store.SearchID {
	if len(f.Findings) == 0 || f.Looked.IsZero() {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(f.Search.IDs), func(id store.SearchID) bool { return id.Said == nil })
}

// Finding is a sign-in that was found, or the sign-ins of one log that pass a filter.
type Finding struct {
	Log store.Log
	// SignIn is set where ID was found as a request ID; the other fields are then empty.
	ID     string
	SignIn *store.SignIn
	// Field, Op and Value are the condition that the text stands for. Filter holds this condition and others that narrow it.
	Field  *store.Field
	Op     store.Operator
	Value  string
	Filter store.Filter
	Range  store.Range
	// Label is the name of the object with the id in Value, and Username that of a user.
	Label, Username string
	Total           store.Total
	// More says that further values hold the text, beyond those listed.
	More bool
	// Exact says that the text is the value, and not a part of it.
	Exact bool
}

// Query asks for the sign-ins of the finding.
func (f Finding) Query() store.ListQuery {
	return store.ListQuery{Log: f.Log, Range: f.Range, Filter: f.Filter}
}

// Ask makes one pass after another, the surest meaning first, until one finds something.
func (q Search) Ask(ctx context.Context, r Reader) (Found, error) {
	f := finder{r, q.Text, q.Within}
	passes := []pass{
		{lookups: f.requests()},
		{lookups: f.correlations()},
		{lookups: f.values(), within: f.within},
		{lookups: f.names(), within: f.within, names: true},
	}
	if moment, ok := q.moment(); ok {
		around := finder{r, q.Text, moment}
		passes = slices.Insert(passes, 2, pass{lookups: around.codes(), within: moment, moment: true})
	}
	answer := Found{Search: q.Text}
	for _, p := range passes {
		if len(p.lookups) == 0 {
			continue
		}
		found, late, err := run(ctx, p.lookups)
		if err != nil {
			return answer, err
		}
		answer.Findings, answer.Looked, answer.AtMoment = distinct(found), p.within, p.moment
		answer.Late, answer.Named = answer.Late || late, answer.Named || p.names
		if len(found) > 0 {
			break
		}
	}
	return answer, nil
}

// moment is the range around the time that a pasted message gives for its error; ok is false where a range was chosen.
func (q Search) moment() (store.Range, bool) {
	if q.Chosen || q.Text.Time.IsZero() {
		return store.Range{}, false
	}
	return rangeAround(q.Text.Time, q.Text.Time), true
}

// rangeAround gives the range from the oldest to the newest time, with half an hour on either side. It shows the events around
// them.
func rangeAround(oldest, newest time.Time) store.Range {
	const margin = 30 * time.Minute
	return store.Range{From: store.Around(oldest, margin).From, To: store.Around(newest, margin).To}
}

// finder looks for the possible meanings of a text in one range.
type finder struct {
	store  store.Reader
	search store.Search
	within store.Range
}

// lookup asks for one meaning of the text in one log.
type lookup func(context.Context) ([]Finding, error)

// pass is a set of lookups that run at the same time.
type pass struct {
	lookups []lookup
	within  store.Range // their range; the zero Range where the time does not matter
	names   bool
	moment  bool // the range is that of the message's time
}

// run makes lookups at the same time. A lookup that is late takes nothing from the others; late says so.
func run(ctx context.Context, lookups []lookup) (found []Finding, late bool, err error) {
	answers := make([][]Finding, len(lookups))
	var someLate atomic.Bool
	questions := make([]func(context.Context) error, len(lookups))
	for i, look := range lookups {
		questions[i] = func(ctx context.Context) (err error) {
			if answers[i], err = look(ctx); isLate(err) {
				someLate.Store(true)
				return nil
			}
			return err
		}
	}
	err = Together(ctx, questions...)
	return slices.Concat(answers...), someLate.Load(), err
}

// requests looks for each id as a request ID. The request ID of any event of a line finds the line.
func (f finder) requests() (lookups []lookup) {
	for _, id := range f.ids() {
		for _, info := range store.SignIns.Logs {
			lookups = append(lookups, func(ctx context.Context) ([]Finding, error) {
				record, err := f.store.Get(ctx, store.GetQuery{Ref: store.Ref{Log: info.Log, ID: id}})
				switch {
				case errors.Is(err, store.ErrNotFound):
					return nil, nil
				case err != nil:
					return nil, err
				}
				return []Finding{{Log: info.Log, ID: id, SignIn: record.SignIn(), Exact: true, Total: store.Total{N: 1, Complete: true}}}, nil
			})
		}
	}
	return lookups
}

// distinct keeps one finding of each sign-in: the ids of several events lead to one line.
func distinct(found []Finding) []Finding {
	seen := map[string]bool{}
	return slices.DeleteFunc(found, func(f Finding) bool {
		if f.SignIn == nil {
			return false
		}
		name := string(f.Log) + "/" + f.SignIn.ID
		double := seen[name]
		seen[name] = true
		return double
	})
}

// ids are the texts that may be a nearly unique id.
func (f finder) ids() (ids []string) {
	for _, id := range f.search.IDs {
		ids = append(ids, id.Value)
	}
	if f.search.Word != "" {
		ids = append(ids, f.search.Word)
	}
	return ids
}

// correlations looks for each id as a correlation ID, at any time.
func (f finder) correlations() (lookups []lookup) {
	field := searched.Correlation
	for _, id := range f.ids() {
		for _, info := range store.SignIns.Logs {
			lookups = append(lookups, func(ctx context.Context) ([]Finding, error) {
				return f.correlated(ctx, Finding{
					Log: info.Log, Field: field, Value: id, Filter: store.Filter{}.With(field, store.OpIs, id), Range: store.AllTime(), Exact: true,
				})
			})
		}
	}
	return lookups
}

// correlated counts the sign-ins of a correlation ID and finds the range of their times.
func (f finder) correlated(ctx context.Context, found Finding) ([]Finding, error) {
	findings, err := f.count(ctx, found)
	if err != nil || len(findings) == 0 {
		return nil, err
	}
	q := found.Query()
	q.Limit = 1
	newest, err := f.store.Page(ctx, q)
	if err != nil {
		return nil, err
	}
	q.Before = &store.Cursor{Key: store.KeyAt(q.Range.From).Prev()}
	oldest, err := f.store.Page(ctx, q)
	if err != nil || len(newest.Rows) == 0 || len(oldest.Rows) == 0 {
		return nil, err
	}
	findings[0].Range = rangeAround(oldest.Rows[0].SignIn().Time, newest.Rows[0].SignIn().Time)
	return findings, nil
}

// searched are the fields that a search looks at, by the kinds of text.
var searched = store.SignIns.Searched

// values looks for all parts of the text other than request and correlation IDs.
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

// guestStart gives the start of a guest's user principal name from the guest's address. Entra writes eve@partner.example as
// eve_partner.example#EXT#@ and the inviting tenant's domain.
func guestStart(username string) (string, bool) {
	name, domain, _ := strings.Cut(username, "@")
	return name + "_" + domain + "#EXT#@", !strings.Contains(strings.ToUpper(name), "#EXT#")
}

// codes looks for error codes: in sign-ins that ended with one, and in lines that had it in another event.
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
		for _, info := range store.SignIns.Logs {
			if field.AppliesTo(info) {
				lookups = append(lookups, func(ctx context.Context) ([]Finding, error) { return f.named(ctx, info.Log, field) })
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

// topNames is the number of names of one field and log that are listed.
const topNames = 5

// named finds the most frequent values of a field that hold the text. It also counts all sign-ins that hold the text, as a user
// has more names than the one shown.
func (f finder) named(ctx context.Context, log store.Log, field *store.Field) ([]Finding, error) {
	name := f.search.Name
	whole := Finding{Log: log, Field: field, Op: store.OpHas, Value: name, Filter: store.Filter{}.With(field, store.OpHas, name), Range: f.within}
	holding, err := f.count(ctx, whole)
	if err != nil || len(holding) == 0 {
		return nil, err
	}
	values, err := f.store.Values(ctx, store.ValuesQuery{ListQuery: store.ListQuery{Log: log, Range: f.within}, Field: field, Text: name, Top: topNames})
	if err != nil {
		return nil, err
	}
	var findings []Finding
	for _, v := range values.Values {
		found := Finding{
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

// eachOf looks for a value in each of some fields. Each later field leaves out the sign-ins that the first one finds.
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

// each looks for a value in every log that has the field. It leaves out sign-ins with the value in the field except, because that
// field finds them.
func (f finder) each(field *store.Field, op store.Operator, value string, except *store.Field) (lookups []lookup) {
	filter := store.Filter{}.With(field, op, value)
	if except != nil {
		filter = filter.With(except, store.OpIsNot, value)
	}
	for _, info := range store.SignIns.Logs {
		if field.AppliesTo(info) {
			found := Finding{Log: info.Log, Field: field, Op: op, Value: value, Filter: filter, Range: f.within, Exact: true}
			lookups = append(lookups, func(ctx context.Context) ([]Finding, error) { return f.count(ctx, found) })
		}
	}
	return lookups
}

// count counts the sign-ins of a finding, and names the object of an id. It gives nothing where there are none.
func (f finder) count(ctx context.Context, found Finding) ([]Finding, error) {
	var err error
	if found.Total, err = f.store.Total(ctx, found.Query()); err != nil || found.Total.N == 0 {
		return nil, err
	}
	if found.Op == store.OpIs {
		err = f.label(ctx, &found)
	}
	return []Finding{found}, err
}

// label names the object of an id, from the newest sign-in that has it.
func (f finder) label(ctx context.Context, found *Finding) error {
	if !found.Field.IsOfIDs() {
		return nil
	}
	q := found.Query()
	q.Limit = 1
	newest, err := f.store.Page(ctx, q)
	if err != nil || len(newest.Rows) == 0 {
		return err
	}
	s := newest.Rows[0].SignIn()
	properties := found.Field.Properties
	found.Label, found.Username = *properties[len(properties)-1].Text(s), found.Field.UsernameIn(s)
	return nil
}
