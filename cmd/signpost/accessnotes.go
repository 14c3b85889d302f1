package main

import (
	"context"
	"errors"
	"log/slog"

	"signpost/auth"
	"signpost/store"
	"signpost/store/access"
	"signpost/store/accesslog"
	"signpost/store/datafolder"
	"signpost/store/export"
	"signpost/store/portal"
)

// accountNotes write changes of accounts into the access log of a folder, which is opened at the first of them.
type accountNotes struct {
	folder string
	people *portal.DB
	log    *slog.Logger
	opened *accesslog.Log
	failed error
}

// note writes down one event.
func (n *accountNotes) note(ctx context.Context, e auth.Event) {
	if n.opened == nil && n.failed == nil {
		n.opened, n.failed = accesslog.Open(ctx, n.folder, accesslog.WithLog(n.log), accesslog.WithKeeper(n.people))
	}
	if n.failed != nil {
		return
	}
	action := access.Account
	if e.Name == auth.EventRolesChanged || e.Name == auth.EventAccountAdded {
		action = access.Roles
	}
	n.failed = n.opened.Append(ctx, &access.Record{Action: action, Outcome: access.Allowed, Account: e.By, Query: e.Text()})
}

// end closes the access log, and says why something could not be written: the change itself is done.
func (n *accountNotes) end() error {
	var err error
	if n.failed != nil {
		err = errors.New("the change is done, and the access log could not be written: " + n.failed.Error())
	}
	if n.opened != nil {
		err = errors.Join(err, n.opened.Close())
	}
	return err
}

// noteExport writes down an export before its first byte.
func noteExport(ctx context.Context, db *datafolder.Folder, request export.Request) error {
	logs := []store.Log{request.Query.Log}
	if request.Format == export.ZIP {
		logs = nil
		for _, info := range db.Catalog().Kind(request.Query.Log).Logs {
			logs = append(logs, info.Log)
		}
	}
	var rows int64
	for _, log := range logs {
		q := request.Query
		info, _ := db.Catalog().Log(log)
		q.Log, q.After, q.Before = log, nil, nil
		q.Filter, _ = q.Filter.For(info)
		total, err := db.Total(ctx, q)
		if err != nil {
			return err
		}
		rows += total.N
	}
	query := store.Query{Range: request.Query.Range, Filter: request.Query.Filter, AllEvents: request.Query.AllEvents}
	return db.Access().Append(ctx, &access.Record{
		Action: access.Export, Outcome: access.Allowed, Account: onCommandLine().Name, Log: request.Query.Log, Query: query.Values().Encode(), Rows: store.IntOf(rows),
	})
}
