package store

import (
	"fmt"
	"slices"
	"testing"
)

// An engine keeps what it made of a set by its print: sets of the same members share it, in whatever order, and no others do.
func TestPrintOfMembers(t *testing.T) {
	ada, bo, cy := Member{ID: "a", Username: "Ada@example.com"}, Member{ID: "b"}, Member{ID: "c"}
	same := [][]Member{{ada, bo}, {bo, ada}, {{ID: "A", Username: "ada@example.com", Name: "Ada", Kind: ObjectUser}, bo}}
	for _, list := range same {
		if got, want := NewMemberSet(list).Print(), NewMemberSet(same[0]).Print(); got != want {
			t.Errorf("%v: %s, want %s", list, got, want)
		}
	}
	prints := []string{NewMemberSet(same[0]).Print(), MemberSet{}.Print()}
	for _, list := range [][]Member{nil, {ada}, {bo}, {ada, cy}, {ada, bo, cy}, {{ID: "a"}, bo}, {ada, {ID: "b", Username: "b"}}, {{ID: "a b"}}, {{ID: "a", Username: "b"}}} {
		print := NewMemberSet(list).Print()
		if slices.Contains(prints, print) {
			t.Errorf("%v has the print of other members", list)
		}
		prints = append(prints, print)
	}
}

// The index finds the one user of a name: mail addresses count for filters alone.
func TestUserCalled(t *testing.T) {
	user := func(id, upn, mail string) Object {
		return Object{Kind: ObjectUser, ID: id, Username: upn, Facts: []KeyValue{{Key: "mail", Value: mail}}}
	}
	x := NewDirectoryIndex([]Object{
		user("u1", "ada@example.com", "a@example.com"), user("u2", "bo@example.com", "ada@example.com"), user("u3", "twice@example.com", ""), user("u4", "Twice@example.com", ""),
	}).Finish()
	for upn, want := range map[string]string{"ADA@example.com": "u1", "a@example.com": "", "bo@example.com": "u2", "twice@example.com": "", "nobody": "", "": ""} {
		if got, ok := x.UserCalled(upn); got != want || ok != (want != "") {
			t.Errorf("%q: %q, %t; want %q", upn, got, ok, want)
		}
	}
	if got := fmt.Sprint(x.Names.IDs([]string{"ada@example.com"})); got != "[u1 u2]" {
		t.Errorf("the name finds %s", got)
	}
	var empty DirectoryIndex
	if _, ok := empty.Find(ObjectUser, "u1"); ok || empty.Members("g") != nil {
		t.Error("the zero index has somebody")
	}
}
