package bench

import (
	"context"
	"fmt"
	"html"
	"io"
	"strings"
	"time"

	"signpost/store"
	"signpost/store/datafolder"
	"signpost/store/demo"
	"signpost/store/importer"
)

// The large group is measured as a page and as a filter. It holds all people of the tenant, and made-up members up
// to largeGroupMembers.
const (
	largeGroup        = "00000000-0000-4000-8000-00000000be0c"
	largeGroupMembers = 5000
)

// putDirectory imports the tenant's directory and the large group. Objects that are there stay as they are.
func putDirectory(ctx context.Context, db *datafolder.Folder) error {
	if _, err := db.Membership(ctx, largeGroup); err == nil {
		return nil
	}
	im := importer.New(db, importer.Options{})
	err := demo.Directory(time.Now(), func(name string, content io.Reader) error {
		_, err := im.Reader(ctx, name, content)
		return err
	})
	if err != nil {
		return err
	}
	everybody, err := db.Entities(ctx, store.EntitiesQuery{Kind: store.ObjectUser, Range: store.AllTime(), Sort: store.SortName, Limit: largeGroupMembers})
	if err != nil {
		return err
	}
	group := store.Membership{Group: largeGroup, Whole: true}
	for _, r := range everybody.Rows {
		if r.ID != "" {
			group.Members = append(group.Members, store.Member{ID: r.ID, Kind: store.ObjectUser, Name: r.Name, Username: r.Username})
		}
	}
	for i := len(group.Members); i < largeGroupMembers; i++ {
		id := fmt.Sprintf("00000000-0000-4000-9000-%012d", i)
		group.Members = append(group.Members, store.Member{ID: id, Kind: store.ObjectUser, Name: "Somebody " + id[32:], Username: id + "@example.com"})
	}
	_, err = db.PutDirectory(ctx, 0, store.DirectoryBatch{
		Objects:     []store.Object{{Kind: store.ObjectGroup, ID: largeGroup, Name: "Five thousand", Type: "Security"}},
		Memberships: []store.Membership{group}, At: time.Now(),
	})
	return err
}

// reportAsks are the pages of the reports that are measured: each report, and each list with questions of its own.
var reportAsks = []string{
	"/insights?",
	"/insights/applications?", "/insights/applications?compare=yes", "/insights/applications?list=quiet", "/insights/applications?list=never",
	"/insights/adfs?",
	"/insights/authentication?tab=registration", "/insights/authentication?tab=usage", "/insights/authentication?tab=usage&list=claims",
	"/insights/authentication?tab=usage&list=prompts", "/insights/authentication?tab=usage&list=prompted", "/insights/authentication?tab=usage&list=weak",
	"/insights/authentication?tab=usage&list=days", "/insights/authentication?tab=events",
	"/insights/principals?", "/insights/principals?list=unused",
	"/insights/credentials?", "/insights/credentials?list=tried", "/insights/credentials?list=network",
	"/insights/removal?kind=client&value=IMAP4", "/insights/removal?kind=country&value=NO", "/insights/removal?kind=resource&value=Microsoft%20Graph",
}

// directoryAsks gives the questions about the directory: its lists, the busiest user and application, the large
// group, and the logs filtered to its members.
func (p *pages) directoryAsks(ctx context.Context, span span) ([]askable, error) {
	r := rangeOf(p.until, span.length)
	var asks []askable
	add := func(question, log, address string) {
		asks = append(asks, askable{question, log, span, Filter{Name: filterNone}, p.client.ask(r, func(r store.Range) string { return address + rangeQuery(r) })})
	}
	app := ""
	for _, list := range []string{"/users", "/groups", "/apps"} {
		add(list, userLogs, list+"?")
		page, err := p.client.get(ctx, list+"?"+rangeQuery(r))
		if err != nil {
			return nil, err
		}
		if row := rowHook.FindStringSubmatch(page); row != nil && list != "/groups" {
			id := html.UnescapeString(row[1] + row[2])
			add(list+"/ID", userLogs, list+"/"+id+"?")
			if list == "/apps" {
				app = id
			}
		}
	}
	for _, report := range reportAsks {
		add(strings.TrimSuffix(report, "?"), allLogs, report+"&")
	}
	if app != "" {
		for _, list := range []string{"", "list=users", "list=stopped"} {
			add("/insights/applications/ID?"+list, userLogs, "/insights/applications/"+app+"?"+list+"&")
		}
		add("/insights/removal?kind=app", allLogs, "/insights/removal?kind=app&value="+app+"&")
	}
	add("/groups/ID", userLogs, "/groups/"+largeGroup+"?")
	for _, info := range store.SignIns.Logs {
		if info.User {
			add("/logs/"+string(info.Log)+"?group=", string(info.Log), "/logs/"+string(info.Log)+"?group="+largeGroup+"&")
		}
	}
	return asks, nil
}
