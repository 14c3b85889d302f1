package ask

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"signpost/store"
)

// federated are the sign-ins through AD FS in a range.
func federated(q *InsightQuery, in store.Range) store.ListQuery {
	filter := q.Filter
	for _, issuer := range federationIssuers {
		filter = filter.With(store.IssuerField, store.OpIs, issuer)
	}
	return store.ListQuery{Log: store.Interactive, Range: in, Filter: filter}
}

// relyingParty is a relying party with its sign-ins, what the report tells of it, and its applications.
type relyingParty struct {
	id, name string
	seen     store.TableRow
	told     *store.RelyingParty
	apps     []string
	matched  string
	entra    int64
}

// migrationWords are the values of migrationStatus.
var migrationWords = map[string]string{"ready": "Ready", "needsreview": "Needs review", "additionalstepsrequired": "Additional steps required"}

func (p *relyingParty) migration() string {
	if p.told == nil {
		return ""
	}
	return cmp.Or(migrationWords[store.FoldCase(p.told.Migration)], p.told.Migration)
}

// relyingParties are those of a range.
type relyingParties struct {
	list     []*relyingParty
	complete bool
}

// partiesOf gives the relying parties of a range.
func partiesOf(ctx context.Context, r Reader, q *InsightQuery, in store.Range) (list []*relyingParty, complete bool, err error) {
	found, err := once(ctx, q, "relying parties from "+in.From.String(), func() (found relyingParties, err error) {
		found.list, found.complete, err = findParties(ctx, r, q, in)
		return found, err
	})
	return found.list, found.complete, err
}

func findParties(ctx context.Context, r Reader, q *InsightQuery, in store.Range) (list []*relyingParty, complete bool, err error) {
	var seen []store.TableRow
	var told []store.RelyingParty
	err = Together(ctx,
		func(ctx context.Context) (err error) {
			asked := tableOf(federated(q, in), store.ResourceField)
			asked.Distinct = []*store.Field{store.UserField}
			seen, complete, err = allRows(ctx, r, asked)
			return err
		},
		func(ctx context.Context) (err error) {
			told, err = presentParties(ctx, r)
			return err
		},
	)
	if err != nil {
		return nil, false, err
	}
	byID := map[string]*relyingParty{}
	add := func(id, name string) *relyingParty {
		key := store.PlainURI(id)
		p := byID[key]
		if p == nil {
			p = &relyingParty{id: id, seen: store.TableRow{Distinct: []int64{0}}}
			byID[key] = p
			list = append(list, p)
		}
		p.name = cmp.Or(p.name, name)
		return p
	}
	for i := range told {
		add(told[i].ID, told[i].Name).told = &told[i]
	}
	for i := range seen {
		p := add(seen[i].Value, seen[i].Label)
		if p.seen.Total() > 0 { // another spelling of the URI is a row of its own: users of both cannot be added up
			p = &relyingParty{id: seen[i].Value, name: seen[i].Label}
			list = append(list, p)
		}
		p.id, p.seen = seen[i].Value, seen[i]
	}
	matched, err := matchParties(ctx, r, q, in, list)
	return list, complete && matched, err
}

// The words of NumberMatched.
const (
	matchedByMapping = "Mapping"
	matchedByID      = "Identifier"
	matchedByReply   = "Reply address"
	notMatched       = "not matched"
)

// matchParties finds the applications that relying parties move to, and their sign-ins. complete says that all of these were counted.
func matchParties(ctx context.Context, r Reader, q *InsightQuery, in store.Range, list []*relyingParty) (complete bool, err error) {
	var uris []string
	for _, p := range list {
		uris = append(uris, p.id)
		if p.told != nil {
			uris = append(uris, p.told.ReplyURLs...)
		}
	}
	known, err := r.AppsByURI(ctx, uris, nil)
	if err != nil {
		return false, err
	}
	var apps []string
	for _, p := range list {
		p.match(known, q.Moves)
		apps = append(apps, p.apps...)
	}
	if len(apps) == 0 {
		return true, nil
	}
	slices.Sort(apps)
	apps = slices.Compact(apps)
	asked := tableOf(store.ListQuery{Log: store.Interactive, Range: in, Filter: withoutFederation(q.Filter)}, store.AppField)
	asked.Only = apps
	rows, complete, err := allRows(ctx, r, asked)
	counts := byValue(rows)
	for _, p := range list {
		for _, app := range p.apps {
			if row := counts[store.FoldCase(app)]; row != nil {
				p.entra += row.Total()
			}
		}
	}
	return complete, err
}

// match finds the applications of a relying party.
func (p *relyingParty) match(known map[string][]string, moves map[string]string) {
	if app := moves[store.PlainURI(p.id)]; app != "" {
		p.apps, p.matched = []string{app}, matchedByMapping
		return
	}
	if p.apps = known[store.PlainURI(p.id)]; len(p.apps) > 0 {
		p.matched = matchedByID
		return
	}
	if p.told == nil {
		return
	}
	for _, reply := range p.told.ReplyURLs {
		for _, app := range known[store.PlainURI(reply)] {
			if !slices.Contains(p.apps, app) {
				p.apps = append(p.apps, app)
			}
		}
	}
	if len(p.apps) > 0 {
		p.matched = matchedByReply
	}
}

// records are the sign-ins of the relying party through AD FS.
func (p *relyingParty) records(q *InsightQuery, in store.Range) store.ListQuery {
	return *narrowed(federated(q, in), store.ResourceField, p.id)
}

// cells are the numbers of a relying party.
func (p *relyingParty) cells(q *InsightQuery, in store.Range, names map[string]string) []Cell {
	records := p.records(q, in)
	counts := countCells(records, &p.seen.Counts)
	ok := p.seen.ByStatus[store.StatusSuccess]
	moves, entra, moved := Cell{Text: notMatched}, Cell{Unknown: true}, Cell{}
	if len(p.apps) > 0 {
		var words []string
		for _, app := range p.apps {
			words = append(words, cmp.Or(names[store.FoldCase(app)], app))
		}
		moves.Text = strings.Join(words, ", ")
		there := store.ListQuery{Log: store.Interactive, Range: in, Filter: withoutFederation(ofApps(q.Filter, p.apps))}
		entra, moved = CountCell(p.entra, &there), Cell{N: p.entra, Of: p.entra + p.seen.Total()}
	}
	return []Cell{
		counts[0], counts[1], counts[2], counts[3],
		{N: ok, Of: ok + p.seen.ByStatus[store.StatusFailure]},
		CountCell(p.seen.Distinct[0], nil),
		textCell(p.migration()), moves, textCell(p.matched), entra, moved,
		{Time: p.seen.Last, Unknown: p.seen.Last.IsZero()},
	}
}

// graphParty is a row as Graph's relyingPartyDetailedSummary.
func graphParty(list *InsightList, row *InsightRow) any {
	p, ok := row.Source.(*relyingParty)
	if !ok {
		return nil
	}
	type check struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	ok1, failed := list.Cell(row.Cells, NumberSucceeded).N, list.Cell(row.Cells, NumberFailed).N
	summary := struct {
		ID        string   `json:"id"`
		PartyID   string   `json:"relyingPartyId"`
		Name      string   `json:"relyingPartyName"`
		ServiceID *string  `json:"serviceId"`
		ReplyURLs []string `json:"replyUrls"`
		Users     int64    `json:"uniqueUserCount"`
		Succeeded int64    `json:"successfulSignInCount"`
		Failed    int64    `json:"failedSignInCount"`
		Total     int64    `json:"totalSignInCount"`
		Rate      any      `json:"signInSuccessRate"`
		Migration *string  `json:"migrationStatus"`
		Checks    []check  `json:"migrationValidationDetails"`
	}{
		ID: p.id, PartyID: p.id, Name: p.name, ReplyURLs: []string{}, Checks: []check{}, Users: list.Cell(row.Cells, NumberUsers).N,
		Succeeded: ok1, Failed: failed, Total: list.Cell(row.Cells, NumberPartySignIns).N,
	}
	if ok1+failed > 0 {
		summary.Rate = float64(ok1) / float64(ok1+failed)
	}
	if p.told != nil {
		summary.ServiceID, summary.Migration = &p.told.ServiceID, &p.told.Migration
		summary.ReplyURLs = append(summary.ReplyURLs, p.told.ReplyURLs...)
		for _, c := range p.told.Checks {
			value := c.Value
			if value == "" {
				text, _ := json.Marshal(map[string]string{"result": c.Result, "message": c.Message}) // texts can always be written
				value = string(text)
			}
			summary.Checks = append(summary.Checks, check{c.Name, value})
		}
	}
	return summary
}
