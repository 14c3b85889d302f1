package ask

import (
	"cmp"
	"context"
	"slices"
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
			One: "day", Many: "days", Undated: true, Columns: []*Number{NumberEndDay, NumberEndCount, NumberEndNames}, Sort: NumberEndDay, Ask: listEndDays,
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
	NumberCredential = &Number{Name: "name", Label: "Credential", Unit: InText, Definition: "The name of the credential and its key ID, or its thumbprint where no source tells a key ID."}
	NumberOfApp      = &Number{Name: "app", Label: "Application", Unit: InText, IDLabel: "Application ID", Definition: "The application that has the credential, by the directory or the report; of one that only sign-ins name, the application with most of its sign-ins."}
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
	NumberCredentials   = &Number{Name: "credentials", Label: "Credentials", Unit: InCount, Definition: "Credentials that the directory, the report or a stored sign-in names, each once by its application and key ID. One that only sign-ins name by a thumbprint counts by that."}
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
		Name: name, Title: title, Definition: definition, One: "credential", Many: "credentials", Undated: true,
		Columns: []*Number{NumberCredential, NumberOfApp, NumberKeyType, NumberOrigin, NumberKeyUses, NumberKeyUsed, NumberRefused, NumberReported, NumberExpires, NumberStarts, NumberOwners},
		Sort:    sort, Ask: listCredentials, Graph: graphCredential, Resource: "appCredentialSignInActivity",
	}
}

// tellEnding counts the credentials that end soon, which takes no sign-in.
func tellEnding(ctx context.Context, r Reader, q *InsightQuery) (Cell, error) {
	page, err := r.AppCredentials(ctx, store.AppCredentialsQuery{Expires: store.Range{From: q.Now, To: q.horizon()}, Limit: 1})
	return CountCell(page.Total, nil), err
}

// summariseCredentials counts credentials, and those that end by month.
func summariseCredentials(ctx context.Context, r Reader, q *InsightQuery) (*InsightSummary, error) {
	var held credentials
	var notes []Note
	refused := make([]store.Total, 4)
	count := func(i int, code string, of store.Range) func(context.Context) error {
		return func(ctx context.Context) (err error) {
			refused[i], err = r.Total(ctx, *narrowed(principalSignIns(q, of), store.ErrorField, code))
			return err
		}
	}
	err := Together(ctx,
		func(ctx context.Context) (err error) {
			held, err = heldCredentials(ctx, r, q)
			return err
		},
		func(ctx context.Context) (err error) {
			notes, err = credentialNotes(ctx, r, q)
			return err
		},
		count(0, secretEnded, q.Range), count(1, secretWrong, q.Range), count(2, secretEnded, q.Before()), count(3, secretWrong, q.Before()),
	)
	if err != nil {
		return nil, err
	}
	all := held.list
	var used, ending, ended, unused int64
	for i := range all {
		c := &all[i]
		for n, is := range map[*int64]bool{
			&used: c.uses() > 0, &ending: c.endsBetween(q.Now, q.horizon()), &ended: !c.Expires.IsZero() && c.Expires.Before(q.Now), &unused: c.isUnused(),
		} {
			if is {
				*n++
			}
		}
	}
	list, unknown := principalSignIns(q, q.Range), Cell{Unknown: true}
	s := &InsightSummary{Complete: held.complete, Notes: notes, Bars: endMonths(q, all)}
	s.Metrics = []Cell{
		CountCell(int64(len(all)), nil), CountCell(used, nil), CountCell(ending, nil), CountCell(ended, nil),
		CountCell(refused[0].N, narrowed(list, store.ErrorField, secretEnded)), CountCell(refused[1].N, narrowed(list, store.ErrorField, secretWrong)), CountCell(unused, nil),
	}
	s.Before = []Cell{unknown, unknown, unknown, unknown, CountCell(refused[2].N, nil), CountCell(refused[3].N, nil), unknown}
	for i := range refused {
		s.Complete = s.Complete && refused[i].Complete
	}
	return s, nil
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
func credentialNotes(ctx context.Context, r Reader, q *InsightQuery) (notes []Note, err error) {
	apps, err := appsTold(ctx, r, q)
	if err != nil {
		return nil, err
	}
	told := slices.ContainsFunc(apps, func(a store.AppTold) bool { return a.CredentialsTold })
	states, err := r.StatesTold(ctx, nil)
	notes = partNotes(states[store.StateCredentialActivity])
	reported := states[store.StateCredentialActivity].N > 0
	if !told && !reported {
		notes = append(notes, Note{Text: "Neither the credentials of applications nor the report of credentials were imported: only those that sign-ins name are known. Import applications and servicePrincipals with keyCredentials, passwordCredentials and owners."})
	}
	return notes, err
}
