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

// Credentials is the report about the passwords and keys of applications and service principals. What exists is told by the
// directory, by Graph's report and by sign-ins. What was used is told by sign-ins.
var Credentials = &Insight{
	Name: "credentials", Title: "Credentials of applications",
	Question: "Which passwords and keys of applications are used, end soon, have ended and are still tried, or are used by nobody.",
	Needs:    "Sign-ins of service principals. An imported directory adds owners, ends and credentials that nobody uses.",
	Logs:     []store.Log{store.ServicePrincipal},
	Switches: []*Switch{SwitchHorizon},
	Numbers:  []*Number{NumberCredentials, NumberUsedKeys, NumberEnding, NumberEnded, NumberTried, NumberWrongSecrets, NumberUnused},
	Telling:  NumberEnding, Tell: tellEnding,
	Summary: summariseCredentials,
	Lists: []*InsightList{
		credentialList("", "All", "Every credential that the directory, the report of credentials or a stored sign-in names.", nil),
		credentialList("ending", "Ending", "Credentials that end between now and the end of the chosen time.", NumberExpires),
		{
			Name: "calendar", Title: "Calendar", Definition: "The days, in your time zone, on which credentials end between now and the end of the chosen time.",
			One: "day", Many: "days", Columns: []*Number{NumberEndDay, NumberEndCount, NumberEndNames}, Sort: NumberEndDay, Ask: listEndDays,
		},
		credentialList("unused", "Never used", "Credentials of the directory or the report of which no stored sign-in and no report tells a use. An earlier use that was not imported is not known.", nil),
		credentialList("ended", "Ended", "Credentials that have ended. Those that are still tried have a sign-in that was refused since.", NumberRefused),
		refusedList("tried", "Ended and still tried", "Sign-ins of service principals that failed because the secret has ended (error 7000222), by application and resource.", secretEnded),
		refusedList("wrong", "Wrong secrets", "Sign-ins of service principals with a secret that is none of the application's (error 7000215), by application and resource.", secretWrong),
		{
			Name: "network", Title: "New network", Definition: "Credentials used with success from a network without such a use in the 90 days before the range. A network is an autonomous system number. A credential without a use in those 90 days is left out: all its networks are new.",
			One: "credential", Many: "credentials", Columns: []*Number{NumberCredential, NumberOfApp, NumberNewNetworks, NumberKnownNetworks, NumberKeyUses, NumberKeyUsed, NumberOwners}, Sort: NumberKeyUses, Ask: listNewNetworks,
		},
		goneCredentials,
	},
}

// The errors of secrets.
const (
	secretEnded = "7000222"
	secretWrong = "7000215"
)

// SwitchHorizon is how far ahead ends are looked for.
var SwitchHorizon = &Switch{Param: "ahead", Label: "Ends within", Options: []SwitchOption{{"30", "Ends in 30 days"}, {"90", "In 90 days"}, {"365", "In 1 year"}}}

// horizon is the time until which credentials count as ending.
func (q *InsightQuery) horizon() time.Time {
	days := map[string]int{"90": 90, "365": 365}[q.Chosen[SwitchHorizon.Param]]
	return q.Now.AddDate(0, 0, cmp.Or(days, 30))
}

// The columns of credentials.
var (
	NumberCredential = &Number{Name: "name", Label: "Credential", Unit: InText, Definition: "The name of the credential and its key ID."}
	NumberOfApp      = &Number{Name: "app", Label: "Application", Unit: InText, Definition: "The application that has the credential, by the directory or the report; of one that only sign-ins name, the application that used it last."}
	NumberKeyType    = &Number{Name: "type", Label: "Type", Unit: InText, Definition: "A password or a certificate. Sources that say secret or client secret mean a password."}
	NumberOrigin     = &Number{Name: "origin", Label: "Origin", Unit: InText, Definition: "Whether the application has the credential, or its service principal in this tenant."}
	NumberKeyUses    = &Number{Name: "uses", Label: "Uses", Unit: InCount, Definition: "Successful sign-ins of service principals in the range that name the key ID, or its thumbprint without a key ID."}
	NumberKeyUsed    = &Number{Name: "used", Label: "Last used", Unit: InTime, Definition: "The newest successful sign-in with the key ID or the thumbprint among all that are stored, whatever the range."}
	NumberRefused    = &Number{Name: "refused", Label: "Last refused", Unit: InTime, Definition: "The newest failed sign-in with the key ID or the thumbprint among all that are stored, whatever the range."}
	NumberReported   = &Number{Name: "reported", Label: "Last use by the report", Unit: InTime, Definition: "The last sign-in that the imported report of credentials tells."}
	NumberExpires    = &Number{Name: "expires", Label: "Ends", Unit: InTime, RisesFirst: true, Definition: "The end by the directory, else by the report."}
	NumberStarts     = &Number{Name: "created", Label: "Begins", Unit: InTime, Definition: "The begin by the directory, else the creation by the report."}
	NumberOwners     = &Number{Name: "owners", Label: "Owners", Unit: InText, Definition: "Owners of the application and of its service principal, by the imported directory. It is - where none were imported."}
)

// The numbers above the list, and the columns of its other tables.
var (
	NumberCredentials   = &Number{Name: "credentials", Label: "Credentials", Unit: InCount, Definition: "Credentials that the directory, the report or a stored sign-in names, each once by its application and key ID."}
	NumberUsedKeys      = &Number{Name: "usedkeys", Label: "Used", Unit: InCount, Definition: "Those with a successful sign-in in the range."}
	NumberEnding        = &Number{Name: "ending", Label: "Ending", Unit: InCount, Definition: "Those that end between now and the end of the chosen time (30 days unless another is chosen)."}
	NumberEnded         = &Number{Name: "ended", Label: "Ended", Unit: InCount, Definition: "Those whose end is before now."}
	NumberTried         = &Number{Name: "tried", Label: "Tried after the end", Unit: InCount, Definition: "Sign-ins of service principals in the range that failed with error 7000222: the secret has ended."}
	NumberWrongSecrets  = &Number{Name: "wrong", Label: "Wrong secrets", Unit: InCount, Definition: "Sign-ins of service principals in the range that failed with error 7000215: the secret is wrong."}
	NumberUnused        = &Number{Name: "unused", Label: "Never used", Unit: InCount, Definition: "Those of the directory or the report without a use that a stored sign-in or the report tells."}
	NumberEndDay        = &Number{Name: "day", Label: "Day", Unit: InText}
	NumberEndCount      = &Number{Name: "credentials", Label: "Credentials", Unit: InCount, Definition: "Credentials that end on the day."}
	NumberEndNames      = &Number{Name: "names", Label: "Which", Unit: InText, Unsorted: true, Definition: "Their applications and names."}
	NumberResource      = &Number{Name: "resource", Label: "Resource", Unit: InText}
	NumberRefusals      = &Number{Name: "signins", Label: "Sign-ins", Unit: InCount, Definition: "The sign-ins of the row in the range."}
	NumberNamedKeys     = &Number{Name: "keys", Label: "Keys", Unit: InText, Unsorted: true, Definition: "The key IDs that these sign-ins name, three at most. Sign-ins that name none are tied to no credential."}
	NumberNewNetworks   = &Number{Name: "networks", Label: "New networks", Unit: InText, Unsorted: true, Definition: "Networks of successful sign-ins in the range without one in the 90 days before it."}
	NumberKnownNetworks = &Number{Name: "known", Label: "Networks before", Unit: InCount, Definition: "Different networks of the credential's successful sign-ins in the 90 days before the range."}
)

// credentialList is a list of credentials; sort nil for the most used first.
func credentialList(name, title, definition string, sort *Number) *InsightList {
	if sort == nil {
		sort = NumberKeyUses
	}
	return &InsightList{
		Name: name, Title: title, Definition: definition, One: "credential", Many: "credentials",
		Columns: []*Number{NumberCredential, NumberOfApp, NumberKeyType, NumberOrigin, NumberKeyUses, NumberKeyUsed, NumberRefused, NumberReported, NumberExpires, NumberStarts, NumberOwners},
		Sort:    sort, Ask: listCredentials, Graph: graphCredential, Resource: "appCredentialSignInActivity",
	}
}

// heldCredential is a credential with its sign-ins.
type heldCredential struct {
	store.AppCredential
	// seen says that only sign-ins name it.
	seen          bool
	uses          int64     // in the range
	used, refused time.Time // ever
}

// isUnused says that nothing tells a use.
func (c *heldCredential) isUnused() bool {
	return !c.seen && c.used.IsZero() && c.Reported.Time.IsZero()
}

func (c *heldCredential) endsBetween(from, to time.Time) bool {
	return !c.Expires.IsZero() && !c.Expires.Before(from) && c.Expires.Before(to)
}

// principalSignIns are the sign-ins of service principals in a range, with the filter of the report.
func principalSignIns(q *InsightQuery, r store.Range) store.ListQuery {
	return store.ListQuery{Log: store.ServicePrincipal, Range: r, Filter: q.Filter}
}

// allRows gives every row of a table.
func allRows(ctx context.Context, r Reader, t store.TableQuery) (rows []store.TableRow, complete bool, err error) {
	t.Sort, t.Limit, t.After, complete = store.ByValue, store.MaxTop, nil, true
	for {
		table, err := r.Table(ctx, t)
		if err != nil {
			return nil, false, err
		}
		rows, complete = append(rows, table.Rows...), complete && table.Complete
		if table.Next == nil {
			return rows, complete, nil
		}
		t.After = table.Next
	}
}

// heldCredentials gives every credential with its sign-ins. complete says that all sign-ins were counted.
func heldCredentials(ctx context.Context, r Reader, q *InsightQuery) (list []heldCredential, complete bool, err error) {
	var known store.AppCredentialPage
	var told []store.AppTold
	var apps map[string]bool
	tables := make([]struct {
		rows     []store.TableRow
		complete bool
	}, 4)
	table := func(i int, list store.ListQuery, by, across *store.Field) func(context.Context) error {
		return func(ctx context.Context) (err error) {
			t := tableOf(list, by)
			if t.Across = across; across != nil {
				t.Columns = 1
			}
			tables[i].rows, tables[i].complete, err = allRows(ctx, r, t)
			return err
		}
	}
	ever, inRange := principalSignIns(q, store.AllTime()), principalSignIns(q, q.Range)
	// A thumbprint counts where the record names no key ID: other records are counted by that.
	everByPrint, byPrint := ever, inRange
	everByPrint.Filter = ever.Filter.With(store.KeyField, store.OpEmpty, "")
	byPrint.Filter = inRange.Filter.With(store.KeyField, store.OpEmpty, "")
	err = Together(ctx,
		func(ctx context.Context) (err error) {
			known, err = r.AppCredentials(ctx, store.AppCredentialsQuery{})
			return err
		},
		func(ctx context.Context) (err error) {
			told, err = r.AppsTold(ctx, nil, nil)
			return err
		},
		func(ctx context.Context) (err error) {
			apps, err = appsOfGroups(ctx, r, q.Filter)
			return err
		},
		table(0, ever, store.KeyField, store.AppField),
		table(1, everByPrint, store.ThumbprintField, nil),
		table(2, inRange, store.KeyField, nil),
		table(3, byPrint, store.ThumbprintField, nil),
	)
	if err != nil {
		return nil, false, err
	}
	complete = true
	for i := range tables {
		complete = complete && tables[i].complete
	}
	keys, prints := byValue(tables[0].rows), byValue(tables[1].rows)
	usesOfKey, usesOfPrint := byValue(tables[2].rows), byValue(tables[3].rows)
	found, toldOf := map[string]bool{}, map[string]int{}
	for i := range told {
		toldOf[told[i].AppID] = i
	}
	for i := range known.Rows {
		c := heldCredential{AppCredential: known.Rows[i]}
		found[c.KeyID] = true
		for _, row := range []*store.TableRow{keys[c.KeyID], prints[store.FoldCase(c.Thumbprint)]} {
			if row != nil {
				c.used, c.refused = later(c.used, row.LastSuccess), later(c.refused, row.LastFailure)
			}
		}
		for _, row := range []*store.TableRow{usesOfKey[c.KeyID], usesOfPrint[store.FoldCase(c.Thumbprint)]} {
			if row != nil {
				c.uses += row.ByStatus[store.StatusSuccess]
			}
		}
		if apps == nil || apps[c.AppID] {
			list = append(list, c)
		}
	}
	for i := range tables[0].rows {
		row := &tables[0].rows[i]
		if found[store.FoldCase(row.Value)] {
			continue
		}
		c := heldCredential{seen: true, used: row.LastSuccess, refused: row.LastFailure}
		c.KeyID, c.AppID, c.Name = row.Value, row.Top.Value, row.Top.Label
		if at, known := toldOf[store.FoldCase(c.AppID)]; known {
			c.Name, c.Owners = told[at].Name(), told[at].Owners
		}
		if of := usesOfKey[store.FoldCase(row.Value)]; of != nil {
			c.uses = of.ByStatus[store.StatusSuccess]
		}
		list = append(list, c)
	}
	return list, complete, nil
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// appsOfGroups gives the applications whose service principals are members of the filter's groups; nil without a group. A
// department has users alone.
func appsOfGroups(ctx context.Context, r Reader, f store.Filter) (map[string]bool, error) {
	of := store.PeopleOfFilter(f)
	members, apps := map[string]bool{}, map[string]bool{}
	switch {
	case len(of.Departments) > 0:
		return apps, nil
	case len(of.Groups) == 0:
		return nil, nil
	}
	for _, group := range of.Groups {
		q := store.GroupMembersQuery{Group: group, Limit: store.MaxTop}
		for {
			page, err := r.GroupMembers(ctx, q)
			if err != nil {
				return nil, err
			}
			for _, m := range page.Members {
				members[m.ID] = true
			}
			if q.After = page.Next; page.Next == nil {
				break
			}
		}
	}
	told, err := r.AppsTold(ctx, nil, nil)
	for i := range told {
		if members[told[i].Principal.ID] {
			apps[told[i].AppID] = true
		}
	}
	return apps, err
}

// listCredentials gives a page of the credentials that the list has.
func listCredentials(ctx context.Context, r Reader, q *InsightQuery) (*InsightRows, error) {
	all, complete, err := heldCredentials(ctx, r, q)
	if err != nil {
		return nil, err
	}
	var rows []InsightRow
	for i := range all {
		if c := &all[i]; c.isIn(q) {
			rows = append(rows, c.row(q))
		}
	}
	page := heldRows(q, rows)
	page.Complete = complete
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
	row := InsightRow{ID: c.KeyID, Name: c.Credential.Name, Records: narrowed(list, store.KeyField, c.KeyID)}
	row.Cells = []Cell{
		c.app(), textCell(string(c.Type)), textCell(originWords[store.FoldCase(c.Origin)]), CountCell(c.uses, narrowed(*ofStatus(list, store.StatusSuccess), store.KeyField, c.KeyID)),
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

// tellEnding counts the credentials that end soon, which takes no sign-in.
func tellEnding(ctx context.Context, r Reader, q *InsightQuery) (Cell, error) {
	page, err := r.AppCredentials(ctx, store.AppCredentialsQuery{Expires: store.Range{From: q.Now, To: q.horizon()}, Limit: 1})
	return CountCell(page.Total, nil), err
}

// summariseCredentials counts credentials, and those that end by month.
func summariseCredentials(ctx context.Context, r Reader, q *InsightQuery) (*InsightSummary, error) {
	var all []heldCredential
	var complete bool
	refused := make([]store.Total, 4)
	count := func(i int, code string, of store.Range) func(context.Context) error {
		return func(ctx context.Context) (err error) {
			refused[i], err = r.Total(ctx, *narrowed(principalSignIns(q, of), store.ErrorField, code))
			return err
		}
	}
	err := Together(ctx,
		func(ctx context.Context) (err error) {
			all, complete, err = heldCredentials(ctx, r, q)
			return err
		},
		count(0, secretEnded, q.Range), count(1, secretWrong, q.Range), count(2, secretEnded, q.Before()), count(3, secretWrong, q.Before()),
	)
	if err != nil {
		return nil, err
	}
	var used, ending, ended, unused int64
	for i := range all {
		c := &all[i]
		for n, is := range map[*int64]bool{
			&used: c.uses > 0, &ending: c.endsBetween(q.Now, q.horizon()), &ended: !c.Expires.IsZero() && c.Expires.Before(q.Now), &unused: c.isUnused(),
		} {
			if is {
				*n++
			}
		}
	}
	list, unknown := principalSignIns(q, q.Range), Cell{Unknown: true}
	s := &InsightSummary{Complete: complete, Bars: endMonths(q, all)}
	s.Metrics = []Cell{
		CountCell(int64(len(all)), nil), CountCell(used, nil), CountCell(ending, nil), CountCell(ended, nil),
		CountCell(refused[0].N, narrowed(list, store.ErrorField, secretEnded)), CountCell(refused[1].N, narrowed(list, store.ErrorField, secretWrong)), CountCell(unused, nil),
	}
	s.Before = []Cell{unknown, unknown, unknown, unknown, CountCell(refused[2].N, nil), CountCell(refused[3].N, nil), unknown}
	for i := range refused {
		s.Complete = s.Complete && refused[i].Complete
	}
	s.Notes, err = credentialNotes(ctx, r)
	return s, err
}

// endMonths count the credentials that end in each of the next twelve months.
func endMonths(q *InsightQuery, all []heldCredential) (bars []InsightBar) {
	now := q.Now.In(q.Location)
	for i := range 12 {
		from := time.Date(now.Year(), now.Month()+time.Month(i), 1, 0, 0, 0, 0, q.Location)
		to := time.Date(now.Year(), now.Month()+time.Month(i)+1, 1, 0, 0, 0, 0, q.Location)
		if from.Before(q.Now) {
			from = q.Now
		}
		bar := InsightBar{Label: "End in " + from.In(q.Location).Format("January 2006")}
		for k := range all {
			if all[k].endsBetween(from, to) {
				bar.N++
			}
		}
		bars = append(bars, bar)
	}
	return bars
}

// credentialNotes say what is not known.
func credentialNotes(ctx context.Context, r Reader) (notes []Note, err error) {
	apps, err := r.AppsTold(ctx, nil, nil)
	if err != nil {
		return nil, err
	}
	told := slices.ContainsFunc(apps, func(a store.AppTold) bool { return a.CredentialsTold })
	states, err := r.StatesTold(ctx, nil)
	reported := states[store.StateCredentialActivity].N > 0
	if !told && !reported {
		notes = append(notes, Note{Text: "Neither the credentials of applications nor the report of credentials were imported: only those that sign-ins name are known. Import applications and servicePrincipals with keyCredentials, passwordCredentials and owners."})
	}
	return notes, err
}

// graphCredential is a row as Graph's appCredentialSignInActivity.
func graphCredential(list *InsightList, row *InsightRow) any {
	type use struct {
		Time *time.Time `json:"lastSignInDateTime"`
	}
	type activity struct {
		ID      string     `json:"id"`
		KeyID   string     `json:"keyId"`
		Type    string     `json:"keyType,omitempty"`
		App     string     `json:"appId"`
		Origin  string     `json:"credentialOrigin,omitempty"`
		Created *time.Time `json:"createdDateTime"`
		Expires *time.Time `json:"expirationDateTime"`
		Last    use        `json:"signInActivity"`
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
		ID: base64.StdEncoding.EncodeToString([]byte(row.ID)), KeyID: row.ID, Type: cell(NumberKeyType).Text, App: cmp.Or(app.Note, app.Text), Created: at(NumberStarts), Expires: at(NumberExpires), Last: use{at(NumberKeyUsed)},
	}
	switch cell(NumberOrigin).Text {
	case originWords["application"]:
		a.Origin = store.OriginApplication
	case originWords["serviceprincipal"]:
		a.Origin = store.OriginServicePrincipal
	}
	return a
}
