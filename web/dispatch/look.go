package dispatch

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"time"

	"signpost/auth"
	"signpost/store"
)

const (
	// late is how long records may take to arrive and still be told.
	late = 24 * time.Hour
	// reach is how far back a watch looks after a downtime, and an emergency watch at every look. The Alerts page says it.
	reach = 7 * 24 * time.Hour
	// lookPatience bounds all counts of one look, and of one message.
	lookPatience = 30 * time.Second
)

// watched is what a watch counts: lists that are counted together, and the parts whose episodes are told apart.
type watched struct {
	addresses []string
	// user is the emergency account that the lists are of; empty for any other watch.
	user string
	// parts are the emergency accounts; empty where there is one thing to count.
	parts []watched
}

// look counts what a watch watches, and queues one message about the episodes that were not told; one for each emergency account.
func (d *Dispatcher) look(ctx context.Context, sub auth.Subscription, who auth.Readers, of watched) error {
	asking, cancel := context.WithTimeout(ctx, lookPatience)
	defer cancel()
	now := d.Now()
	found, stillReading, err := d.episodes(asking, sub, who, of)
	if stillReading && sub.Kind != auth.KindEmergency && err == nil {
		err = errStillReading // a value that changes could make an episode of nothing
	}
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, store.ErrTooSlow) {
			err = errors.New("the records could not be counted in time; the next look counts them too")
		}
		return d.cannotLook(ctx, sub, err)
	}
	d.failing.Delete(sub.ID)
	var fresh []auth.Episode
	sub.Told, fresh = tell(sub.Told, found, now.Add(-reach-late))
	sub.Looked = now
	if !ofMessage(sub.Problem) || len(fresh) > 0 {
		sub.Problem = ""
	}
	if stillReading {
		sub.Problem = emergencyWhileReading
	}
	var run []auth.Delivery
	for _, e := range fresh {
		sub.Last = now
		e.From = e.From.Add(-window(sub.Terms)) // the first window begins here
		if sub.Kind != auth.KindEmergency {
			e.From = latest(e.From, sub.Created.Truncate(time.Minute))
		}
		run = append(run, sub.Deliver(auth.OfRun, e.To, e, now)...)
	}
	_, err = d.Subscriptions.Fire(ctx, sub, run)
	return err
}

func window(t auth.Terms) time.Duration { return time.Duration(t.Minutes) * time.Minute }

const (
	// errStillReading lets a watch wait. The next look that is exact counts what came meanwhile.
	errStillReading = sentence("Older records are being read again after an update of Signpost. The watch waits for that, and then tells what came meanwhile.")
	// emergencyWhileReading is on the list while emergency accounts are watched with records that may change.
	emergencyWhileReading = "Older records are being read again after an update of Signpost. Sign-ins are told meanwhile, and counted again after it."
)

// episodes finds the times in which some window had too many records. stillReading says that records may change.
func (d *Dispatcher) episodes(ctx context.Context, sub auth.Subscription, who auth.Readers, of watched) (found []auth.Episode, stillReading bool, err error) {
	now := d.Now()
	to := now.Truncate(time.Minute).Add(time.Minute)
	from := to.Add(-late)
	switch {
	case sub.Kind == auth.KindEmergency: // a late import must not hide a sign-in; what was told is kept
		from = to.Add(-reach)
	case !sub.Looked.IsZero():
		from = sub.Looked.Add(-late - window(sub.Terms)).Truncate(time.Minute)
	}
	from = latest(from, to.Add(-reach))
	if sub.Kind != auth.KindEmergency { // what an emergency account did just before it was picked matters too
		from = latest(from, sub.Created.Truncate(time.Minute))
	}
	return d.episodesIn(ctx, sub.Terms, who, of, from, to)
}

// episodesIn finds the episodes of each part between two times.
func (d *Dispatcher) episodesIn(ctx context.Context, t auth.Terms, who auth.Readers, of watched, from, to time.Time) (found []auth.Episode, stillReading bool, err error) {
	all, err := d.count(ctx, who, of.addresses, []time.Time{from, to})
	if err != nil || all.N[0] <= t.More {
		return nil, all.StillReading, err
	}
	if len(of.parts) > 0 {
		for _, part := range of.parts {
			inPart, reading, err := d.episodesIn(ctx, t, who, part, from, to)
			if err != nil {
				return nil, false, err
			}
			found, stillReading = append(found, inPart...), stillReading || reading
		}
		return found, stillReading, nil
	}
	counted, err := d.minutes(ctx, who, of.addresses, from, to)
	if err != nil {
		return nil, false, err
	}
	found = episodesOf(counted.N, from, t)
	for i := range found {
		found[i].User = of.user
	}
	return found, counted.StillReading, nil
}

// minutes counts each minute of a time.
func (d *Dispatcher) minutes(ctx context.Context, who auth.Readers, addresses []string, from, to time.Time) (minutes auth.Counted, err error) {
	for at := from; at.Before(to); {
		edges := []time.Time{at}
		for len(edges) <= store.MaxBuckets && at.Before(to) {
			at = at.Add(time.Minute)
			edges = append(edges, at)
		}
		part, err := d.count(ctx, who, addresses, edges)
		if err != nil {
			return minutes, err
		}
		minutes.N = append(minutes.N, part.N...)
		minutes.StillReading, minutes.SetAside = minutes.StillReading || part.StillReading, part.SetAside
	}
	return minutes, nil
}

// episodesOf finds the episodes in the counts of minutes.
func episodesOf(minutes []int64, from time.Time, t auth.Terms) (found []auth.Episode) {
	var sum int64
	for i, n := range minutes {
		if sum += n; i >= t.Minutes {
			sum -= minutes[i-t.Minutes]
		}
		if sum <= t.More {
			continue
		}
		end := from.Add(time.Duration(i+1) * time.Minute)
		if last := len(found) - 1; last >= 0 && found[last].To.Add(time.Minute).Equal(end) {
			found[last].To = end
		} else {
			found = append(found, auth.Episode{From: end, To: end})
		}
	}
	return found
}

// tell adds episodes to those that were told, and gives what is new among them. For each emergency account that is one episode, from
// its first new one to the end of the last. One that touches a told one of the same account is the same, and only grows. Episodes from
// before a time are forgotten.
func tell(told, found []auth.Episode, before time.Time) (all, fresh []auth.Episode) {
	for _, e := range found {
		known := false
		for i := range told {
			if t := &told[i]; t.User == e.User && !e.From.After(t.To.Add(time.Minute)) && !e.To.Before(t.From.Add(-time.Minute)) {
				known = true
				t.From, t.To = earliest(t.From, e.From), latest(t.To, e.To)
			}
		}
		if known {
			continue
		}
		if i := slices.IndexFunc(fresh, func(f auth.Episode) bool { return f.User == e.User }); i >= 0 {
			fresh[i].To = e.To
		} else {
			fresh = append(fresh, e)
		}
		all = append(all, e)
	}
	for _, e := range told {
		if e.To.After(before) {
			all = append(all, e)
		}
	}
	return all, fresh
}

// count adds up the counts of several lists.
func (d *Dispatcher) count(ctx context.Context, who auth.Readers, addresses []string, edges []time.Time) (sum auth.Counted, err error) {
	sum.N = make([]int64, len(edges)-1)
	for _, address := range addresses {
		counted, err := d.Portal.Count(ctx, who, address, edges)
		if err != nil {
			return sum, err
		}
		for i, n := range counted.N {
			sum.N[i] += n
		}
		sum.StillReading = sum.StillReading || counted.StillReading
		if sum.SetAside == "" {
			sum.SetAside = counted.SetAside
		}
	}
	return sum, nil
}

func latest(times ...time.Time) (t time.Time) {
	for _, other := range times {
		if other.After(t) {
			t = other
		}
	}
	return t
}

func earliest(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// lookAtEmergency looks at sign-ins of the emergency accounts, and tells the administrators.
func (d *Dispatcher) lookAtEmergency(ctx context.Context, sub auth.Subscription) error {
	settings, err := d.Settings.Settings(ctx)
	if err != nil || len(settings.Emergency) == 0 {
		return err
	}
	administrators, err := d.administrators(ctx)
	if err != nil || len(administrators) == 0 {
		return err
	}
	sub.Terms.Recipients = nil
	for _, a := range administrators {
		sub.Terms.Recipients = append(sub.Terms.Recipients, a.ID)
	}
	sub.Terms.OnPage, sub.Terms.ByMail = true, d.Mailer != nil
	sub.Told = ofEach(sub.Told, settings.Emergency)
	of := watched{addresses: emergencyAddresses(sub.Terms, settings.Emergency)}
	for _, a := range settings.Emergency {
		of.parts = append(of.parts, watched{addresses: emergencyAddresses(sub.Terms, []auth.EmergencyAccount{a}), user: a.ID})
	}
	return d.look(ctx, sub, auth.Readers{Owner: administrators[0], Why: why(sub)}, of)
}

// ofEach gives every account its own copy of an episode that names none. Earlier versions told one episode for all accounts.
func ofEach(told []auth.Episode, accounts []auth.EmergencyAccount) (each []auth.Episode) {
	for _, e := range told {
		if e.User != "" {
			each = append(each, e)
			continue
		}
		for _, a := range accounts {
			e.User = a.ID
			each = append(each, e)
		}
	}
	return each
}

// emergencyAddresses are the lists of the sign-ins of the emergency accounts that an emergency watch counts. Without accounts there
// are none: a list without the condition would have the sign-ins of everybody.
func emergencyAddresses(t auth.Terms, accounts []auth.EmergencyAccount) (addresses []string) {
	params, err := url.ParseQuery(t.Address) // the condition on the outcome
	if err != nil || len(accounts) == 0 {
		return nil
	}
	for _, a := range accounts {
		params.Add("user", a.ID)
	}
	for _, log := range []store.Log{store.Interactive, store.NonInteractive} {
		addresses = append(addresses, "/logs/"+string(log)+"?"+params.Encode())
	}
	return addresses
}
