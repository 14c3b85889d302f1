package views

import (
	"slices"
	"testing"

	"signpost/store"
)

func TestKeptLinks(t *testing.T) {
	interactive, legacy, grouped := List{Log: store.Interactive}, List{Log: store.Interactive, Legacy: true}, List{Log: store.NonInteractive}
	kept := Kept{
		Columns:  map[string][]*store.Property{"interactive": {store.City, store.Location}, "legacy": {store.OperatingSystem}},
		Defaults: map[string]string{"serviceprincipal": "/logs/serviceprincipal?status=failure"},
	}
	at := func(l List, query string) LogPage { return LogPage{List: l, Query: parsed(t, query), Kept: kept} }
	const columns = "cols=location.city%2Clocation"
	tests := []struct{ name, got, want string }{
		{"name of a list", interactive.Name() + " " + legacy.Name() + " " + grouped.Name(), "interactive legacy noninteractive"},
		{"to begin with", interactive.StartURL(kept), "/logs/interactive?" + columns},
		{"to begin with, groups", grouped.StartURL(kept), "/logs/noninteractive"},
		{"to come back to", interactive.KeptURL(parsed(t, "limit=5&user=ada&chart=table")), "/logs/interactive?chart=table&user=ada"},
		{"with a panel", legacy.PanelURL(parsed(t, "user=ada"), PanelViews), "/logs/legacy?panel=views&user=ada"},
		{"own tab", at(interactive, "cols=os&user=ada").tabURL(store.Interactive), "/logs/interactive?cols=deviceDetail.operatingSystem&user=ada"},
		{"own tab as it is at first", at(interactive, "").tabURL(store.Interactive), "/logs/interactive"},
		{"tab from the legacy view", at(legacy, "cols=os&user=ada").tabURL(store.Interactive), "/logs/interactive?" + columns + "&user=ada"},
		{"tab of groups", at(legacy, "cols=os&user=ada").tabURL(store.NonInteractive), "/logs/noninteractive?user=ada"},
		{"tab with a default view", at(interactive, "").tabURL(store.ServicePrincipal), "/logs/serviceprincipal?status=failure"},
		{"tab with a default view and a range", at(interactive, "range=7d").tabURL(store.ServicePrincipal), "/logs/serviceprincipal?range=7d"},
		{"the legacy view", at(interactive, "cols=user&status=failure").previewURL(), "/logs/legacy?cols=deviceDetail.operatingSystem&status=failure"},
		{"out of the legacy view", at(legacy, "status=failure").previewURL(), "/logs/interactive?" + columns + "&status=failure"},
		{"kept columns", at(legacy, "cols=user").keptColumnsURL(), "/logs/legacy?cols=deviceDetail.operatingSystem"},
		{"form of the columns", at(interactive, "user=ada&limit=5").columnsPanel().Action, "/logs/interactive/columns?limit=5&user=ada"},
		{"form of the views", at(interactive, "user=ada").viewsURL(), "/logs/interactive/views?user=ada"},
		{"form of a view", at(interactive, "user=ada").viewURL(SavedView{ID: "17", List: interactive}), "/logs/interactive/views/17?user=ada"},
	}
	for _, test := range tests {
		if test.got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", test.name, test.got, test.want)
		}
	}
}

// The columns of a list are the same as its default and when chosen one by one.
func TestDefaultColumnsCanBeChosen(t *testing.T) {
	for _, l := range []List{{Log: store.Interactive}, {Log: store.Interactive, Legacy: true}} {
		for _, right := range []bool{true, false} {
			var byDefault, chosen []string
			for _, c := range l.Columns(nil, right, false) {
				byDefault = append(byDefault, c.Name+"/"+c.Label)
			}
			q := parsed(t, "cols="+columnNames(l.DefaultColumns(right, false)))
			for _, c := range l.Columns(q.Columns, right, false) {
				chosen = append(chosen, c.Name+"/"+c.Label)
			}
			if !slices.Equal(byDefault, chosen) {
				t.Errorf("%s with right %t: chosen are %q, the default is %q", l.Name(), right, chosen, byDefault)
			}
		}
	}
	if got := (List{Log: store.NonInteractive}).DefaultColumns(true, false); got != nil {
		t.Errorf("columns of groups can be chosen: %v", got)
	}
}

func TestChosenColumnsAreWorded(t *testing.T) {
	s := store.SignIn{
		Log: store.Interactive, RiskState: "atRisk", UserType: "guest", OriginalTransferMethod: "deviceCodeFlow", ProcessingTimeInMilliseconds: store.IntOf(125),
		TenantID: "our", HomeTenantID: "our", ResourceTenantID: "their", OperatingSystem: "windows10",
	}
	for p, want := range map[*store.Property]string{
		store.RiskState: "At risk", store.UserType: "Guest", store.OriginalTransferMethod: "Device code flow",
		store.ProcessingTimeInMilliseconds: "125 ms", store.ClientAppUsed: notDisclosed, store.OperatingSystem: "Windows 10", store.Location: Empty,
	} {
		if got := signInLook.propertyColumn(p).cell(&s).Text; got != want {
			t.Errorf("%s: got %q, want %q", p.Name, got, want)
		}
	}
}
