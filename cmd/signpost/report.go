package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"signpost/auth"
	"signpost/static"
	"signpost/store/datafolder"
	"signpost/store/importer"
	"signpost/store/kinds"
	"signpost/store/portal"
	"signpost/web"
)

// ReportCmd is `signpost report`. It writes the file of a saved view, of a schedule or of an address of the portal, as an account
// may have it.
type ReportCmd struct {
	Name   string `arg:"" help:"Name of a saved view or a schedule of the account, or an address of the portal such as '/logs/interactive?status=failure'."`
	Data   string `default:"./data" type:"existingdir" placeholder:"DIR" help:"Folder of the data (${default})."`
	As     string `placeholder:"ACCOUNT" help:"Account whose rights the file has; without it, the owner of the view or schedule."`
	Format string `default:"" enum:",csv,xlsx,json,html" placeholder:"FORMAT" help:"Kind of file: csv, json, html (a page for reading and printing), or of a log xlsx; csv, or that of the schedule, where it is not given."`
	Zone   string `default:"UTC" placeholder:"ZONE" help:"Time zone in which days of the range begin (${default})."`
	Out    string `type:"path" placeholder:"PATH" help:"File to write, or a folder, which then gets a file of the download's name; standard output where it is not given."`
}

// Run writes the file. It gets its name only when it is whole.
func (c *ReportCmd) Run(ctx context.Context, streams Streams) (err error) {
	log := newLog(streams.Err, slog.LevelWarn)
	ctx, stop := untilStopped(ctx, log)
	defer stop()
	limitMemory(portalMemory)
	location, err := time.LoadLocation(c.Zone)
	if err != nil || location == time.Local {
		return usageError{errors.New("--zone takes a time zone, such as Europe/Oslo or UTC")}
	}
	db, err := datafolder.Open(ctx, c.Data, kinds.Catalog, importer.Decoder(kinds.Catalog), datafolder.WithLog(log))
	if err != nil {
		return exitError{exitFailed, fmt.Sprintf("open the data in %s: %v", c.Data, err)}
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	people, err := portal.Open(ctx, c.Data, portal.WithLog(log))
	if err != nil {
		return exitError{exitFailed, fmt.Sprintf("open the accounts in %s: %v", c.Data, err)}
	}
	defer func() { err = errors.Join(err, people.Close()) }()
	accounts := auth.NewAccounts(people, time.Now, true)
	accounts.LogTo(log)
	report, err := c.find(ctx, people, accounts)
	if err != nil {
		return err
	}
	account := report.account
	server := web.New(web.Config{
		Store: db, Directory: db, Accounts: accounts, Setup: auth.NewSetup(accounts), Log: log, Access: db.Access(), Settings: people,
		Sessions: auth.NewSessions(people, accounts, time.Now, auth.SessionOptions{}), Static: static.Handler(), Preferences: people, Views: people,
		Answers: people, Imports: db, Coverage: db, Unread: importer.Unread(kinds.Catalog), Lacks: importer.Lacks, Misread: importer.Misread(kinds.Catalog),
	})
	who := auth.Readers{Owner: account, Recipient: account, Why: "signpost report, run by " + onCommandLine().Name}
	var file auth.SentFile
	err = c.write(streams.Out, func(out io.Writer) (name string, err error) {
		file, err = server.File(ctx, who, report.address, report.format, time.Now().In(location), out)
		return file.Name, err
	})
	var invalid auth.Invalid
	switch {
	case errors.As(err, &invalid):
		return usageError{invalid}
	case ctx.Err() != nil:
		return exitError{exitFailed, "the report was stopped; no whole file was written"}
	case errors.Is(err, auth.ErrNoRight):
		return exitError{exitFailed, account.Name + " may not see what this shows, or there is nothing at this address"}
	case err != nil:
		return exitError{exitFailed, fmt.Sprintf("report: %v", err)}
	}
	if file.StillReading {
		_, err = fmt.Fprintln(streams.Err, "Older records are being read again after an update of Signpost: what the file shows of them may still change.")
	}
	if file.SetAside != "" {
		_, asideErr := fmt.Fprintln(streams.Err, file.SetAside+".")
		err = errors.Join(err, asideErr)
	}
	return err
}

// foundReport is what the name stands for.
type foundReport struct {
	address, format string
	account         auth.Account
}

// find gives what the name stands for: an address, a schedule or a saved view. Of several the account must be named.
func (c *ReportCmd) find(ctx context.Context, people *portal.DB, accounts *auth.Accounts) (report foundReport, err error) {
	var as auth.Account
	if c.As != "" {
		account, ok := accounts.Named(ctx, c.As)
		switch {
		case !ok:
			return report, usageError{fmt.Errorf("--as: there is no account named %q", c.As)}
		case account.Disabled:
			return report, exitError{exitFailed, "the account " + account.Name + " is disabled"}
		}
		as = account
	}
	if strings.HasPrefix(c.Name, "/") {
		if as.ID == 0 {
			return report, usageError{errors.New("--as is needed with an address: the account whose rights the file has")}
		}
		return foundReport{c.Name, cmp.Or(c.Format, "csv"), as}, nil
	}
	found, err := c.named(ctx, people, accounts, as.ID)
	switch {
	case err != nil:
		return report, err
	case len(found) == 0:
		return report, usageError{fmt.Errorf("there is no schedule and no saved view named %q", c.Name)}
	case len(found) > 1:
		return report, usageError{fmt.Errorf("there are %d schedules and saved views named %q: name the account with --as, or give the address", len(found), c.Name)}
	case found[0].account.Disabled:
		return report, exitError{exitFailed, "the account of its owner, " + found[0].account.Name + ", is disabled"}
	}
	return found[0], nil
}

// named gives the schedules and the saved views of a name. A schedule goes before a view of its owner.
func (c *ReportCmd) named(ctx context.Context, people *portal.DB, accounts *auth.Accounts, as int64) (found []foundReport, err error) {
	all, err := accounts.List(ctx)
	if err != nil {
		return nil, err
	}
	for _, account := range all {
		if as != 0 && account.ID != as {
			continue
		}
		subscriptions, err := people.Subscriptions(ctx, account.ID)
		if err != nil {
			return nil, err
		}
		before := len(found)
		for _, sub := range subscriptions {
			if sub.Kind == auth.KindSchedule && strings.EqualFold(sub.Terms.Name, c.Name) {
				found = append(found, foundReport{sub.Terms.Address, cmp.Or(c.Format, sub.Terms.Format), account})
			}
		}
		views, err := people.SavedViews(ctx, account.ID)
		if err != nil {
			return nil, err
		}
		for _, v := range views {
			isTheirs := v.OwnerID == account.ID || as != 0 // a view that somebody shares is open to the account that is named
			if isTheirs && strings.EqualFold(v.Name, c.Name) && len(found) == before {
				found = append(found, foundReport{"/logs/" + v.List + "?" + v.Query, cmp.Or(c.Format, "csv"), account})
			}
		}
	}
	return found, nil
}

// write writes the file to --out. In a folder it has the name of the download.
func (c *ReportCmd) write(stdout io.Writer, write func(io.Writer) (name string, err error)) error {
	if c.Out == "" {
		_, err := write(stdout)
		return err
	}
	if info, err := os.Stat(c.Out); err != nil || !info.IsDir() {
		return writeWhole(c.Out, func(out io.Writer) error { _, err := write(out); return err })
	}
	file, err := os.CreateTemp(c.Out, ".signpost-report-*") // a name of this run alone
	if err != nil {
		return err
	}
	part := file.Name()
	var name string
	err = file.Close()
	if err == nil {
		err = writeWhole(part, func(out io.Writer) (err error) { name, err = write(out); return err })
	}
	if err == nil {
		err = os.Rename(part, filepath.Join(c.Out, filepath.Base(name)))
	}
	if err != nil {
		err = errors.Join(err, os.Remove(part))
	}
	return err
}
