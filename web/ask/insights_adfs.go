package ask

import (
	"cmp"
	"context"

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
		return append([]Note{{Text: "The report of relying parties was imported last on", Time: of.LastSeen}}, partNotes(of)...), nil
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
