package activity

import (
	"encoding/json"
	"strings"
	"testing"

	"signpost/store"
	"signpost/store/rawjson"
)

func TestPlainAddress(t *testing.T) {
	for told, want := range map[string][2]string{
		"192.0.2.1":                      {"192.0.2.1", ""},
		"192.0.2.1:443":                  {"192.0.2.1", "443"},
		"[2001:db8::1]:25138":            {"2001:db8::1", "25138"},
		"[2001:db8::1]":                  {"2001:db8::1", ""},
		"2001:DB8:0::1":                  {"2001:db8::1", ""},
		"::ffff:192.0.2.7":               {"192.0.2.7", ""},
		"[::ffff:192.0.2.7]:80":          {"192.0.2.7", "80"},
		" 192.0.2.9 ":                    {"192.0.2.9", ""},
		"":                               {"", ""},
		"<null>":                         {"", ""},
		"192.0.2.1:port":                 {"", ""},
		"tidewater-lantern.example:4711": {"", ""},
	} {
		if address, port := plainAddress(told); address != want[0] || port != want[1] {
			t.Errorf("%q: got %q and %q, want %q", told, address, port, want)
		}
	}
}

func TestRecordTypes(t *testing.T) {
	if len(recordTypeNames) != 257 {
		t.Errorf("the table has %d record types, want 257", len(recordTypeNames))
	}
	for told, want := range map[string]struct {
		name   string
		number store.Int
	}{
		"15":                {"AzureActiveDirectoryStsLogon", store.IntOf(15)},
		"ExchangeAdmin":     {"ExchangeAdmin", store.IntOf(1)},
		"exchangeadmin":     {"ExchangeAdmin", store.IntOf(1)},
		"99999":             {"Record type 99999", store.IntOf(99999)},
		"SomethingOfTheDay": {"SomethingOfTheDay", store.Int{}},
		"":                  {"", store.Int{}},
	} {
		if name, number := recordType(told); name != want.name || number != want.number {
			t.Errorf("%q: got %q and %v, want %+v", told, name, number, want)
		}
	}
}

// What is stated as the result decides nothing: of a sign-in it says that the question was answered.
func TestOutcomes(t *testing.T) {
	for _, test := range []struct {
		r    Record
		want string
	}{
		{Record{Operation: "UserLoggedIn", ResultStatus: "Failed"}, "success"},
		{Record{Operation: "UserLoggedIn", ResultStatus: "Succeeded", ErrorNumber: "0"}, "success"},
		{Record{Operation: "UserLoggedIn", ResultStatus: "Succeeded", ErrorNumber: "50140"}, "interrupted"},
		{Record{Operation: "UserLoginFailed", ResultStatus: "Success"}, "failure"},
		{Record{Operation: "UserLoginFailed", ResultStatus: "Success", ErrorNumber: "500121"}, "failure"},
		{Record{Operation: "Add member to role.", ResultStatus: "Success"}, "success"},
		{Record{Operation: "Add member to role.", LogonError: "Denied"}, "failure"},
		{Record{Operation: "FileDownloaded"}, "success"},
		{Record{Operation: "Set-Mailbox", ResultStatus: "True"}, "success"},
		{Record{Operation: "Set-Mailbox", ResultStatus: "False"}, ""},
		{Record{Operation: "UpdateInboxRules", ResultStatus: "PartiallySucceeded"}, ""},
		{Record{Operation: "TeamsAdminActionFailed"}, "failure"},
		{Record{}, ""},
		{Record{RequestMethod: "GET", RequestURI: "https://graph.microsoft.com/v1.0/me", ResponseStatus: store.IntOf(403)}, "failure"},
		{Record{RequestMethod: "GET", RequestURI: "https://graph.microsoft.com/v1.0/me", ResponseStatus: store.IntOf(200)}, "success"},
		{Record{RequestMethod: "GET", RequestURI: "https://graph.microsoft.com/v1.0/me"}, ""},
	} {
		if test.r.settle(store.Envelope{}); test.r.Outcome != test.want {
			t.Errorf("%+v: got %q, want %q", test.r.Operation, test.r.Outcome, test.want)
		}
	}
}

// Only a record that tells a sign-in has that one's request ID. The IntraSystemId of any other is no sign-in's.
func TestRequestIDOfASignIn(t *testing.T) {
	const intra, id, zero = "5cbd0526-9043-4533-8d6a-4c8732084200", "506b3eaf-1006-44ab-b557-cc116c6d6f00", "00000000-0000-0000-0000-000000000000"
	for _, test := range []struct {
		number      int64
		operation   string
		intra, want string
	}{
		{8, "Add member to role.", intra, ""},
		{8, "Add member to role.", "", ""},
		{15, "UserLoggedIn", intra, intra},
		{15, "UserLoginFailed", "", id},
		{15, "UserLoggedIn", zero, id},
		{9, "PasswordLogonInitialAuthUsingPassword", intra, intra},
		{1, "New-InboxRule", intra, ""},
	} {
		r := &Record{RecordNumber: store.IntOf(test.number), Operation: test.operation, IntraSystemID: test.intra}
		*r.ID() = id
		if r.settle(store.Envelope{}); r.SignInID != test.want || r.IntraSystemID != test.intra {
			t.Errorf("%d %s: the sign-in is %q, want %q; %q", test.number, test.operation, r.SignInID, test.want, r.IntraSystemID)
		}
	}
}

func TestPathOfRequests(t *testing.T) {
	for address, want := range map[string]string{
		"https://graph.microsoft.com/v1.0/me":                                           "https://graph.microsoft.com/v1.0/me",
		"https://graph.microsoft.com/v1.0/me/messages?$search=\"pay\"":                  "https://graph.microsoft.com/v1.0/me/messages",
		"https://graph.microsoft.com/v1.0/me/drive/root:/Contracts/Lease.docx:/content": "https://graph.microsoft.com/v1.0/me/drive/root",
		"/v1.0/me/drive/root:/Lease.docx":                                               "/v1.0/me/drive/root",
		"https://graph.microsoft.com/v1.0/drives/d/root%3A/Lease.docx":                  "https://graph.microsoft.com/v1.0/drives/d/root",
		"/v1.0/me/drive/root/children/Lease.docx/content":                               "/v1.0/me/drive/root/children",
		"/v1.0/shares/u!aHR0cHM6Ly94/driveItem":                                         "/v1.0/shares",
		"/v1.0/me/drive/root/search(q='Lease')":                                         "/v1.0/me/drive/root/search()",
		"/v1.0/users('kai@example.com')/messages":                                       "/v1.0/users('kai@example.com')/messages",
		"/v1.0/users('0b0b0b0b-0000-4000-8000-000000000001')/drive":                     "/v1.0/users('0b0b0b0b-0000-4000-8000-000000000001')/drive",
		"": "",
	} {
		if got := pathOf(address); got != want {
			t.Errorf("%s: got %s, want %s", address, got, want)
		}
	}
}

// contentOf is a record with a name of an item, told by the word "hidden", in every place that the declaration knows.
const contentOf = `{"Id":"1","CreationTime":"2026-11-21T10:00:00","RecordType":6,"Operation":"FileDownloaded","ItemType":"File","ObjectId":"hidden plan","UserId":"ada@example.com",
	"SiteUrl":"https://example.sharepoint.com/sites/hidden","SourceFileName":"hidden.docx","SourceRelativeUrl":"Documents/hidden","DestinationFileName":"hidden2.docx",
	"Item":{"Subject":"hidden subject","ParentFolder":{"Path":"\\hidden"},"Attachments":"hidden.pdf"},"AffectedItems":[{"Subject":"hidden too"}],"Folders":[{"Path":"\\hidden","FolderItems":[{"Subject":"hidden three"}]}],
	"Parameters":[{"Name":"SubjectContainsWords","Value":"hidden words"},{"Name":"MoveToFolder","Value":"hidden folder"},{"Name":"ForwardTo","Value":"eve@example.com"}],
	"ModifiedProperties":[{"Name":"FolderPath","OldValue":"hidden old","NewValue":"hidden new"},{"Name":"Role.DisplayName","NewValue":"Owner"}],
	"AuditData":"{\"SourceFileName\":\"hidden inside\",\"Operation\":\"FileDownloaded\"}","Copilot":{"AccessedResources":[{"Name":"hidden resource","SiteUrl":"x","ID":"kept"}]},
	"Somewhere":"https://example-my.sharepoint.com/personal/hidden"}`

func TestContentIsWithheld(t *testing.T) {
	compact, _, err := rawjson.Compact(nil, []byte(contentOf), maxDepth)
	if err != nil {
		t.Fatal(err)
	}
	if got := string(redact(compact, 0)); got != string(compact) {
		t.Errorf("nothing is hidden, and the record changes to %s", got)
	}
	got := string(redact(compact, store.ClassesOf(store.Content)))
	if strings.Contains(got, "hidden") || !json.Valid([]byte(got)) {
		t.Errorf("redacted, the record is %s", got)
	}
	for _, kept := range []string{"eve@example.com", "ada@example.com", "Owner", "FileDownloaded", `"ID":"kept"`} {
		if !strings.Contains(got, kept) {
			t.Errorf("redacted, the record lacks %s: %s", kept, got)
		}
	}
	r := Record{
		Object: `https://example.sharepoint.com/hidden`, ItemType: "File", Destination: "hidden", Items: []ContentItem{{Kind: "File", Name: "hidden", Path: "hidden", ID: "kept"}},
		Parameters: []store.KeyValue{{Key: "MoveToFolder", Value: "hidden"}, {Key: "ForwardTo", Value: "eve@example.com"}}, Changes: []Change{{"FolderPath", "hidden", "hidden"}},
	}
	r.withhold(store.ClassesOf(store.Content))
	if told, _ := json.Marshal(r); strings.Contains(string(told), "hidden") || !strings.Contains(string(told), "eve@example.com") || !r.Withheld {
		t.Errorf("withheld, the record tells %s", told)
	}
}

// No value of any shape may stop the readers, and what is redacted stays JSON.
func FuzzReaders(f *testing.F) {
	for _, value := range []string{
		contentOf, `[{"Name":"a","Value":"b"}]`, `"[{\"Name\":\"a\",\"Value\":[1]}]"`, `{"ID":1,"Type":5}`, `["AttachmentCollection"]`, `null`, `7`, `"x"`, `[[],{}]`, `{"Name":"Folder","Value":{"a":"b"}}`,
	} {
		f.Add([]byte(value))
	}
	f.Fuzz(func(t *testing.T, value []byte) {
		compact, _, err := rawjson.Compact(nil, value, maxDepth)
		if err != nil {
			return
		}
		r := &Record{}
		for _, read := range lists {
			read(r, compact)
		}
		for _, read := range values {
			read(r, text(compact))
		}
		r.settle(store.Envelope{})
		if hidden := redact(compact, store.ClassesOf(store.Content)); !json.Valid(hidden) {
			t.Errorf("%s becomes %s", compact, hidden)
		}
		r.withhold(store.ClassesOf(store.Content))
	})
}

// A record tells a sign-in if it is of the right type and names a request ID.
func TestWhichRecordsTellASignIn(t *testing.T) {
	const id, other, zero = "0d1f2a3b-0000-4000-8000-00000000f00d", "0d1f2a3b-0000-4000-8000-00000000beef", "00000000-0000-0000-0000-000000000000"
	for _, test := range []struct {
		number                  int64 // 0 for a record that names no type
		operation, own, request string
		want                    string // request ID; empty for no sign-in
	}{
		{15, "UserLoggedIn", other, id, id},
		{15, "UserLoginFailed", id, "0D1F2A3B-0000-4000-8000-00000000F00D", id},
		{15, "SomethingOfTheDay", id, id, id},
		{15, "UserLoggedIn", id, "", ""},
		{15, "UserLoggedIn", id, zero, ""},
		{15, "UserLoggedIn", id, "User_" + id, ""},
		{15, "UserLoggedIn", id, "aaa-bbb-ccc", ""},
		{9, "PasswordLogonInitialAuthUsingPassword", id, "", id},
		{9, "PasswordLogonInitialAuthUsingPassword", "abc", "", ""},
		{9, "PasswordLogonInitialAuthUsingPassword", other, id, id},
		{0, "UserLoggedIn", other, id, id},
		{0, "FileDownloaded", other, id, ""},
		{8, "Add user.", id, id, ""},
		{44, "UserLoggedIn", id, id, ""},
	} {
		r := &Record{Operation: test.operation, IntraSystemID: test.request}
		if *r.ID() = test.own; test.number != 0 {
			r.RecordNumber = store.IntOf(test.number)
		}
		r.settle(store.Envelope{})
		got := ""
		if told := tells(r); told != nil {
			got = told.Head().ID
		}
		if got != test.want {
			t.Errorf("%+v: got %q", test, got)
		}
	}
}
