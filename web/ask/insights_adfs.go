package ask

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"signpost/store"
)

// Federation is the report about the relying parties of AD FS, and their move to Microsoft Entra ID.
var Federation = &Insight{
	Name: "adfs", Title: "AD FS application activity",
	Question: "Which relying parties of AD FS people still use, what stands in the way of a move, and how far each move is.",
	Needs:    "Sign-ins through AD FS. The report of relying parties (Graph's getRelyingPartyDetailedSummary) adds the state of each migration, the imported directory the applications.",
	Logs:     []store.Log{store.Interactive},
	Numbers:  []*Number{NumberPartySignIns, NumberSucceeded, NumberFailed, NumberStopped, NumberSuccessRate, NumberUsers, NumberPartiesUsed, NumberPartiesReady, NumberPartiesUnmatched},
	Telling:  NumberPartiesUsed, Tell: tellParties,
	Summary: summariseParties,
	Lists: []*InsightList{
		{
			Title: "Relying parties", One: "relying party", Many: "relying parties", Compares: true,
			Definition: "Relying parties with a sign-in through AD FS in the range, and those of the imported report. A sign-in names its relying party as the resource.",
			Columns: []*Number{
				NumberParty, NumberPartySignIns, NumberSucceeded, NumberFailed, NumberStopped, NumberSuccessRate, NumberUsers, NumberMigration, NumberMovesTo, NumberMatched,
				NumberEntraSignIns, NumberMoved, NumberLast,
			},
			Sort: NumberPartySignIns, Ask: listParties, Graph: graphParty, Resource: "relyingPartyDetailedSummary",
		},
		{
			Name: "checks", Title: "Migration checks", One: "check", Many: "checks",
			Definition: "What the imported report checked for each relying party.",
			Columns:    []*Number{NumberParty, NumberCheck, NumberCheckResult, NumberCheckMessage, NumberMigration},
			Sort:       NumberParty, Ask: listChecks, Undated: true,
		},
		goneParties,
	},
}

// The numbers of the report.
var (
	NumberParty        = &Number{Name: "name", Label: "Relying party", Unit: InText}
	NumberPartySignIns = &Number{
		Name: "signins", Label: "AD FS sign-ins", Unit: InCount,
		Definition: "Interactive sign-ins with the token issuer AD FS or its multifactor adapter, whatever became of them.",
	}
	NumberSuccessRate = &Number{
		Name: "successrate", Label: "Success rate", Unit: InPercent,
		Definition: "Successful sign-ins, divided by successful and failed ones. Interrupted ones do not count. It is - where there are neither successes nor failures.",
	}
	NumberPartiesUsed      = &Number{Name: "parties", Label: "Relying parties in use", Unit: InCount, Definition: "Relying parties with a sign-in through AD FS in the range."}
	NumberPartiesReady     = &Number{Name: "ready", Label: "Ready to move", Unit: InCount, Definition: "Relying parties with the migration status ready in the imported report, whether they are used or not. It is - without the report."}
	NumberPartiesUnmatched = &Number{Name: "unmatched", Label: "Not matched", Unit: InCount, Definition: "Relying parties in the list for which no application of Microsoft Entra ID is known."}
	NumberMigration        = &Number{Name: "migration", Label: "Migration", Unit: InText, Definition: "migrationStatus of the imported report."}
	NumberMovesTo          = &Number{Name: "movesto", Label: "Application", Unit: InText, Definition: "The application of Microsoft Entra ID that the relying party moves to, or not matched."}
	NumberMatched          = &Number{
		Name: "matched", Label: "Matched by", Unit: InText,
		Definition: "An administrator's mapping in the settings comes first. Then an application of the imported directory matches that has the relying party's ID, or one of its reply addresses in the report, among its identifierUris or replyUrls.",
	}
	NumberEntraSignIns = &Number{Name: "entrasignins", Label: "Entra sign-ins", Unit: InCount, Definition: "Interactive sign-ins to the matched applications that AD FS did not make, in the range."}
	NumberMoved        = &Number{Name: "moved", Label: "Moved", Unit: InPercent, Definition: "Entra sign-ins, divided by Entra and AD FS sign-ins together. It is - where no application is matched."}
	NumberCheck        = &Number{Name: "check", Label: "Check", Unit: InText}
	NumberCheckResult  = &Number{Name: "result", Label: "Result", Unit: InText}
	NumberCheckMessage = &Number{Name: "message", Label: "Message", Unit: InText, Unsorted: true}
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

// partiesOf gives the relying parties of a range.
func partiesOf(ctx context.Context, r Reader, q *InsightQuery, in store.Range) (list []*relyingParty, complete bool, err error) {
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
	return list, complete, matchParties(ctx, r, q, in, list)
}

// The words of NumberMatched.
const (
	matchedByMapping = "Mapping"
	matchedByID      = "Identifier"
	matchedByReply   = "Reply address"
	notMatched       = "not matched"
)

// matchParties finds the applications that relying parties move to, and their sign-ins.
func matchParties(ctx context.Context, r Reader, q *InsightQuery, in store.Range, list []*relyingParty) error {
	var uris []string
	for _, p := range list {
		uris = append(uris, p.id)
		if p.told != nil {
			uris = append(uris, p.told.ReplyURLs...)
		}
	}
	known, err := r.AppsByURI(ctx, uris, nil)
	if err != nil {
		return err
	}
	var apps []string
	for _, p := range list {
		p.match(known, q.Moves)
		apps = append(apps, p.apps...)
	}
	if len(apps) == 0 {
		return nil
	}
	slices.Sort(apps)
	apps = slices.Compact(apps)
	rows, _, err := allRows(ctx, r, tableOf(store.ListQuery{Log: store.Interactive, Range: in, Filter: withoutFederation(ofApps(q.Filter, apps))}, store.AppField))
	counts := byValue(rows)
	for _, p := range list {
		for _, app := range p.apps {
			if row := counts[store.FoldCase(app)]; row != nil {
				p.entra += row.Total()
			}
		}
	}
	return err
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

// listParties gives the relying parties. They are few: all are held.
func listParties(ctx context.Context, r Reader, q *InsightQuery) (*InsightRows, error) {
	return heldCompared(ctx, q, func(ctx context.Context, in store.Range) (rows []InsightRow, complete bool, err error) {
		list, complete, err := partiesOf(ctx, r, q, in)
		if err != nil {
			return nil, false, err
		}
		var apps []string
		for _, p := range list {
			apps = append(apps, p.apps...)
		}
		names, err := NamesOfApps(ctx, r, apps)
		for _, p := range list {
			rows = append(rows, InsightRow{ID: p.id, Name: p.name, Cells: p.cells(q, in, names), Source: p})
		}
		return rows, complete, err
	}, (&relyingParty{seen: store.TableRow{Distinct: []int64{0}}}).cells(q, q.Before(), nil))
}

// listChecks gives the checks of the report, whatever the range.
func listChecks(ctx context.Context, r Reader, q *InsightQuery) (*InsightRows, error) {
	told, err := presentParties(ctx, r)
	if err != nil {
		return nil, err
	}
	var rows []InsightRow
	for i := range told {
		p := relyingParty{told: &told[i]}
		for _, check := range told[i].Checks {
			rows = append(rows, InsightRow{ID: told[i].ID + " " + check.Name, Name: cmp.Or(told[i].Name, told[i].ID), Cells: []Cell{
				textCell(check.Name), textCell(check.Result), textCell(cmp.Or(check.Message, check.Value)), textCell(p.migration()),
			}})
		}
	}
	page := heldRows(q, rows)
	page.Notes, err = partyNotes(ctx, r)
	return page, err
}

// partyNotes say when the report was imported.
func partyNotes(ctx context.Context, r Reader) ([]Note, error) {
	told, err := r.StatesTold(ctx, nil)
	if err != nil {
		return nil, err
	}
	if of := told[store.StateRelyingParty]; of.N > 0 {
		return []Note{{Text: "The report of relying parties was imported last on", Time: of.LastSeen}}, nil
	}
	return []Note{{Text: "No report of relying parties was imported: the state of a migration is not known. Import the answers of Graph's getRelyingPartyDetailedSummary."}}, nil
}

func tellParties(ctx context.Context, r Reader, q *InsightQuery) (Cell, error) {
	facets, err := r.Facets(ctx, store.FacetsQuery{ListQuery: federated(q, q.Range), Fields: []*store.Field{store.ResourceField}, Top: 1})
	if err != nil {
		return Cell{}, err
	}
	return CountCell(facets[0].Distinct, nil), nil
}

// partyNumbers are the headline numbers of a range.
func partyNumbers(ctx context.Context, r Reader, q *InsightQuery, in store.Range) (cells []Cell, days *store.Histogram, complete bool, err error) {
	var counted []Cell
	var list []*relyingParty
	err = Together(ctx,
		func(ctx context.Context) (err error) {
			counted, days, err = signInNumbers(ctx, r, q, federated(q, in), store.UserField)
			return err
		},
		func(ctx context.Context) (err error) {
			list, complete, err = partiesOf(ctx, r, q, in)
			return err
		},
	)
	if err != nil {
		return nil, nil, false, err
	}
	var used, ready, unmatched int64
	hasReport := false
	for _, p := range list {
		if p.seen.Total() > 0 {
			used++
		}
		if len(p.apps) == 0 {
			unmatched++
		}
		if p.told != nil {
			hasReport = true
			if store.FoldCase(p.told.Migration) == "ready" {
				ready++
			}
		}
	}
	rate := Cell{N: counted[1].N, Of: counted[1].N + counted[2].N}
	cells = append(counted[:4:4], rate, counted[5], CountCell(used, nil), Cell{N: ready, Unknown: !hasReport}, CountCell(unmatched, nil))
	return cells, days, complete && days.Complete, nil
}

func summariseParties(ctx context.Context, r Reader, q *InsightQuery) (*InsightSummary, error) {
	s := &InsightSummary{}
	var completes [2]bool
	err := Together(ctx,
		func(ctx context.Context) (err error) {
			s.Metrics, s.Days, completes[0], err = partyNumbers(ctx, r, q, q.Range)
			return err
		},
		func(ctx context.Context) (err error) {
			s.Before, _, completes[1], err = partyNumbers(ctx, r, q, q.Before())
			return err
		},
		func(ctx context.Context) (err error) {
			s.Notes, err = partyNotes(ctx, r)
			return err
		},
	)
	list := federated(q, q.Range)
	s.Width, s.Records, s.Complete = errorBarWidth(q.Range), &list, completes[0] && completes[1]
	return s, err
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
