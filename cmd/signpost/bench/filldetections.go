package bench

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"time"

	"signpost/store"
	"signpost/store/datafolder"
	"signpost/store/importer"
)

// Of so many detections one is about a service principal, and of so many there is a risky user or a risky service principal.
const (
	workloadEach       = 10
	riskyUserEach      = 60
	riskyPrincipalEach = 600
	// riskChanges is how many changes the history of a risky object has at most.
	riskChanges = 8
	// detectionsOfOne is how many detections name the same risky sign-in.
	detectionsOfOne = 2
)

// fillDetections imports exactly as many risk detections as were asked for, and the risky users and service principals that they are
// about, with their history. Of the detections of users three in four name a sign-in: first the risky ones, then others. Those of
// service principals all do.
func (b *Bench) fillDetections(ctx context.Context, state *fillState) (err error) {
	db, err := b.OpenForImport(ctx, b.Data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := b.begin(state); err != nil {
		return err
	}
	f := &detectionFiller{ctx: ctx, db: db, state: state, workloads: b.Detections / workloadEach}
	f.users = b.Detections - f.workloads
	if err := f.choose(); err != nil {
		return fmt.Errorf("choose sign-ins for detections: %w", err)
	}
	began := time.Now()
	for _, set := range []struct {
		name, set string
		n         int
		record    func(n int, random *rand.Rand) any
	}{
		{"made-up detections of users", "riskDetections", f.users, f.userDetection},
		{"made-up detections of service principals", "servicePrincipalRiskDetections", f.workloads, f.workloadDetection},
		{"made-up risky users", "riskyUsers", len(f.people), f.riskyUser},
		{"made-up risky service principals", "riskyServicePrincipals", len(f.principals), f.riskyPrincipal},
	} {
		if err := f.put(set.name, set.set, set.n, set.record); err != nil {
			return err
		}
	}
	state.Detections, state.RiskyObjects = b.Detections, len(f.people)+len(f.principals)
	state.DetectionsPerSec = float64(b.Detections) / time.Since(began).Seconds()
	fmt.Fprintf(b.Progress, "imported %d risk detections and %d risky objects, %.0f detections/s\n", state.Detections, state.RiskyObjects, state.DetectionsPerSec)
	state.Filled = true
	return b.save(state)
}

// detectionFiller makes detections. Each depends on its number alone, and on the sign-ins.
type detectionFiller struct {
	ctx              context.Context
	db               *datafolder.Folder
	state            *fillState
	users, workloads int // how many detections of each kind

	risky, others, ofWorkloads []namedSignIn
	people, principals         []riskyObject
}

// namedSignIn is a sign-in that a detection names.
type namedSignIn struct {
	id, correlation, address, city, country, key string
	at                                           time.Time
	of                                           riskyObject
}

// riskyObject is whom a detection is about.
type riskyObject struct{ id, name, username, app string }

// choose finds the sign-ins that detections name, and the risky objects: those of the sign-ins, and as many made-up ones as are lacking.
func (f *detectionFiller) choose() (err error) {
	naming := f.users * 3 / 4
	for _, part := range []struct {
		into   *[]namedSignIn
		log    store.Log
		filter store.Filter
		most   func() int
	}{
		{&f.risky, store.Interactive, riskySignIns(), func() int { return naming }},
		{&f.risky, store.NonInteractive, riskySignIns(), func() int { return naming - len(f.risky) }},
		{&f.others, store.NonInteractive, store.Filter{}, func() int { return naming - detectionsOfOne*len(f.risky) }},
		{&f.ofWorkloads, store.ServicePrincipal, store.Filter{}, func() int { return f.workloads }},
	} {
		if *part.into, err = f.signIns(*part.into, part.log, part.filter, part.most()); err != nil {
			return err
		}
	}
	f.people = objectsOf(f.users/riskyUserEach, "person", f.risky, f.others)
	f.principals = objectsOf(f.workloads*workloadEach/riskyPrincipalEach, "workload", f.ofWorkloads)
	return nil
}

// riskySignIns narrows to sign-ins with a risk state.
func riskySignIns() store.Filter {
	return store.Filter{}.With(store.RiskStateField, store.OpNotEmpty, "").With(store.RiskStateField, store.OpIsNot, "none")
}

// signIns appends up to so many sign-ins of a log, spread over the days.
func (f *detectionFiller) signIns(list []namedSignIn, log store.Log, filter store.Filter, most int) ([]namedSignIn, error) {
	const day = 24 * time.Hour
	for left, ahead := most, f.state.Days; ahead > 0 && left > 0; ahead-- {
		until := f.state.Until.Add(-time.Duration(ahead-1) * day)
		q := store.ListQuery{Log: log, Range: rangeOf(until, day), Filter: filter}
		for today := (left + ahead - 1) / ahead; today > 0; {
			q.Limit = min(today, 500)
			page, err := f.db.Page(f.ctx, q)
			if err != nil {
				return nil, err
			}
			for i := range page.Rows {
				list = append(list, named(page.Rows[i].SignIn()))
			}
			left, today = left-len(page.Rows), today-len(page.Rows)
			if q.After = page.Next; q.After == nil {
				break
			}
		}
	}
	return list, nil
}

func named(s *store.SignIn) namedSignIn {
	n := namedSignIn{
		id: s.ID, correlation: s.CorrelationID, address: s.IPAddress, city: s.City, country: s.CountryOrRegion, key: s.ServicePrincipalCredentialKeyID, at: s.Time,
		of: riskyObject{s.UserID, s.UserDisplayName, s.UserPrincipalName, ""},
	}
	if s.ServicePrincipalID != "" {
		n.of = riskyObject{s.ServicePrincipalID, s.ServicePrincipalName, "", s.AppID}
	}
	return n
}

// objectsOf gives at most so many objects of the sign-ins, and made-up ones behind them.
func objectsOf(n int, what string, lists ...[]namedSignIn) (objects []riskyObject) {
	n = max(n, 1)
	has := map[string]bool{"": true}
	for _, list := range lists {
		for i := range list {
			if of := list[i].of; !has[of.id] && len(objects) < n {
				has[of.id] = true
				objects = append(objects, of)
			}
		}
	}
	for i := len(objects); i < n; i++ {
		id := fmt.Sprintf("00000000-0000-4000-a000-%012d", i)
		o := riskyObject{id: id, name: fmt.Sprintf("A %s %d", what, i)}
		if what == "workload" {
			o.app = fmt.Sprintf("00000000-0000-4000-b000-%012d", i)
		} else {
			o.username = id + "@example.com"
		}
		objects = append(objects, o)
	}
	return objects
}

// put imports the records of a set of Graph.
func (f *detectionFiller) put(name, set string, n int, record func(n int, random *rand.Rand) any) error {
	reader, writer := io.Pipe()
	go func() { writer.CloseWithError(writeSet(writer, set, n, record)) }()
	imported, err := importer.New(f.db, importer.Options{}).Reader(f.ctx, name, reader)
	if err = errors.Join(err, reader.Close()); err != nil {
		return fmt.Errorf("fill with %s: %w", name, err)
	}
	if imported.New != int64(n) || imported.Read != int64(n) {
		return fmt.Errorf("of %d %s %d were read and %d stored", n, name, imported.Read, imported.New)
	}
	return nil
}

// writeSet writes an answer of Graph.
func writeSet(to io.Writer, set string, n int, record func(n int, random *rand.Rand) any) error {
	w := bufio.NewWriterSize(to, 1<<16)
	fmt.Fprintf(w, `{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#identityProtection/%s","value":[`, set)
	for i := range n {
		if i > 0 {
			_ = w.WriteByte(',') // the writer keeps its first error for Flush
		}
		text, err := json.Marshal(record(i, rand.New(rand.NewPCG(firstSeed, uint64(i)))))
		if err != nil {
			return err
		}
		_, _ = w.Write(text)
	}
	_, _ = w.WriteString("]}")
	return w.Flush()
}
