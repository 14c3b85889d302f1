package access

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"signpost/store"
	"signpost/store/rawjson"
)

// The document of a record is what its hash is over: that of a record that says the same is always the same.
func TestDocument(t *testing.T) {
	for _, test := range []struct {
		record Record
		want   string
	}{
		{Record{Action: SignIn, Outcome: Refused}, `{"action":"signin","outcome":"refused"}`},
		{
			Record{
				Account: "Ada <b>", AccountID: "7", Roles: []string{"user"}, PersonID: "p1", Action: Open, Outcome: Allowed, Address: "192.0.2.1", UserAgent: "curl", Page: "/users/u1", Log: store.Interactive, Query: "a=b&c=\"d\"\n",
				Subjects: []Subject{{ID: "u1", Username: "u@example.com", Name: "Bo"}, {}}, RecordID: "r1", Rows: store.IntOf(0), Reason: "asked", Ticket: "T1", Number: store.IntOf(3), Hash: "ff",
			},
			`{"accountName":"Ada <b>","accountId":"7","roles":["user"],"personId":"p1","action":"open","outcome":"allowed","ipAddress":"192.0.2.1","userAgent":"curl","page":"/users/u1","log":"interactive","query":"a=b&c=\"d\"\n","subjects":[{"id":"u1","userPrincipalName":"u@example.com","displayName":"Bo"},{}],"recordId":"r1","rows":0,"reason":"asked","ticket":"T1"}`,
		},
		{Record{Action: Forget, Outcome: Allowed, Removed: Head{4, "ab"}}, `{"action":"forget","outcome":"allowed","removed":{"number":4,"hash":"ab"}}`},
	} {
		if got, err := test.record.Document(); err != nil || string(got) != test.want {
			t.Errorf("got  %s\nwant %s, %v", got, test.want, err)
		}
	}
}

func TestWhole(t *testing.T) {
	hash := "0123456789abcdef0123456789abcdef" + strings.Repeat("0", 32)
	got := string(Whole(7, time.Date(2026, 11, 28, 12, 0, 0, 5000, time.UTC), []byte(`{"action":"open"}`), "00", hash))
	want := `{"id":"01234567-89ab-cdef-0123-456789abcdef","createdDateTime":"2026-11-28T12:00:00.000005Z","number":7,"action":"open","previousHash":"00","hash":"` + hash + `"}`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestHead(t *testing.T) {
	h := Head{12, strings.Repeat("0f", 32)}
	if got, err := ParseHead(strings.ToUpper(h.String())); err != nil || got != h {
		t.Errorf("got %v, %v; want %v", got, err, h)
	}
	for _, text := range []string{"", "12", "12:", "x:" + h.Hash, "0:" + h.Hash, "-1:" + h.Hash, "12:" + h.Hash[1:], "12:" + h.Hash + "00", "12:" + strings.Repeat("g", 64)} {
		if got, err := ParseHead(text); err == nil {
			t.Errorf("%q is read as %v", text, got)
		}
	}
}

// The pages of all records of a log are one page: else each opened record would add a text to the dictionary of pages.
func TestPageOfARecord(t *testing.T) {
	for _, test := range []struct{ page, id, want string }{
		{"/logs/interactive/1111-aa", "1111-aa", "/logs/interactive/ID"},
		{"/logs/interactive/1111-AA", "1111-aa", "/logs/interactive/ID"},
		{"/logs/audit/Directory_a/b c", "Directory_a/b c", "/logs/audit/ID"},
		{"/logs/interactive", "1111-aa", "/logs/interactive"},
		{"/logs/interactive", "active", "/logs/interactive"},
		{"/users", "", "/users"},
		{"/users/", "", "/users/"},
		{"", "x", ""},
		{"x", "x", "x"},
	} {
		r := &Record{Page: test.page, RecordID: test.id}
		if r.settle(); r.Page != test.want {
			t.Errorf("%q of %q: got %q, want %q", test.page, test.id, r.Page, test.want)
		}
	}
}

func TestSubjectNames(t *testing.T) {
	for _, test := range []struct {
		subjects []Subject
		want     string
	}{
		{nil, ""},
		{[]Subject{{ID: "3"}}, "3"},
		{[]Subject{{ID: "1", Name: "Ada"}, {ID: "2", Username: "bo@example.com"}}, "Ada, bo@example.com"},
		{[]Subject{{Name: "A"}, {Name: "B"}, {Name: "A"}, {Name: "C"}, {Name: "D"}, {Name: "E"}}, "A and 4 more"},
	} {
		r := &Record{Subjects: test.subjects}
		if r.settle(); r.subjectNames != test.want {
			t.Errorf("got %q, want %q", r.subjectNames, test.want)
		}
	}
}

// The quick way to read subjects reads what package json reads, or leaves it to that.
func FuzzSubjects(f *testing.F) {
	for _, list := range []string{
		`[{"id":"u1","userPrincipalName":"u@example.com","displayName":"Bo \"B\" \u00e5 \ud83d"},{}]`, `[]`, `null`, `[null]`, `[{"ID":"u1"}]`, `[{"id":7}]`, `[{"id":"a","id":"b"}]`, `[{"id":null}]`, `[{"x":1}]`, `{}`, `"x"`, "[{\"id\":\"\xff\"}]", `[{"i\u0064":"u1"}]`,
	} {
		f.Add([]byte(list))
	}
	f.Fuzz(func(t *testing.T, list []byte) {
		list, _, err := rawjson.Compact(nil, list, 100)
		if err != nil {
			return
		}
		var r Record
		var want []Subject
		if ok, err := r.readSubjects(list), json.Unmarshal(list, &want); ok != (err == nil) || !slices.Equal(r.Subjects, want) || r.unreadSubjects == ok {
			t.Errorf("%s: got %v, %+v; want %v, %+v", list, ok, r.Subjects, err, want)
		}
	})
}
