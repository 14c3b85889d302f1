package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"signpost/auth"
	"signpost/store/datafolder"
	"signpost/store/dbfile"
	"signpost/store/demo"
	"signpost/store/importer"
	"signpost/views"
)

// demoFile marks a data folder as a demo's and says which days of the tenant are still to be loaded.
const demoFile = "demo.json"

// The serve that loads the tenant holds demoLock. Two would each load all days, and overwrite each other's
// demoFile.
const demoLock = "demo.lock"

// demoPassword is the password of every demo account. The sign-in page shows it, and only a demo folder served
// with --demo accepts it.
const demoPassword = "signpost-demo"

const demoSeed = 1

// demoState is the content of demoFile.
type demoState struct {
	Seed    uint64       `json:"seed"`
	Density demo.Density `json:"density"`
	Until   time.Time    `json:"until"`
	// Directory means that the tenant's users, groups and applications are loaded. States means that the reports about them are
	// too, and the credentials of applications.
	Directory bool `json:"directory"`
	States    bool `json:"states"`
	// Audit means that the days which are loaded have their audit records. Folders of earlier versions have none.
	Audit bool `json:"audit"`
	// Provisioning means the same of the provisioning records.
	Provisioning bool `json:"provisioning"`
	// Activity means the same of their Microsoft 365 activity.
	Activity bool `json:"activity"`
	// Risk means the same of their risk records. RiskBefore means that the risk before the first day is loaded too.
	Risk       bool `json:"risk"`
	RiskBefore bool `json:"riskBefore"`
	// Missing are the spans still to be loaded, the newest last.
	Missing []demoSpan `json:"missing"`
}

// demoSpan is a span of the tenant's life: from From up to, but not at, Until.
type demoSpan struct {
	From  time.Time `json:"from"`
	Until time.Time `json:"until"`
}

// demoLoader fills a demo folder while the server runs, newest day first.
type demoLoader struct {
	path  string
	db    *datafolder.Folder
	turn  importTurn
	log   *slog.Logger
	letGo func() error // holds demoLock
	state demoState

	mu           sync.Mutex
	loaded, days int
	failure      string
}

// newDemoLoader prepares a folder. In an empty folder it begins the last 30 days; in a demo's folder it goes on
// where it stopped, up to now. It refuses any other folder, and one that another serve loads.
func newDemoLoader(ctx context.Context, folder string, db *datafolder.Folder, turn importTurn, log *slog.Logger) (*demoLoader, error) {
	letGo, held, err := dbfile.Hold(filepath.Join(folder, demoLock))
	switch {
	case err != nil:
		return nil, err
	case !held:
		return nil, fmt.Errorf("another serve --demo has %s: stop it, or give this one another folder with --data", folder)
	}
	l := &demoLoader{path: filepath.Join(folder, demoFile), db: db, turn: turn, log: log, letGo: letGo}
	if err := l.begin(ctx, folder); err != nil {
		return nil, errors.Join(err, letGo())
	}
	return l, nil
}

// Close lets another serve have the folder.
func (l *demoLoader) Close() error { return l.letGo() }

// begin reads demoFile, or starts one in a folder without records. It adds the span up to now and saves the file.
func (l *demoLoader) begin(ctx context.Context, folder string) error {
	now := time.Now().UTC().Truncate(time.Minute)
	text, err := os.ReadFile(l.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		for _, info := range l.db.Catalog().Logs() {
			if _, some, err := l.db.Newest(ctx, info.Log); err != nil {
				return err
			} else if some {
				return fmt.Errorf("%s holds records that are not the demo's: --demo needs an empty folder or a demo's own", folder)
			}
		}
		from := now.AddDate(0, 0, -demo.DefaultDays)
		l.state = demoState{Seed: demoSeed, Density: demo.DefaultDensity, Until: now, Audit: true, Provisioning: true, Activity: true, Risk: true, Missing: []demoSpan{{from, now}}}
	case err != nil:
		return fmt.Errorf("read the demo's state: %w", err)
	default:
		if err := json.Unmarshal(text, &l.state); err != nil {
			return fmt.Errorf("%s is damaged (%w): remove the folder to begin a new demo", l.path, err)
		}
		if l.state.Until.Before(now) {
			l.state.Missing = append(l.state.Missing, demoSpan{l.state.Until, now})
			l.state.Until = now
		}
	}
	return l.save()
}

// save writes the state to a temporary file and renames it, so that a crash leaves the old or the new state.
func (l *demoLoader) save() error {
	text, err := json.MarshalIndent(l.state, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(l.path+".new", text, 0o600); err != nil {
		return fmt.Errorf("write the demo's state: %w", err)
	}
	return os.Rename(l.path+".new", l.path)
}

// load loads the missing days, the newest first. It logs a failure and shows it on the page.
func (l *demoLoader) load(ctx context.Context) {
	if err := l.loadMissing(ctx); err != nil && ctx.Err() == nil {
		l.log.ErrorContext(ctx, "the demo tenant could not be loaded", "error", err)
		l.mu.Lock()
		l.failure = "The demo tenant could not be loaded whole: see the server's log."
		l.mu.Unlock()
	}
}

func (l *demoLoader) loadMissing(ctx context.Context) error {
	tenants := make([]*demo.Tenant, len(l.state.Missing))
	for i, span := range l.state.Missing {
		tenant, err := demo.New(demo.Options{Density: l.state.Density, Seed: l.state.Seed, From: span.From, Until: span.Until})
		if err != nil {
			return err
		}
		tenants[i] = tenant
		l.mu.Lock()
		l.days += len(tenant.Days())
		l.mu.Unlock()
	}
	if err := l.loadDirectory(ctx); err != nil {
		return err
	}
	if err := l.loadLater(ctx, &l.state.Audit, (*demo.Tenant).AuditDay); err != nil {
		return err
	}
	if err := l.loadLater(ctx, &l.state.Provisioning, (*demo.Tenant).ProvisioningDay); err != nil {
		return err
	}
	if err := l.loadLater(ctx, &l.state.Activity, (*demo.Tenant).ActivityDay); err != nil {
		return err
	}
	if err := l.loadLater(ctx, &l.state.Risk, (*demo.Tenant).RiskDay); err != nil {
		return err
	}
	if err := l.loadRiskBefore(ctx); err != nil {
		return err
	}
	for i := len(tenants) - 1; i >= 0; i-- {
		days := tenants[i].Days()
		for _, day := range slices.Backward(days) {
			if err := l.loadDay(ctx, tenants[i], day); err != nil {
				return err
			}
			l.mu.Lock()
			l.loaded++
			l.mu.Unlock()
			if l.state.Missing[i].Until = day; !l.state.Missing[i].From.Before(day) {
				l.state.Missing = l.state.Missing[:i]
			}
			if err := l.save(); err != nil {
				return err
			}
		}
	}
	return nil
}

// loadDirectory loads the tenant's directory, once.
func (l *demoLoader) loadDirectory(ctx context.Context) error {
	if l.state.Directory && l.state.States {
		return nil
	}
	im := importer.New(l.db, importer.Options{})
	err := demo.Directory(l.state.Until, func(name string, content io.Reader) error {
		report, err := im.Reader(ctx, name, content)
		if err == nil && report.RejectedTotal > 0 {
			err = fmt.Errorf("%d objects of the demo's directory were rejected: %s", report.RejectedTotal, report.Rejected[0].Reason)
		}
		return err
	})
	if err != nil {
		return err
	}
	l.state.Directory, l.state.States = true, true
	return l.save()
}

// loadLater loads the records of a kind of the last 30 days into a folder that was loaded without any, once. Records
// that a missing day loads again are skipped then.
func (l *demoLoader) loadLater(ctx context.Context, loaded *bool, write func(*demo.Tenant, context.Context, time.Time, io.Writer) error) error {
	if *loaded {
		return nil
	}
	tenant, err := demo.New(demo.Options{Density: l.state.Density, Seed: l.state.Seed, Until: l.state.Until})
	if err != nil {
		return err
	}
	for _, day := range slices.Backward(tenant.Days()) {
		if err := l.importDay(ctx, day, func(ctx context.Context, day time.Time, w io.Writer) error { return write(tenant, ctx, day, w) }); err != nil {
			return err
		}
	}
	*loaded = true
	return l.save()
}

// loadRiskBefore loads the history of risk in the months before the first day, once.
func (l *demoLoader) loadRiskBefore(ctx context.Context) error {
	if l.state.RiskBefore {
		return nil
	}
	tenant, err := demo.New(demo.Options{Density: l.state.Density, Seed: l.state.Seed, Until: l.state.Until})
	if err != nil {
		return err
	}
	err = l.importDay(ctx, l.state.Until, func(_ context.Context, _ time.Time, w io.Writer) error { return tenant.RiskBefore(w) })
	if err != nil {
		return err
	}
	l.state.RiskBefore = true
	return l.save()
}

// loadDay imports the records of one day.
func (l *demoLoader) loadDay(ctx context.Context, tenant *demo.Tenant, day time.Time) error {
	return l.importDay(ctx, day, tenant.Day, tenant.AuditDay, tenant.ProvisioningDay, tenant.ActivityDay, tenant.RiskDay)
}

// importDay imports what the writers write of one day.
func (l *demoLoader) importDay(ctx context.Context, day time.Time, writers ...func(context.Context, time.Time, io.Writer) error) error {
	if err := l.turn.take(ctx); err != nil {
		return err
	}
	defer l.turn.give() // an upload gets its turn between two days
	reader, writer := io.Pipe()
	go func() {
		var err error
		for _, write := range writers {
			if err == nil {
				err = write(ctx, day, writer)
			}
		}
		writer.CloseWithError(err)
	}()
	defer reader.Close()
	report, err := importer.New(l.db, importer.Options{}).Reader(ctx, "demo "+day.Format(time.DateOnly), reader)
	if err == nil && report.RejectedTotal > 0 {
		err = fmt.Errorf("%d records of the demo were rejected: %s", report.RejectedTotal, report.Rejected[0].Reason)
	}
	return err
}

// progress gives the state of the loading; nil when it is done.
func (l *demoLoader) progress() *views.Progress {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.failure != "":
		return &views.Progress{Percent: 100 * l.loaded / max(l.days, 1), Text: l.failure}
	case l.loaded == l.days && l.days > 0 || l.days == 0 && len(l.state.Missing) == 0:
		return nil
	}
	return &views.Progress{
		Percent: 100 * l.loaded / max(l.days, 1),
		Text:    fmt.Sprintf("Loading the demo tenant, newest day first: %d of %d days.", l.loaded, l.days),
	}
}

// ensureDemoAccounts makes an account for each role and lists them for the sign-in page.
func ensureDemoAccounts(ctx context.Context, accounts *auth.Accounts) ([]views.DemoAccount, error) {
	var wanted []auth.NewAccount
	var listed []views.DemoAccount
	for _, a := range demo.Accounts() {
		roles, err := auth.ParseRoles(a.Roles)
		if err != nil {
			return nil, err
		}
		wanted = append(wanted, auth.NewAccount{
			Name: a.Name, Password: demoPassword, Roles: roles, UserPrincipalName: a.UserPrincipalName, UserID: a.UserID,
		})
		labels := make([]string, len(roles))
		for i, r := range roles {
			labels[i] = r.Label()
		}
		listed = append(listed, views.DemoAccount{Name: a.Name, Password: demoPassword, Role: strings.Join(labels, ", "), Note: a.Story})
	}
	return listed, accounts.EnsureDemo(ctx, wanted)
}
