package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"signpost/auth"
	"signpost/store/importer"
	"signpost/store/portal"
)

func TestReport(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	db, closer, err := openWriter(data)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := importer.New(db, importer.Options{}).Reader(t.Context(), "graph.json", strings.NewReader(graphLine)); err != nil {
		t.Fatal(err)
	}
	if err := closer.Close(); err != nil {
		t.Fatal(err)
	}
	people, err := portal.Open(t.Context(), data)
	if err != nil {
		t.Fatal(err)
	}
	accounts := auth.NewAccounts(people, time.Now, false)
	for name, role := range map[string]auth.Role{"root": auth.RoleGlobalAdministrator, "reports": auth.RoleReportsReader, "plain": auth.RoleUser} {
		a, err := accounts.Add(t.Context(), auth.NewAccount{Name: name, Password: mePassword, Roles: []auth.Role{role}})
		if err != nil {
			t.Fatal(err)
		}
		view := auth.SavedView{OwnerID: a.ID, Name: "November", List: "interactive", Query: "from=2026-11-01T00:00:00Z&to=2026-11-02T00:00:00Z", Created: time.Now()}
		if name == "root" {
			view.Name = "Of root"
		}
		if _, err := people.AddSavedView(t.Context(), view); err != nil {
			t.Fatal(err)
		}
	}
	if err := people.Close(); err != nil {
		t.Fatal(err)
	}
	const address = "/logs/interactive?from=2026-11-01T00:00:00Z&to=2026-11-02T00:00:00Z"
	for _, test := range []struct {
		name     string
		cmd      ReportCmd
		contains string
		fails    string
	}{
		{"a view of its owner", ReportCmd{Name: "of ROOT"}, "2026-11-01T10:00:00Z,1,", ""},
		{"an address", ReportCmd{Name: address, As: "reports", Format: "json"}, `"userPrincipalName":"ada@example.com"`, ""},
		{"a workbook", ReportCmd{Name: "Of root", Format: "xlsx"}, "PK", ""},
		{"a view of two people", ReportCmd{Name: "November"}, "", "--as"},
		{"one of them", ReportCmd{Name: "November", As: "reports"}, "2026-11-01T10:00:00Z,1,", ""},
		{"of somebody without the right", ReportCmd{Name: "November", As: "plain"}, "", "may not see"},
		{"Conditional Access data of a Reports Reader", ReportCmd{Name: address + "&ca=failure", As: "reports"}, "", "may not see"},
		{"an address of nobody", ReportCmd{Name: address}, "", "--as"},
		{"no such view", ReportCmd{Name: "nothing"}, "", "no schedule and no saved view"},
		{"no such account", ReportCmd{Name: address, As: "nobody"}, "", "no account"},
		{"no list", ReportCmd{Name: "/settings/people", As: "root"}, "", "can be sent"},
		{"no such zone", ReportCmd{Name: address, As: "root", Zone: "Nowhere"}, "", "--zone"},
	} {
		test.cmd.Data, test.cmd.Zone = data, firstOf(test.cmd.Zone, "UTC")
		var printed bytes.Buffer
		err := test.cmd.Run(t.Context(), Streams{Out: &printed, Err: io.Discard})
		if test.fails != "" {
			if err == nil || !strings.Contains(err.Error(), test.fails) || printed.Len() > 0 {
				t.Errorf("%s: %v and %q, want an error with %q", test.name, err, printed.String(), test.fails)
			}
			continue
		}
		if err != nil || !strings.Contains(printed.String(), test.contains) {
			t.Errorf("%s: %v and %q, want %q in it", test.name, err, printed.String(), test.contains)
		}
	}
	folder := t.TempDir()
	into := ReportCmd{Name: "Of root", Data: data, Zone: "UTC", Out: folder}
	if err := into.Run(t.Context(), Streams{Out: io.Discard, Err: io.Discard}); err != nil {
		t.Fatal(err)
	}
	list, err := os.ReadDir(folder)
	if err != nil || len(list) != 1 || !strings.HasPrefix(list[0].Name(), "InteractiveSignIns_") {
		t.Errorf("the folder has %v, %v", list, err)
	}
	into.Name, into.As, into.Out = address, "plain", filepath.Join(folder, "file.csv")
	var exit exitError
	if err := into.Run(t.Context(), Streams{Out: io.Discard, Err: io.Discard}); !errors.As(err, &exit) || exit.code != exitFailed {
		t.Errorf("without the right: %v", err)
	}
	if list, _ := os.ReadDir(folder); len(list) != 1 {
		t.Errorf("a refused report left %v", list)
	}
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
