package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"signpost/auth"
	"signpost/store"
	"signpost/store/datafolder"
	"signpost/store/kinds"
)

const (
	homeTenant = "6f1c2a3b-1111-4222-8333-944455566677"
	awayTenant = "7db114eb-53dc-5062-872d-2caa9c02c0c3"
	noUser     = "00000000-0000-0000-0000-000000000000"
)

// whoseHouse is a portal over a store of real files, and a directory that can be filled.
type whoseHouse struct {
	*house
	db *datafolder.Folder
	n  int
}

func newWhoseHouse(t *testing.T, tenant string) *whoseHouse {
	t.Helper()
	db, err := datafolder.Open(t.Context(), t.TempDir(), kinds.Catalog, plainDocs)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	h := &whoseHouse{db: db}
	h.house = newHouse(t, func(c *Config) { c.Store, c.Directory = db, db })
	h.accounts.FindUsersBy(findUsersIn(db, tenant))
	return h
}

// findUsersIn finds users as serve does.
func findUsersIn(s store.Store, tenant string) auth.UserFinder {
	return func(ctx context.Context, upn string) (auth.FoundUser, error) {
		found, err := s.FindUser(ctx, upn, tenant)
		return auth.FoundUser{ID: found.ID, From: string(found.From)}, err
	}
}

// signIns imports sign-ins under a name, alternating between both user logs.
func (h *whoseHouse) signIns(upn, id, tenant string, n int) {
	h.t.Helper()
	var list []store.SignIn
	for range n {
		h.n++
		s := interactiveSignIn(h.n, h.clock().Add(-time.Duration(h.n)*time.Minute))
		s.CorrelationID = testID(1000 + h.n)
		if h.n%2 == 0 {
			s.Log = store.NonInteractive
		}
		s.UserPrincipalName, s.UserID, s.TenantID, s.UserDisplayName = upn, id, tenant, "Somebody"
		list = append(list, s)
	}
	putSignIns(h.t, h.db, list...)
}

// know imports users into the directory: an ID, a user principal name and a mail address each.
func (h *whoseHouse) know(users ...[3]string) {
	h.t.Helper()
	var objects []store.Object
	for _, u := range users {
		objects = append(objects, store.Object{Kind: store.ObjectUser, ID: u[0], Name: "Name of " + u[0], Username: u[1], Facts: []store.KeyValue{{Key: "mail", Value: u[2]}}})
	}
	if _, err := h.db.PutDirectory(h.t.Context(), 0, store.DirectoryBatch{Objects: objects, At: h.clock()}); err != nil {
		h.t.Fatal(err)
	}
}

// account makes an account with only a user principal name, and gives its owner signed in.
func (h *whoseHouse) account(name, upn string) *visitor {
	h.t.Helper()
	if _, err := h.accounts.Add(h.t.Context(), auth.NewAccount{Name: name, UserPrincipalName: upn, Roles: []auth.Role{auth.RoleUser}, Password: housePassword}); err != nil {
		h.t.Fatal(err)
	}
	v := h.visitor()
	v.signIn(name).expect(h.t, name+" signs in", http.StatusSeeOther, "/")
	return v
}

// own counts the sign-ins on a person's own page; -1 if the page says that the account needs its user ID.
func (v *visitor) own() int {
	v.t.Helper()
	page := v.get("/me?limit=200&fold=no")
	page.expect(v.t, "own sign-ins", http.StatusOK, "")
	doc := page.document(v.t)
	if strings.Contains(doc.Find(".empty").Text(), "which one person") {
		return -1
	}
	return doc.Find("[data-testid=row]").Length()
}

// An account has only a user principal name. The result depends on the name in the logs and in the directory.
func TestOwnSignInsByNameAlone(t *testing.T) {
	const upn = "robin@example.com"
	type of struct {
		upn, id, tenant string
		n               int
	}
	guest := []of{{"eve@partner.example", "eve", homeTenant, 3}, {"", "eve", homeTenant, 1}, {upn, "robin", homeTenant, 2}}
	eve := [][3]string{{"eve", "eve_partner.example#EXT#@example.com", "eve@mail.example"}, {"robin", upn, ""}}
	for name, tt := range map[string]struct {
		logged    []of
		directory [][3]string
		tenant    string // the setting
		upn       string
		alone     int // own sign-ins without a directory, -1 if the account needs its user ID
		known     int // own sign-ins with the directory
	}{
		"one person":                  {[]of{{upn, "robin", homeTenant, 4}}, [][3]string{{"robin", upn, ""}}, "", upn, 4, 4},
		"two of one name in turn":     {[]of{{upn, "leaver", homeTenant, 3}, {upn, "newcomer", homeTenant, 2}}, [][3]string{{"newcomer", upn, ""}}, "", upn, -1, 2},
		"two of one name, both known": {[]of{{upn, "leaver", homeTenant, 3}, {upn, "newcomer", homeTenant, 2}}, [][3]string{{"leaver", upn, ""}, {"newcomer", upn, ""}}, "", upn, -1, -1},
		"a renamed person, former name": {
			[]of{{"old@example.com", "robin", homeTenant, 3}, {upn, "robin", homeTenant, 2}}, [][3]string{{"robin", upn, ""}}, "", "old@example.com", 5, 5,
		},
		"a renamed person, present name": {
			[]of{{"old@example.com", "robin", homeTenant, 3}, {upn, "robin", homeTenant, 2}}, [][3]string{{"robin", upn, ""}}, "", upn, 5, 5,
		},
		"a former name that another has now": {
			[]of{{upn, "robin", homeTenant, 3}, {"new@example.com", "robin", homeTenant, 2}, {upn, "newcomer", homeTenant, 1}}, nil, "", upn, -1, -1,
		},
		"two tenants": {
			[]of{{upn, "robin", homeTenant, 3}, {upn, "elsewhere", awayTenant, 2}}, [][3]string{{"robin", upn, ""}}, "", upn, 3, 3,
		},
		"two tenants, the setting": {
			[]of{{upn, "robin", homeTenant, 3}, {upn, "elsewhere", awayTenant, 2}}, nil, awayTenant, upn, 2, 2,
		},
		"empty and zero IDs": {
			[]of{{upn, "", homeTenant, 3}, {upn, noUser, homeTenant, 2}}, [][3]string{{noUser, upn, ""}}, "", upn, -1, -1,
		},
		"empty and zero IDs beside one": {
			[]of{{upn, "", homeTenant, 3}, {upn, noUser, homeTenant, 2}, {upn, "robin", homeTenant, 1}}, nil, "", upn, 1, 1,
		},
		"a guest, the log's name":       {guest, eve, "", "Eve@Partner.example", 4, 4},
		"a guest, the directory's name": {guest, eve, "", "eve_partner.example#ext#@example.com", -1, 4},
		"a guest, the mail address":     {guest, eve, "", "eve@mail.example", -1, -1},
		"the mail address of another":   {guest, [][3]string{{"robin", "r@example.com", "eve@partner.example"}}, "", "eve@partner.example", 4, 4},
		"a name that nobody has":        {guest, eve, "", "nobody@example.com", -1, -1},
	} {
		t.Run(name, func(t *testing.T) {
			for _, withDirectory := range []bool{false, true} {
				h := newWhoseHouse(t, tt.tenant)
				for _, l := range tt.logged {
					h.signIns(l.upn, l.id, l.tenant, l.n)
				}
				want := tt.alone
				if withDirectory {
					want = tt.known
					h.know(tt.directory...)
				}
				if got := h.account("robin", tt.upn).own(); got != want {
					t.Errorf("directory %v: %d own sign-ins, want %d", withDirectory, got, want)
				}
				rootAt := h.at("root", auth.RoleGlobalAdministrator)
				list, page := rootAt.get("/settings/people"), rootAt.get("/settings/people/"+h.id("robin"))
				if got := list.document(t).Find("[data-testid=needs-user-id]").Length() == 1; got != (want < 0) {
					t.Errorf("directory %v: the list says that the account needs its user ID: %v", withDirectory, got)
				}
				said := page.find(t, "[data-testid=person-id]")
				if needs := strings.Contains(said, "needs its user ID"); needs != (want < 0) {
					t.Errorf("directory %v: the page of the account says %q", withDirectory, said)
				}
				if want >= 0 && !strings.Contains(said, "Found as the only user") {
					t.Errorf("directory %v: the page of the account says %q, not where the ID is from", withDirectory, said)
				}
			}
		})
	}
}

// A user that was found stays, whatever later data say. A newcomer may get the leaver's name, in the logs and in the
// directory. The leaver's account still shows the leaver's sign-ins. Only a person changes it.
func TestFoundUserStays(t *testing.T) {
	const upn = "robin@example.com"
	for _, withDirectory := range []bool{false, true} {
		h := newWhoseHouse(t, "")
		h.signIns(upn, "leaver", homeTenant, 3)
		if withDirectory {
			h.know([3]string{"leaver", upn, ""})
		}
		leaver := h.account("leaver", upn)
		if settled, err := h.accounts.SettleAll(t.Context()); err != nil || len(settled) != 1 || settled[0].Found.ID != "leaver" {
			t.Fatalf("directory %v: settled %+v, %v", withDirectory, settled, err)
		}
		h.signIns(upn, "newcomer", homeTenant, 5)
		h.know([3]string{"leaver", "gone@example.com", ""}, [3]string{"newcomer", upn, ""})
		for range 2 {
			if got := leaver.own(); got != 3 {
				t.Errorf("directory %v: the leaver sees %d sign-ins, want their own 3", withDirectory, got)
			}
		}
		h.signIns("married@example.com", "leaver", homeTenant, 1)
		if got := leaver.own(); got != 4 {
			t.Errorf("directory %v: the leaver under another name sees %d, want 4", withDirectory, got)
		}
		if got := h.account("newcomer", upn).own(); got != 5 {
			t.Errorf("directory %v: the newcomer sees %d, want 5", withDirectory, got)
		}
		rootAt := h.at("root", auth.RoleGlobalAdministrator)
		person := "/settings/people/" + h.id("leaver")
		if got := rootAt.get(person).find(t, "[data-testid=person-id]"); !strings.HasPrefix(got, "leaver") || !strings.Contains(got, "Found as the only user") {
			t.Errorf("the page of the account says %q", got)
		}
		edit := func(upn, id string) {
			t.Helper()
			rootAt.post(person, url.Values{"role": {"user"}, "upn": {upn}, "userid": {id}}).expect(t, "edit", http.StatusSeeOther, person+"?done=edited")
		}
		for _, step := range []struct {
			upn, id string
			want    int
		}{
			{upn, "newcomer", 5},
			{upn, "", 4},
			{"ROBIN@example.com", "", 4},
			{"married@example.com", "", 4},
			{"nobody@example.com", "", -1},
			{"", "", 0},
			{upn, "", 5},
		} {
			edit(step.upn, step.id)
			if got := h.as("leaver").own(); got != step.want {
				t.Errorf("directory %v: with %+v the account shows %d", withDirectory, step, got)
			}
		}
		rootAt.post(person, url.Values{"role": {"user"}, "userid": {noUser}}).says(t, "the ID of nobody", http.StatusUnprocessableEntity,
			"No user has this ID: Entra writes it on sign-ins with an unknown user name. Copy the person's own ID, or leave it empty.")
	}
}

// A download and a single sign-in are of the same person as the list.
func TestEverySurfaceOfOwnSignInsAgrees(t *testing.T) {
	h := newWhoseHouse(t, "")
	h.signIns("eve@partner.example", "eve", homeTenant, 3)
	h.signIns("eve@partner.example", "", homeTenant, 2)
	h.know([3]string{"eve", "eve_partner.example#EXT#@example.com", ""})
	v := h.account("eve", "eve_partner.example#EXT#@example.com")
	if got := v.get("/me/" + testID(1)); got.StatusCode != http.StatusOK {
		t.Errorf("an own sign-in asked for first: %d", got.StatusCode)
	}
	v.get("/me/"+testID(4)).expect(t, "a sign-in without an ID", http.StatusNotFound, "")
	if got := strings.Count(v.get("/me/export.json").body, `"requestId"`); got != 3 {
		t.Errorf("the download holds %d sign-ins, want 3", got)
	}
	if got := v.own(); got != 3 {
		t.Errorf("the list holds %d sign-ins, want 3", got)
	}
}

// Each name of a guest finds the same on every page for readers: the list, the search, the users.
func TestNamesOfAGuestFindThem(t *testing.T) {
	h := newWhoseHouse(t, "")
	h.signIns("eve@partner.example", "eve", homeTenant, 4)
	h.signIns("robin@example.com", "robin", homeTenant, 2)
	names := []string{"eve_partner.example#EXT#@example.com", "eve@mail.example", "EVE@partner.example", "eve"}
	h.know([3]string{"eve", names[0], names[1]}, [3]string{"robin", "robin@example.com", ""})
	reader := h.at("reader", auth.RoleGlobalReader)
	ids := func(r reply) (ids []string) {
		for _, row := range r.document(t).Find("[data-testid=row]").EachIter() {
			ids = append(ids, row.AttrOr("data-id", ""))
		}
		return ids
	}
	var want []string
	for i, name := range slices.Backward(names) {
		list := reader.get("/logs/interactive?user=" + url.QueryEscape(name))
		got := ids(list)
		if want == nil {
			want = got
		}
		if !slices.Equal(got, want) || len(got) != 2 {
			t.Errorf("the list by %q has %q, want %q", name, got, want)
		}
		if n := attribute(t, list, "[data-testid=total]", "data-value"); n != "2" {
			t.Errorf("the total by %q is %s", name, n)
		}
		if export := reader.get("/logs/interactive/export.csv?user=" + url.QueryEscape(name)); strings.Count(export.body, "\n") != 3 {
			t.Errorf("the download by %q has %d lines, want 3", name, strings.Count(export.body, "\n"))
		}
		users := reader.get("/users?q=" + url.QueryEscape(name))
		if got := users.find(t, "[data-testid=row] th"); !strings.Contains(got, "Name of eve") || strings.Contains(got, "robin") {
			t.Errorf("the users by %q are %q", name, got)
		}
		if i == 3 {
			continue // "eve" may be a part of several names
		}
		found := reader.get("/search?range=30d&q=" + url.QueryEscape(name))
		if text := found.body + found.location(); !strings.Contains(text, "/logs/interactive?") && !strings.Contains(text, "/logs/noninteractive?") {
			t.Errorf("the search for %q finds no sign-ins: %d %s", name, found.StatusCode, found.find(t, "main"))
		}
	}
	if others := ids(reader.get("/logs/interactive?user.not=" + url.QueryEscape(names[0]))); len(others) != 1 || slices.Contains(want, others[0]) {
		t.Errorf("all but the guest's: %q", others)
	}
	if fmt.Sprint(want) == "[]" {
		t.Error("nothing was compared")
	}
}
