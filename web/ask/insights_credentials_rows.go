package ask

import (
	"cmp"
	"context"
	"encoding/base64"
	"slices"
	"strings"
	"time"

	"signpost/store"
)

// listCredentials gives a page of the credentials that the list has.
func listCredentials(ctx context.Context, r Reader, q *InsightQuery) (*InsightRows, error) {
	all, err := heldCredentials(ctx, r, q)
	if err != nil {
		return nil, err
	}
	var rows []InsightRow
	for i := range all.list {
		if c := &all.list[i]; c.isIn(q) {
			rows = append(rows, c.row(q))
		}
	}
	page := heldRows(q, rows)
	page.Complete = all.complete
	return page, nil
}

// isIn says whether the query's list has the credential.
func (c *heldCredential) isIn(q *InsightQuery) bool {
	switch q.List.Name {
	case "ending":
		return c.endsBetween(q.Now, q.horizon())
	case "unused":
		return c.isUnused()
	case "ended":
		return !c.Expires.IsZero() && c.Expires.Before(q.Now)
	}
	return true
}

// row is the credential as a row of a list of credentials.
func (c *heldCredential) row(q *InsightQuery) InsightRow {
	list := principalSignIns(q, q.Range)
	row := InsightRow{ID: c.id(), Name: c.Credential.Name, Records: c.records(list), Source: c}
	row.Cells = []Cell{
		c.app(), textCell(string(c.Type)), textCell(originWords[store.FoldCase(c.Origin)]), CountCell(c.uses(), c.records(*ofStatus(list, store.StatusSuccess))),
		timeCell(c.used), timeCell(c.refused), timeCell(c.Reported.Time), timeCell(c.Expires), timeCell(c.Created), textCell(ownerNames(c.Owners)),
	}
	switch {
	case c.isUnused():
		row.Cells[4].Note = "never"
	case !c.Expires.IsZero() && c.Expires.Before(q.Now) && c.refused.After(c.Expires):
		row.Cells[5].Note = "after its end"
	}
	return row
}

var originWords = map[string]string{"application": "application", "serviceprincipal": "service principal"}

// app is the cell of the application, with its ID as the note.
func (c *heldCredential) app() Cell {
	cell := Cell{Text: cmp.Or(c.Name, c.AppID), Unknown: c.Name == "" && c.AppID == ""}
	if c.Name != "" {
		cell.Note = c.AppID
	}
	return cell
}

func textCell(text string) Cell { return Cell{Text: text, Unknown: text == ""} }

func timeCell(t time.Time) Cell { return Cell{Time: t, Unknown: t.IsZero()} }

// ownerNames names each owner once.
func ownerNames(owners []store.Owner) string {
	var names []string
	for _, o := range owners {
		if name := cmp.Or(o.Name, o.Username, o.ID); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

// graphCredential is a row as Graph's appCredentialSignInActivity.
func graphCredential(list *InsightList, row *InsightRow) any {
	type use struct {
		Time *time.Time `json:"lastSignInDateTime"`
	}
	type activity struct {
		ID    string  `json:"id"`
		KeyID *string `json:"keyId"`
		Type  string  `json:"keyType,omitempty"`
		App   string  `json:"appId"`
		// Thumbprint stands for the key ID where nothing tells that.
		Thumbprint string     `json:"thumbprint,omitempty"`
		Origin     string     `json:"credentialOrigin,omitempty"`
		Created    *time.Time `json:"createdDateTime"`
		Expires    *time.Time `json:"expirationDateTime"`
		Last       use        `json:"signInActivity"`
	}
	cell := func(n *Number) Cell { return list.Cell(row.Cells, n) }
	at := func(n *Number) *time.Time {
		if t := cell(n).Time.UTC(); !cell(n).Unknown {
			return &t
		}
		return nil
	}
	app := cell(NumberOfApp)
	a := activity{
		ID: base64.StdEncoding.EncodeToString([]byte(row.ID)), KeyID: &row.ID, Type: cell(NumberKeyType).Text, App: cmp.Or(app.Note, app.Text), Created: at(NumberStarts), Expires: at(NumberExpires), Last: use{at(NumberKeyUsed)},
	}
	if c, ok := row.Source.(*heldCredential); ok && c.KeyID == "" {
		a.KeyID, a.Thumbprint = nil, c.Thumbprint
	}
	switch cell(NumberOrigin).Text {
	case originWords["application"]:
		a.Origin = store.OriginApplication
	case originWords["serviceprincipal"]:
		a.Origin = store.OriginServicePrincipal
	}
	return a
}
