package main

import (
	"context"
	"fmt"
	"html"
	"io"
	"time"

	"signpost/store"
	"signpost/store/demo"
	"signpost/store/importer"
	"signpost/store/sqlite"
)

// The group that the pages of groups and the filter by group are measured with: everybody of the tenant among as many as it
// takes to make benchMembers.
const (
	benchGroup   = "00000000-0000-4000-8000-00000000be0c"
	benchMembers = 5000
)

// putBenchDirectory imports the made-up tenant's directory and the large group. What is there already stays as it is.
func putBenchDirectory(ctx context.Context, db *sqlite.DB) error {
	if _, err := db.Membership(ctx, benchGroup); err == nil {
		return nil
	}
	im := importer.New(db, importer.Options{})
	err := demo.Directory(func(name string, content io.Reader) error {
		_, err := im.Reader(ctx, name, content)
		return err
	})
	if err != nil {
		return err
	}
	everybody, err := db.Entities(ctx, store.EntitiesQuery{Kind: store.ObjectUser, Range: store.AllTime(), Sort: store.SortName, Limit: benchMembers})
	if err != nil {
		return err
	}
	group := store.Membership{Group: benchGroup, Whole: true}
	for _, r := range everybody.Rows {
		if r.ID != "" {
			group.Members = append(group.Members, store.Member{ID: r.ID, Kind: store.ObjectUser, Name: r.Name, Username: r.Username})
		}
	}
	for i := len(group.Members); i < benchMembers; i++ {
		id := fmt.Sprintf("00000000-0000-4000-9000-%012d", i)
		group.Members = append(group.Members, store.Member{ID: id, Kind: store.ObjectUser, Name: "Somebody " + id[32:], Username: id + "@example.com"})
	}
	_, err = db.PutDirectory(ctx, 0, store.DirectoryBatch{
		Objects:     []store.Object{{Kind: store.ObjectGroup, ID: benchGroup, Name: "Five thousand", Type: "Security"}},
		Memberships: []store.Membership{group}, At: time.Now(),
	})
	return err
}

// directoryAsks gives the lists of users, groups and applications, the busiest user and application, the large group, and the logs
// filtered to its members.
func (p *benchPages) directoryAsks(ctx context.Context, span benchSpan) ([]benchAsk, error) {
	r := benchRange(p.until, span.length)
	var asks []benchAsk
	add := func(question, log, address string) {
		asks = append(asks, benchAsk{question, log, span, benchFilter{Name: filterNone}, p.ask(r, func(r store.Range) string { return address + rangeQuery(r) })})
	}
	for _, list := range []string{"/users", "/groups", "/apps"} {
		add(list, userLogs, list+"?")
		page, err := p.client.get(ctx, list+"?"+rangeQuery(r))
		if err != nil {
			return nil, err
		}
		if row := rowHook.FindStringSubmatch(page); row != nil && list != "/groups" {
			add(list+"/ID", userLogs, list+"/"+html.UnescapeString(row[1]+row[2])+"?")
		}
	}
	add("/groups/ID", userLogs, "/groups/"+benchGroup+"?")
	for _, info := range store.Logs() {
		if info.User {
			add("/logs/"+string(info.Log)+"?group=", string(info.Log), "/logs/"+string(info.Log)+"?group="+benchGroup+"&")
		}
	}
	return asks, nil
}
