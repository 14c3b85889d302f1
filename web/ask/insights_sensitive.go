package ask

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"signpost/store"
)

// SensitiveApp is an application that is marked sensitive. Why tells it for those of the preset.
type SensitiveApp struct{ ID, Name, Why string }

// SensitivePreset are the applications that count as sensitive until administrators say others: the tools of administrators. Microsoft
// asks for multifactor authentication in most of them (Microsoft Learn: "Planning for mandatory multifactor authentication").
func SensitivePreset() []SensitiveApp {
	const portal, shell = "A portal of administrators: it changes the tenant and its resources.", "A command line of administrators: it changes the tenant and its resources."
	return []SensitiveApp{
		{"c44b4083-3bb0-49c1-b47d-974e53cbdf3c", "Azure Portal", "The Azure portal and the admin centers of Microsoft Entra and Intune sign in with it."},
		{"00000006-0000-0ff1-ce00-000000000000", "Microsoft 365 admin center", portal},
		{"497effe9-df71-4043-a8bb-14cf78c4b63b", "Exchange admin center", portal},
		{"0c1307d4-29d6-4389-a11c-5cbe7f65d7fa", "Azure mobile app", portal},
		{"04b07795-8ddb-461a-bbee-02f9e1bf7b46", "Microsoft Azure CLI", shell},
		{"1950a258-227b-4e31-a9cf-717495945fc2", "Microsoft Azure PowerShell", shell},
		{"1b730954-1685-4b74-9bfd-dac224a7b894", "Azure Active Directory PowerShell", shell},
		{"14d82eec-204b-4c2f-b7e8-296a70dab67e", "Microsoft Graph Command Line Tools", shell},
		{"de8bc8b5-d9f9-48b1-a8ad-b748da725064", "Graph Explorer", "It sends any request to Microsoft Graph."},
	}
}

// SensitiveApps gives the applications that are marked sensitive: those with the IDs, or those of the preset where ids is nil. Each
// has the name that the tenant's sign-ins or its directory have for it.
func SensitiveApps(ctx context.Context, r Reader, ids []string) ([]SensitiveApp, error) {
	preset := SensitivePreset()
	apps := preset
	if ids != nil {
		apps = make([]SensitiveApp, len(ids))
		for i, id := range ids {
			apps[i].ID = id
			if at := slices.IndexFunc(preset, func(a SensitiveApp) bool { return a.ID == id }); at >= 0 {
				apps[i] = preset[at]
			}
		}
	}
	if len(apps) == 0 {
		return nil, nil
	}
	var all []string
	for _, app := range apps {
		all = append(all, app.ID)
	}
	names, err := NamesOfApps(ctx, r, all)
	for i := range apps {
		apps[i].Name = cmp.Or(names[apps[i].ID], apps[i].Name)
	}
	return apps, err
}

// NamesOfApps gives the names of applications by their IDs: that on the newest sign-in, else that of the directory. An application
// that neither has is left out.
func NamesOfApps(ctx context.Context, r Reader, ids []string) (map[string]string, error) {
	names := map[string]string{}
	if len(ids) == 0 {
		return names, nil
	}
	var seen []store.TableRow
	var told []store.AppTold
	err := Together(ctx,
		func(ctx context.Context) (err error) {
			seen, _, err = allRows(ctx, r, store.TableQuery{Range: store.AllTime(), By: store.AppField, Only: ids})
			return err
		},
		func(ctx context.Context) (err error) {
			told, err = r.AppsTold(ctx, ids, nil)
			return err
		},
	)
	for i := range told {
		names[store.FoldCase(told[i].AppID)] = told[i].Name()
	}
	for i := range seen {
		if seen[i].Label != "" {
			names[store.FoldCase(seen[i].Value)] = seen[i].Label
		}
	}
	return names, err
}

// ofApps narrows a filter to some applications.
func ofApps(f store.Filter, ids []string) store.Filter {
	for _, id := range ids {
		f = f.With(store.AppField, store.OpIs, id)
	}
	return f
}

// The columns of the users without a strong method.
var (
	NumberSensitiveApps    = &Number{Name: "apps", Label: "Sensitive applications", Unit: InCount, Definition: "Different applications that are marked sensitive among the user's successful sign-ins. Administrators choose them in the settings."}
	NumberSensitiveSignIns = &Number{Name: "signins", Label: "Sign-ins", Unit: InCount, Definition: "The user's successful interactive and non-interactive sign-ins to these applications in the range. The link leads to the interactive ones."}
)

// weakUsers is the list of users without a strong method who sign in to sensitive applications.
var weakUsers = &InsightList{
	Name: "weak", Title: "No strong method", One: "user", Many: "users", Object: store.ObjectUser,
	Definition: "Users who signed in to an application marked sensitive, and for whom the imported report of registration details says isMfaRegistered false: no strong method is registered. A user without a row in the report is left out.",
	Columns:    []*Number{NumberUser, NumberSensitiveApps, NumberSensitiveSignIns, NumberIsAdmin, NumberRegisteredMethods, NumberLast},
	Sort:       NumberSensitiveSignIns, Ask: listWeak,
}

// withoutStrong gives the rows of the registration report that tell of no strong method, by the users' IDs.
func withoutStrong(ctx context.Context, r Reader) (map[string]*store.Registration, error) {
	found := map[string]*store.Registration{}
	asked := store.RegistrationsQuery{States: []store.RegistrationCondition{{State: store.MFARegistered, Is: store.False}}, Limit: store.MaxTop}
	for {
		page, err := r.Registrations(ctx, asked)
		if err != nil {
			return nil, err
		}
		for i := range page.Rows {
			found[store.FoldCase(page.Rows[i].ID)] = &page.Rows[i]
		}
		if page.Next == nil {
			return found, nil
		}
		asked.After = page.Next
	}
}

// listWeak gives the users. Sensitive applications are few and their users are administrators, so all are held.
func listWeak(ctx context.Context, r Reader, q *InsightQuery) (*InsightRows, error) {
	apps, err := SensitiveApps(ctx, r, q.Sensitive)
	if err != nil {
		return nil, err
	}
	if len(apps) == 0 {
		return &InsightRows{Complete: true, Notes: []Note{{Text: "No application is marked sensitive in the settings."}}}, nil
	}
	var ids []string
	for _, app := range apps {
		ids = append(ids, app.ID)
	}
	list := *ofStatus(store.ListQuery{Log: store.Interactive, Range: q.Range, Filter: ofApps(q.Filter, ids)}, store.StatusSuccess)
	var users []store.TableRow
	var weak map[string]*store.Registration
	var told map[store.StateKind]store.StateTold
	var complete bool
	err = Together(ctx,
		func(ctx context.Context) (err error) {
			asked := tableOf(list, store.UserField)
			asked.Logs, asked.Distinct = userLogs, []*store.Field{store.AppField}
			users, complete, err = allRows(ctx, r, asked)
			return err
		},
		func(ctx context.Context) (err error) {
			weak, err = withoutStrong(ctx, r)
			return err
		},
		func(ctx context.Context) (err error) {
			told, err = r.StatesTold(ctx, nil)
			return err
		},
	)
	if err != nil {
		return nil, err
	}
	var rows []InsightRow
	for i := range users {
		u := &users[i]
		reg := weak[store.FoldCase(u.Value)]
		if reg == nil {
			continue
		}
		rows = append(rows, InsightRow{ID: u.Value, Name: u.Label, Username: u.Username, Cells: []Cell{
			CountCell(u.Distinct[0], nil), CountCell(u.Total(), narrowed(list, store.UserField, u.Value)), boolCell(reg.Admin), methodsCell(reg.Methods), {Time: u.Last},
		}})
	}
	page := heldRows(q, rows)
	page.Complete = complete
	if of := told[store.StateRegistration]; of.N == 0 {
		page.Notes = append(page.Notes, Note{Text: "No registration details were imported: nobody is known to have no strong method. Import the answers of Graph's userRegistrationDetails."})
	} else {
		page.Notes = append(page.Notes, Note{Text: "Registration details were imported last on", Time: of.LastSeen})
		page.Notes = append(page.Notes, partNotes(of)...)
	}
	var names []string
	for _, app := range apps {
		names = append(names, app.Name)
	}
	page.Notes = append(page.Notes, Note{Text: "Marked sensitive: " + strings.Join(names, ", ") + "."})
	return page, nil
}
