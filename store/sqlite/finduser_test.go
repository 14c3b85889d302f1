package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"signpost/store"
	"signpost/store/dbfile"
	"signpost/store/storetest"
)

const (
	homeTenant = "6f1c2a3b-1111-4222-8333-944455566677"
	awayTenant = "7db114eb-53dc-5062-872d-2caa9c02c0c3"
	noUser     = "00000000-0000-0000-0000-000000000000"
)

// logged is a sign-in under a name.
func logged(n int, upn, id, tenant string) store.SignIn {
	log := []store.Log{store.Interactive, store.NonInteractive}[n%2]
	return store.SignIn{
		Log: log, ID: guid(n), Time: storetest.Noon.Add(time.Duration(n) * time.Minute), UserPrincipalName: upn, UserID: id, TenantID: tenant,
		ErrorCode: store.IntOf(0),
	}
}

func directoryUser(id, upn, mail string) store.Object {
	return store.Object{Kind: store.ObjectUser, ID: id, Username: upn, Facts: []store.KeyValue{{Key: "mail", Value: mail}}}
}

func TestFindUser(t *testing.T) {
	const upn = "robin@example.com"
	for name, tt := range map[string]struct {
		signIns        []store.SignIn
		users          []store.Object
		tenant         string
		logs, together string // who is found by the logs alone, and with the directory
	}{
		"one": {
			[]store.SignIn{logged(1, upn, "LEAVER", homeTenant), logged(2, strings.ToUpper(upn), "leaver", homeTenant)},
			[]store.Object{directoryUser("leaver", "Robin@Example.com", "")},
			"", "leaver", "leaver",
		},
		"two in turn, the directory knows the newcomer": {
			[]store.SignIn{logged(1, upn, "leaver", homeTenant), logged(2, upn, "newcomer", homeTenant)},
			[]store.Object{directoryUser("newcomer", upn, "")},
			"", "", "newcomer",
		},
		"two in turn, the directory knows both": {
			[]store.SignIn{logged(1, upn, "leaver", homeTenant), logged(2, upn, "newcomer", homeTenant)},
			[]store.Object{directoryUser("leaver", upn, ""), directoryUser("newcomer", upn, "")},
			"", "", "",
		},
		"one in the logs, the directory knows two": {
			[]store.SignIn{logged(1, upn, "leaver", homeTenant)},
			[]store.Object{directoryUser("leaver", upn, ""), directoryUser("newcomer", upn, "")},
			"", "leaver", "leaver",
		},
		"the directory knows the name as a mail address": {
			[]store.SignIn{logged(1, "other@example.com", "other", homeTenant)},
			[]store.Object{directoryUser("other", "other@example.com", upn)},
			"", "", "",
		},
		"a renamed person": {
			[]store.SignIn{logged(1, "old@example.com", "robin", homeTenant), logged(2, upn, "robin", homeTenant)},
			[]store.Object{directoryUser("robin", "new@example.com", "")},
			"", "robin", "robin",
		},
		"empty and zero IDs": {
			[]store.SignIn{logged(1, upn, "", homeTenant), logged(2, upn, noUser, homeTenant)},
			[]store.Object{directoryUser(noUser, upn, "")},
			"", "", "",
		},
		"empty and zero IDs beside one": {
			[]store.SignIn{logged(1, upn, "", homeTenant), logged(2, upn, noUser, homeTenant), logged(3, upn, "robin", homeTenant)},
			nil, "", "robin", "robin",
		},
		"two tenants, most name this one": {
			[]store.SignIn{logged(1, upn, "robin", homeTenant), logged(2, upn, "elsewhere", awayTenant), logged(3, "x", "x", strings.ToUpper(homeTenant))},
			nil, "", "robin", "robin",
		},
		"two tenants, that of the setting": {
			[]store.SignIn{logged(1, upn, "robin", homeTenant), logged(2, upn, "elsewhere", awayTenant), logged(3, "x", "x", homeTenant)},
			nil, strings.ToUpper(awayTenant), "elsewhere", "elsewhere",
		},
		"two tenants named as often": {
			[]store.SignIn{logged(1, upn, "robin", homeTenant), logged(2, upn, "elsewhere", awayTenant)}, nil, "", "", "",
		},
		"a tenant that nothing names": {
			[]store.SignIn{logged(1, upn, "robin", homeTenant)}, []store.Object{directoryUser("robin", upn, "")}, awayTenant, "", "robin",
		},
		"no tenant is named": {
			[]store.SignIn{logged(1, upn, "robin", ""), logged(2, upn, "robin", "")}, nil, "", "robin", "robin",
		},
		"of no tenant, and another tenant is stored": {
			[]store.SignIn{logged(1, upn, "robin", ""), logged(2, "x", "x", homeTenant), logged(3, "x", "x", homeTenant), logged(4, "y", "y", awayTenant)},
			nil, "", "", "",
		},
		"nothing": {nil, nil, "", "", ""},
	} {
		engine := openTest(t)
		db := beside(t, engine)
		if len(tt.signIns) > 0 {
			put(t, engine, tt.signIns...)
		}
		check := func(when string, want store.FoundUser) {
			t.Helper()
			for _, spelled := range []string{upn, "ROBIN@example.com", " robin@example.com "} {
				if got, err := db.FindUser(t.Context(), spelled, tt.tenant); err != nil || got != want {
					t.Errorf("%s, %s, %q: got %+v, %v, want %+v", name, when, spelled, got, err, want)
				}
			}
		}
		of := func(id string, from store.UserSource) store.FoundUser {
			if id == "" {
				return store.FoundUser{}
			}
			return store.FoundUser{ID: id, From: from}
		}
		check("by the logs", of(tt.logs, store.FromLogs))
		putObjects(t, db, directoryTime, store.DirectoryBatch{Objects: tt.users})
		from := store.FromLogs
		if len(tt.users) == 1 && strings.EqualFold(tt.users[0].Username, upn) {
			from = store.FromDirectory
		}
		check("with the directory", of(tt.together, from))
		if got, err := db.FindUser(t.Context(), " ", tt.tenant); err != nil || got != (store.FoundUser{}) {
			t.Errorf("%s: no name finds %+v, %v", name, got, err)
		}
	}
}

// Every name of a guest finds the same sign-ins on every question, and whoever is not the guest is not found by them.
func TestNamesOfAGuestFindTheSame(t *testing.T) {
	engine := openTest(t)
	db := beside(t, engine)
	all := []store.SignIn{
		logged(1, "eve@partner.example", "eve", homeTenant), logged(2, "eve@partner.example", "EVE", homeTenant), logged(3, "bob@example.com", "bob", homeTenant),
		logged(4, "", "eve", homeTenant), logged(5, "", noUser, homeTenant), logged(6, "carol@example.com", "", homeTenant),
	}
	put(t, engine, all...)
	names := []string{"eve_partner.example#EXT#@example.com", "EVE@mail.example"}
	field, _ := store.SignIns.Field("user")
	ask := func(filter store.Filter) (said []string) {
		for _, log := range personLogs {
			q := store.ListQuery{Log: log, Range: store.AllTime(), Filter: filter, Limit: 50}
			page, err := db.Page(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range page.Rows {
				said = append(said, row.SignIn().ID)
			}
			total, err := db.Total(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			records, err := db.Records(t.Context(), store.RecordsQuery{ListQuery: q})
			if err != nil {
				t.Fatal(err)
			}
			facets, err := db.Facets(t.Context(), store.FacetsQuery{ListQuery: q, Fields: []*store.Field{field}, Top: 9})
			if err != nil {
				t.Fatal(err)
			}
			said = append(said, fmt.Sprint(log, total.N, len(records.Records), facets[0].Values))
		}
		return said
	}
	of := func(op store.Operator, value string) []string { return ask(store.Filter{}.With(field, op, value)) }
	before := of(store.OpIs, names[0])
	putObjects(t, db, directoryTime, store.DirectoryBatch{Objects: []store.Object{directoryUser("eve", names[0], names[1])}})
	if slices.Equal(before, of(store.OpIs, names[0])) {
		t.Error("the directory's name finds no more with the directory than without")
	}
	for _, name := range names {
		for _, op := range []store.Operator{store.OpIs, store.OpIsNot} {
			if diff := gocmp.Diff(of(op, "eve"), of(op, name)); diff != "" {
				t.Errorf("%v %s (-by the ID +by the name):\n%s", op, name, diff)
			}
		}
	}
	// The name is given to somebody else: from then on it means them.
	putObjects(t, db, directoryTime, store.DirectoryBatch{Objects: []store.Object{directoryUser("eve", "eve@elsewhere.example", ""), directoryUser("bob", names[0], "")}})
	if diff := gocmp.Diff(of(store.OpIs, "bob"), of(store.OpIs, names[0])); diff != "" {
		t.Errorf("after the name was given again (-by the ID +by the name):\n%s", diff)
	}
}

// countedReads is a transaction that notes what it is asked.
type countedReads struct {
	dbfile.Querier
	asked []string
}

func (c *countedReads) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	c.asked = append(c.asked, query)
	return c.Querier.QueryContext(ctx, query, args...)
}

func (c *countedReads) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	c.asked = append(c.asked, query)
	return c.Querier.QueryRowContext(ctx, query, args...)
}

// Another person's sign-in costs the same reads as an ID that nobody has, and none of its record.
func TestReadsOfAnothersSignIn(t *testing.T) {
	db := openTest(t)
	all := append(madeUp(store.Interactive, 300, 4), madeUp(store.NonInteractive, 300, 5)...)
	put(t, db, all...)
	person := store.Person{UserID: guid(9003)}
	reads := func(id string) (asked []string, err error) {
		wanted, _ := encodeGUID(id)
		err = db.read(t.Context(), func(v *view) error {
			counted := &countedReads{Querier: v.tx}
			_, _, err := v.ownRow(t.Context(), counted, person, wanted)
			asked = counted.asked
			return err
		})
		return asked, err
	}
	unknown, err := reads(guid(77))
	if !errors.Is(err, store.ErrNotFound) || len(unknown) != 2*len(personLogs) {
		t.Fatalf("an unknown ID: %v after %q, want two reads of each log", err, unknown)
	}
	for _, statement := range unknown {
		if strings.Contains(statement, "docs") || strings.Contains(statement, "versions") {
			t.Errorf("of an unknown ID %q is asked", statement)
		}
	}
	others, own := 0, 0
	for i := range all {
		asked, err := reads(all[i].ID)
		if person.Owns(&all[i]) {
			if own++; err != nil {
				t.Errorf("an own sign-in: %v", err)
			}
			continue
		}
		others++
		if diff := gocmp.Diff(unknown, asked); diff != "" || !errors.Is(err, store.ErrNotFound) {
			t.Fatalf("the reads of another's %s in %s, which ends with %v (-unknown +another's):\n%s", all[i].ID, all[i].Log, err, diff)
		}
	}
	if others < 300 || own < 10 {
		t.Errorf("%d sign-ins of others and %d own ones: this tests nothing", others, own)
	}
	for _, id := range []string{"nonsense", "", "%00", strings.Repeat("x", 300), strings.ToUpper(guid(78))} {
		if asked, err := reads(id); !slices.Equal(asked, unknown) || !errors.Is(err, store.ErrNotFound) {
			t.Errorf("the reads of %.20q: %q, %v", id, asked, err)
		}
	}
}

// The list of users finds people by every name that the logs ever had for them. It says which one where the row does not show
// it.
func TestEntitiesFoundByEarlierNames(t *testing.T) {
	engine := openTest(t)
	db := beside(t, engine)
	named := func(n int, upn, name, id string) store.SignIn {
		s := logged(n, upn, id, homeTenant)
		s.UserDisplayName, s.AppID, s.AppDisplayName = name, "app", name+"'s app"
		return s
	}
	put(t, engine,
		named(1, "maiden@example.com", "Robin Maiden", "robin"), named(2, "maiden@example.com", "Robin Maiden", "robin"),
		named(50, "wed@example.com", "Robin Wed", "robin"), named(51, "kim@example.com", "Kim", "kim"), named(3, "old@example.com", "Old", "gone"),
		named(4, "guest@home.example", "Guest", "guest"), named(52, "guest_home.example#ext#@example.com", "Guest", "guest"),
	)
	putObjects(t, db, directoryTime, store.DirectoryBatch{Objects: []store.Object{directoryUser("guest", "guest_home.example#EXT#@example.com", "g@home.example")}})
	late := store.Range{From: storetest.Noon.Add(40 * time.Minute), To: storetest.Noon.Add(time.Hour)}
	for _, tt := range []struct {
		kind      store.ObjectKind
		text      string
		id, other string // who is found, and the name that is told
	}{
		{store.ObjectUser, "MAIDEN@example", "robin", "maiden@example.com"},
		{store.ObjectUser, "robin m", "robin", "Robin Maiden"},
		{store.ObjectUser, "robin", "robin", ""},
		{store.ObjectUser, "wed@", "robin", ""},
		{store.ObjectUser, "kim", "kim", ""},
		{store.ObjectUser, "guest@home", "guest", "guest@home.example"},
		{store.ObjectUser, "g@home", "guest", ""}, // the directory's mail address
		{store.ObjectUser, "old@", "", ""},        // not of the range
		{store.ObjectUser, "nobody", "", ""},
		{store.ObjectApplication, "maiden's", "app", "Robin Maiden's app"},
	} {
		q := store.EntitiesQuery{Kind: tt.kind, Range: late, Sort: store.SortName, Limit: 50, Text: tt.text}
		page, err := db.Entities(t.Context(), q)
		got, other := "", ""
		if len(page.Rows) > 0 {
			got, other = page.Rows[0].ID, page.Rows[0].LoggedAs
		}
		if err != nil || len(page.Rows) > 1 || got != tt.id || other != tt.other {
			t.Errorf("%s %q: %d rows, %q also as %q, %v; want %q, %q", tt.kind, tt.text, len(page.Rows), got, other, err, tt.id, tt.other)
		}
	}
}

// The directory in memory is bounded by the number of its objects.
func TestDirectoryInMemory(t *testing.T) {
	const users = 20_000
	db := openDirectory(t)
	for from := 0; from < users; from += 5000 {
		var batch store.DirectoryBatch
		for n := from; n < from+5000; n++ {
			u := directoryUser(guid(n), fmt.Sprintf("firstname.lastname%d@tidewater-lantern.example", n), fmt.Sprintf("firstname.l%d@tidewater.example", n))
			u.Name, u.Type, u.Enabled, u.Created = fmt.Sprintf("Firstname Lastname %d", n), "Member", store.True, storetest.Noon
			batch.Objects = append(batch.Objects, u)
		}
		putObjects(t, db, directoryTime, batch)
	}
	held := func() uint64 {
		var stats runtime.MemStats
		runtime.GC()
		runtime.GC()
		runtime.ReadMemStats(&stats)
		return stats.HeapAlloc
	}
	before := held()
	if found, err := db.FindUser(t.Context(), "firstname.lastname7@tidewater-lantern.example", ""); err != nil || found.ID != guid(7) {
		t.Fatalf("the user is %v, %v", found, err)
	}
	each := (held() - before) / users
	t.Logf("%d bytes a user: 100,000 take %d MB", each, each/10)
	if each > maxBytesOfUser {
		t.Errorf("%d bytes a user, want at most %d", each, maxBytesOfUser)
	}
	runtime.KeepAlive(db)
}

const maxBytesOfUser = 1000
