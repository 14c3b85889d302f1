package ask

import (
	"cmp"
	"context"
	"strconv"

	"signpost/store"
)

// A whole report that lacks a row of an earlier one says that the object is gone. Such rows count in no number. Each report that
// can lose rows has a list of them.

const (
	goneName  = "gone"
	goneTitle = "No longer reported"
)

// NumberGone is the date of the report that no longer has a row.
var NumberGone = &Number{
	Name: goneName, Label: "No longer in the report of", Unit: InTime,
	Definition: "The date of the first whole report that lacks the row. The date of a report is the newest that its rows tell, else the time of its file.",
}

// goneDefinition says what a list of such rows holds.
func goneDefinition(of string) string {
	return of + " of an earlier report that the newest whole report lacks. They count in no number. A part of a report takes nobody out."
}

// goneRegistrations are people whom the report of registration details no longer has.
var goneRegistrations = &InsightList{
	Name: goneName, Title: goneTitle, One: "user", Many: "users", Object: store.ObjectUser, Unsorted: true, Undated: true,
	Definition: goneDefinition("Users"),
	Columns:    []*Number{NumberPerson, NumberRegisteredMethods, NumberIsMFACapable, NumberIsPasswordless, NumberIsResetCapable, NumberIsAdmin, NumberUserKind, NumberPreferred, NumberRowDate, NumberGone},
	Sort:       NumberPerson, Ask: listRegistrations, Graph: graphRegistration, Resource: "userRegistrationDetails",
}

// goneCredentials are credentials that only an earlier report told.
var goneCredentials = &InsightList{
	Name: goneName, Title: goneTitle, One: "credential", Many: "credentials", Undated: true,
	Definition: goneDefinition("Credentials") + " Those of the imported directory stay in the other lists.",
	Columns:    []*Number{NumberCredential, NumberOfApp, NumberKeyType, NumberOrigin, NumberReported, NumberExpires, NumberStarts, NumberGone},
	Sort:       NumberGone, Ask: listGoneCredentials,
}

func listGoneCredentials(ctx context.Context, r Reader, q *InsightQuery) (*InsightRows, error) {
	found, err := r.AppCredentials(ctx, store.AppCredentialsQuery{Gone: true})
	if err != nil {
		return nil, err
	}
	apps, err := appsOfGroups(ctx, r, q)
	if err != nil {
		return nil, err
	}
	var rows []InsightRow
	for i := range found.Rows {
		c := heldCredential{AppCredential: found.Rows[i]}
		if apps != nil && !apps[c.AppID] {
			continue
		}
		rows = append(rows, InsightRow{ID: c.KeyID, Name: c.Credential.Name, Cells: []Cell{
			c.app(), textCell(string(c.Type)), textCell(originWords[store.FoldCase(c.Origin)]), timeCell(c.Reported.Time), timeCell(c.Expires), timeCell(c.Created), timeCell(c.Gone),
		}})
	}
	return heldRows(q, rows), nil
}

// goneParties are relying parties that the report of AD FS no longer has.
var goneParties = &InsightList{
	Name: goneName, Title: goneTitle, One: "relying party", Many: "relying parties", Undated: true,
	Definition: goneDefinition("Relying parties") + " One that people still sign in to stays in the first list, without its migration.",
	Columns:    []*Number{NumberParty, NumberMigration, NumberGone},
	Sort:       NumberGone, Ask: listGoneParties,
}

func listGoneParties(ctx context.Context, r Reader, q *InsightQuery) (*InsightRows, error) {
	told, err := r.RelyingParties(ctx, nil)
	if err != nil {
		return nil, err
	}
	var rows []InsightRow
	for i := range told {
		if p := (relyingParty{told: &told[i]}); !told[i].Gone.IsZero() {
			rows = append(rows, InsightRow{ID: told[i].ID, Name: cmp.Or(told[i].Name, told[i].ID), Cells: []Cell{textCell(p.migration()), timeCell(told[i].Gone)}})
		}
	}
	return heldRows(q, rows), nil
}

// presentParties are the relying parties that the newest whole report has.
func presentParties(ctx context.Context, r Reader) (present []store.RelyingParty, err error) {
	told, err := r.RelyingParties(ctx, nil)
	for i := range told {
		if told[i].Gone.IsZero() {
			present = append(present, told[i])
		}
	}
	return present, err
}

// goneNote says how many rows an earlier report had that the newest lacks, and leads to them.
func goneNote(n int64, one, many, address string) Note {
	words := strconv.FormatInt(n, 10) + " " + many + " of earlier reports are no longer in the newest."
	if n == 1 {
		words = "1 " + one + " of an earlier report is no longer in the newest."
	}
	return Note{Text: words, Address: address, Link: "Show them"}
}

// partNotes say that the newest file of a report is a part, or may be one: then nobody knows who left since the newest whole report.
func partNotes(told store.StateTold) []Note {
	if !told.Part.After(told.Whole) {
		return nil
	}
	words := "Only parts of the report were imported, so rows that are no longer in it count too. Import it whole, in one file. The newest part is of"
	if !told.Whole.IsZero() {
		words = "The newest file of the report is a part, or may be one: nobody was taken out by it. Import the report whole, in one file. The part is of"
	}
	return []Note{{Text: words, Time: told.Part}}
}
