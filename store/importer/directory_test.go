package importer

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"signpost/store"
)

const groupID = "aaaaaaaa-0000-4000-8000-000000000001"

// keepsDirectory is an engine that keeps nothing but the batches of the directory.
type keepsDirectory struct {
	discard
	batches []store.DirectoryBatch
}

func (k *keepsDirectory) PutDirectory(ctx context.Context, id int64, batch store.DirectoryBatch) ([]store.Outcome, error) {
	k.batches = append(k.batches, batch)
	return k.discard.PutDirectory(ctx, id, batch)
}

// importNamed imports a file under a name and gives the batches that the engine got.
func importNamed(t *testing.T, name, text string) (store.DirectoryBatch, store.ImportReport) {
	t.Helper()
	path := filepath.Join(t.TempDir(), filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	k := &keepsDirectory{}
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	reports, err := New(k, Options{Now: func() time.Time { return now }}).Paths(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	var all store.DirectoryBatch
	for _, b := range k.batches {
		all.Objects, all.Memberships = append(all.Objects, b.Objects...), append(all.Memberships, b.Memberships...)
		if !b.At.Equal(now) {
			t.Errorf("a batch is of %s, want %s", b.At, now)
		}
	}
	return all, reports[0]
}

func TestDirectoryObjects(t *testing.T) {
	created := time.Date(2024, 2, 1, 8, 0, 0, 0, time.UTC)
	user := store.Object{Kind: store.ObjectUser, ID: "u1", Name: "Ada Byron", Username: "ada@example.com", Type: "Guest", Enabled: store.False, Created: created}
	group := store.Object{Kind: store.ObjectGroup, ID: "g1", Name: "Crew", Type: "Microsoft 365"}
	principal := store.Object{Kind: store.ObjectServicePrincipal, ID: "sp1", AppID: "app1", Name: "Payroll", Type: "Application", Enabled: store.True}
	application := store.Object{Kind: store.ObjectApplication, ID: "ob1", AppID: "app1", Name: "Payroll"}
	for _, tt := range []struct {
		name, file, text, format string
		want                     store.Object
	}{
		{"users by context", "a.json", `{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#users(id,displayName)","value":[{"id":"U1","displayName":"Ada Byron","userPrincipalName":"ada@example.com","userType":"Guest","accountEnabled":false,"createdDateTime":"2024-02-01T08:00:00Z"}]}`, GraphDirectory, user},
		{"users by their keys, one a line", "a.json", `{"id":"U1","displayName":"Ada Byron","userPrincipalName":"ada@example.com","userType":"Guest","accountEnabled":false,"createdDateTime":"2024-02-01T08:00:00Z"}` + "\n", GraphDirectory, user},
		{"a bare array with a type", "a.json", `[{"@odata.type":"#microsoft.graph.user","id":"u1","displayName":"Ada Byron","userPrincipalName":"ada@example.com","userType":"Guest","accountEnabled":false,"createdDateTime":"2024-02-01T08:00:00Z"}]`, GraphDirectory, user},
		{"the portal's users", "exportUsers_2026-11-23.csv", "\ufeffuserPrincipalName,displayName,surname,id,userType,accountEnabled,createdDateTime\nada@example.com,Ada Byron,,u1,Guest,False,2024-02-01T08:00:00Z\n", PortalDirectoryCSV, user},
		{"headings in words", "users.csv", "Object ID,User principal name,Display name,User type,Account enabled,Created date time\nU1,ada@example.com,Ada Byron,Guest,No,2024-02-01T08:00:00Z\n", PortalDirectoryCSV, user},
		{"groups", "a.json", `{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#groups","value":[{"id":"g1","displayName":"Crew","groupTypes":["Unified"],"securityEnabled":false,"mailEnabled":true}]}`, GraphDirectory, group},
		{"the portal's groups", "exportGroups.csv", "id,displayName,groupType,membershipType\ng1,Crew,Microsoft 365,Assigned\n", PortalDirectoryCSV, group},
		{"service principals", "a.json", `{"value":[{"id":"sp1","appId":"APP1","displayName":"Payroll","appDisplayName":"Payroll","servicePrincipalType":"Application","accountEnabled":true}]}`, GraphDirectory, principal},
		{"the portal's enterprise applications", "EnterpriseApplicationsList.csv", "id,displayName,appId,applicationType,accountEnabled\nsp1,Payroll,app1,Application,True\n", PortalDirectoryCSV, principal},
		{"applications", "a.json", `{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#applications","value":[{"id":"ob1","appId":"app1","displayName":"Payroll"}]}`, GraphDirectory, application},
		{"the portal's app registrations", "a.csv", "Display name,Application (client) ID,Object ID,Created on\nPayroll,app1,ob1,\n", PortalDirectoryCSV, application},
	} {
		t.Run(tt.name, func(t *testing.T) {
			batch, report := importNamed(t, tt.file, tt.text)
			if len(batch.Objects) != 1 {
				t.Fatalf("%d objects, want 1; the report is %+v", len(batch.Objects), report)
			}
			got := batch.Objects[0]
			got.Facts = nil
			if diff := gocmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if report.Format != tt.format || report.Read != 1 || report.New != 1 || report.Directory[tt.want.Kind.String()] != 1 {
				t.Errorf("the report is %+v", report)
			}
		})
	}
}

func TestDirectoryFacts(t *testing.T) {
	batch, _ := importNamed(t, "a.json", `{"id":"u1","userPrincipalName":"a@example.com","displayName":"<b>Ada</b>","jobTitle":"Pilot","department":null,"city":"Bergen",
		"signInActivity":{"lastSuccessfulSignInDateTime":"2026-01-02T03:04:05Z"},"proxyAddresses":["x"],"mail":"a@example.com"}`)
	want := []store.KeyValue{{Key: "mail", Value: "a@example.com"}, {Key: "jobTitle", Value: "Pilot"}, {Key: "department"}, {Key: "city", Value: "Bergen"}}
	if diff := gocmp.Diff(want, batch.Objects[0].Facts); diff != "" {
		t.Errorf("facts (-want +got):\n%s", diff)
	}
	if got, want := batch.Objects[0].LastSuccess, time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC); !got.Equal(want) {
		t.Errorf("last success %s, want %s", got, want)
	}
	if got, want := batch.Objects[0].Name, "<b>Ada</b>"; got != want {
		t.Errorf("name %q, want %q", got, want)
	}
}

func TestDirectoryMembers(t *testing.T) {
	user := `{"@odata.type":"#microsoft.graph.user","id":"U1","displayName":"Ada","userPrincipalName":"ada@example.com"}`
	ada := store.Member{ID: "u1", Name: "Ada", Username: "ada@example.com", Kind: store.ObjectUser}
	whole := func(members ...store.Member) []store.Membership {
		return []store.Membership{{Group: groupID, Members: members, Whole: true}}
	}
	part := []store.Membership{{Group: groupID, Members: []store.Member{ada}}}
	for _, tt := range []struct {
		name, file, text string
		want             []store.Membership
		rejected         int64
	}{
		{
			"the context names the group", "a.json", `{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#groups('` + groupID + `')/members","value":[` + user + `,{"@odata.type":"#microsoft.graph.device","id":"d1","displayName":"Laptop"},{"@odata.type":"#microsoft.graph.servicePrincipal","id":"sp1","appId":"x","displayName":"Job"},{"@odata.type":"#microsoft.graph.group","id":"g2","displayName":"Inner"}]}`,
			whole(ada, store.Member{ID: "d1", Name: "Laptop"}, store.Member{ID: "sp1", Name: "Job", Kind: store.ObjectServicePrincipal}, store.Member{ID: "g2", Name: "Inner", Kind: store.ObjectGroup}), 0,
		},
		{"the file's name names it", groupID + "-members.json", `{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#directoryObjects","value":[` + user + `]}`, whole(ada), 0},
		{"the folder's name names it", "groups/" + groupID + "/members.json", `{"value":[` + user + `]}`, whole(ada), 0},
		{"nobody is a member", "a.json", `{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#groups('` + groupID + `')/members","value":[]}`, whole(), 0},
		{
			"answers about two groups, the second without members", "a.json",
			`{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#groups('` + groupID + `')/members","value":[` + user + `]}` + "\n" +
				`{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#groups('g2')/members","value":[]}`,
			[]store.Membership{{Group: groupID, Members: []store.Member{ada}, Whole: true}, {Group: "g2", Whole: true}},
			0,
		},
		{
			"answers about three groups, the first two without members", "a.json",
			`{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#groups('g1')/members","value":[]}` + "\n" +
				`{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#groups('g2')/members","value":[]}` + "\n" +
				`{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#groups('` + groupID + `')/members","value":[` + user + `]}`,
			[]store.Membership{{Group: "g1", Whole: true}, {Group: "g2", Whole: true}, {Group: groupID, Members: []store.Member{ada}, Whole: true}},
			0,
		},
		{
			"the first page of one group, and another group", "a.json",
			`{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#groups('` + groupID + `')/members","@odata.nextLink":"https://graph.microsoft.com/v1.0/groups/` + groupID + `/members?$skiptoken=1","value":[` + user + `]}` + "\n" +
				`{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#groups('g2')/members","value":[` + user + `]}`,
			[]store.Membership{part[0], {Group: "g2", Members: []store.Member{ada}, Whole: true}},
			0,
		},
		{"nobody is a member, which stands behind the list", "a.json", `{"value":[],"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#groups('` + groupID + `')/members"}`, whole(), 0},
		{"nobody is a member, and more stands behind the list", "a.json", `{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#groups('` + groupID + `')/members","value":[],"@odata.count":0}`, whole(), 0},
		{"a first page", "a.json", `{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#directoryObjects","@odata.nextLink":"https://graph.microsoft.com/v1.0/groups/` + groupID + `/members?$skiptoken=1","value":[` + user + `]}`, part, 0},
		{"a list that is cut off", groupID + "-members.json", `{"value":[` + user + `,{"id":"u2","userPri`, part, 1},
		{"beside the group", "a.json", `{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#groups(members())","value":[{"id":"` + strings.ToUpper(groupID) + `","displayName":"Crew","members":[` + user + `]}]}`, whole(ada), 0},
		{"the portal's list", "exportGroupMembers_" + groupID + ".csv", "id,userPrincipalName,displayName,objectType,userType,isUser,isGroup,isGuest\nu1,ada@example.com,Ada,User,Member,True,False,False\n", whole(ada), 0},
		{"the portal's list, cut off", "exportGroupMembers_" + groupID + ".csv", "id,userPrincipalName,displayName,objectType,userType,isUser,isGroup,isGuest\nu1,ada@example.com,Ada,User,Member,True,False,False\nu2,bo@exam", part, 1},
		{"the portal's list, a quote mark of which is not closed", groupID + "-members.csv", "id,userPrincipalName,displayName,objectType,userType,isUser,isGroup,isGuest\nu1,ada@example.com,Ada,User,Member,True,False,False\nu2,bo@example.com,\"Bo,User,Member,True,False,False\nu3,cy@example.com,Cy,User,Member,True,False,False\n", part, 1},
		{"the portal's list, without an empty cell at a line's end", groupID + "-members.csv", "id,userPrincipalName,displayName,objectType,userType\nu1,ada@example.com,Ada,User\n", whole(ada), 0},
		{"of no group", "exportGroupMembers.csv", "id,userPrincipalName,displayName,objectType,isUser,isGroup\nu1,ada@example.com,Ada,User,True,False\n", nil, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			batch, report := importNamed(t, tt.file, tt.text)
			if diff := gocmp.Diff(tt.want, batch.Memberships); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if report.RejectedTotal != tt.rejected || report.Read != report.New+report.Updated+report.Same+report.Skipped+report.RejectedTotal {
				t.Errorf("the report is %+v", report)
			}
		})
	}
}

// Pages of one answer that were saved as files of their own are one list. The second file must not take out the members of
// the first.
func TestDirectoryMembersInPages(t *testing.T) {
	dir := t.TempDir()
	page := func(name, id string) string {
		path := filepath.Join(dir, name)
		text := `{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#groups('` + groupID + `')/members","value":[{"id":"` + id + `"}]}`
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	k := &keepsDirectory{}
	im := New(k, Options{})
	first, second := page("1.json", "u1"), page("2.json", "u2")
	for range 2 {
		if _, err := im.Paths(t.Context(), first, second); err != nil {
			t.Fatal(err)
		}
	}
	var got []bool
	for _, b := range k.batches {
		got = append(got, b.Memberships[0].Whole)
	}
	if want := []bool{true, false, true, false}; !gocmp.Equal(got, want) {
		t.Errorf("which lists are whole: %v, want %v", got, want)
	}
}

// Only so many members are in memory, however many stand inside the groups of a file.
func TestDirectoryMembersBesideManyGroups(t *testing.T) {
	var text strings.Builder
	members := strings.Repeat(`{"id":"u"},`, besideGroups/2)
	for range 5 {
		text.WriteString(`{"id":"g","groupTypes":[],"members":[` + strings.TrimSuffix(members, ",") + "]}\n")
	}
	k := &keepsDirectory{}
	report, err := New(k, Options{}).Reader(t.Context(), "groups.json", strings.NewReader(text.String()))
	if err != nil || report.New != 5 {
		t.Fatalf("the report is %+v, %v", report, err)
	}
	var got []int
	for _, b := range k.batches {
		got = append(got, len(b.Memberships))
	}
	if want := []int{2, 2, 1}; !gocmp.Equal(got, want) {
		t.Errorf("groups with members in a transaction: %v, want %v", got, want)
	}
}

// A file may name any number of types. The report does not grow with them.
func TestDirectoryOfManyTypes(t *testing.T) {
	var text strings.Builder
	for i := range 100 {
		fmt.Fprintf(&text, `{"@odata.type":"#microsoft.graph.type%d","id":"x"}`+"\n", i)
	}
	_, report := importNamed(t, "a.json", text.String())
	if report.Skipped != 100 || len(report.CannotShow) != 20 {
		t.Errorf("%d skipped, %d sentences, want 100 and 20", report.Skipped, len(report.CannotShow))
	}
}

func TestDirectoryRejects(t *testing.T) {
	for _, tt := range []struct{ name, file, text, want string }{
		{"a user without id", "a.json", `{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#users","value":[{"id":null,"displayName":"x","userPrincipalName":"x"}]}`, "the object has no id."},
		{"a row without id", "a.csv", "id,userPrincipalName,displayName\n,x,y\n", "the row has no object ID."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, report := importNamed(t, tt.file, tt.text)
			if len(report.Rejected) != 1 || report.Rejected[0].Reason != tt.want {
				t.Errorf("rejected %+v, want %q", report.Rejected, tt.want)
			}
		})
	}
	long := "id,userPrincipalName,displayName\nu1,\"" + strings.Repeat("x", MaxRecord+10_000)
	path := filepath.Join(t.TempDir(), "long.csv")
	if err := os.WriteFile(path, []byte(long), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := New(&keepsDirectory{}, Options{}).Paths(t.Context(), path); err == nil || !strings.Contains(err.Error(), "longer than 4 MiB") {
		t.Errorf("a row without end: %v", err)
	}
}

// FuzzDirectory: for any file the import ends, every record is counted once, and every object has an ID.
func FuzzDirectory(f *testing.F) {
	f.Add("members.csv", []byte("id,displayName,objectType\nx,y,User\n"))
	f.Add("a.csv", []byte("id,userPrincipalName,displayName\n\"u,1\",\"a\"\"b\",\n"))
	f.Add("a.json", []byte(`{"@odata.context":"x$metadata#groups('`+groupID+`')/members","value":[{"id":"1","members":[{"id":"2"}]}]}`))
	f.Add("b.json", []byte(`{"@odata.context":"x$metadata#users","value":[{"id":"1","signInActivity":{"lastSuccessfulSignInDateTime":"2026"},"verifiedPublisher":{}}]}`))
	f.Fuzz(func(t *testing.T, name string, text []byte) {
		k := &keepsDirectory{}
		report, _ := New(k, Options{}).Reader(t.Context(), name, strings.NewReader(string(text)))
		if report.Read != report.New+report.Updated+report.Same+report.Skipped+report.RejectedTotal {
			t.Fatalf("the counts do not add up: %+v", report)
		}
		for _, b := range k.batches {
			for _, o := range b.Objects {
				if o.ID == "" || o.Kind == 0 {
					t.Fatalf("an object without ID or kind: %+v", o)
				}
			}
			for _, m := range b.Memberships {
				if m.Group == "" {
					t.Fatalf("members of no group: %+v", m)
				}
			}
		}
	})
}
