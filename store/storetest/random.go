package storetest

import (
	"maps"
	"math/rand/v2"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"signpost/store"
)

// RandomCase makes up a question about the records of p. It asks for their values, also in other casing and cut
// short, and its ranges end at their rows.
func RandomCase(r *rand.Rand, p *Plain) Case {
	a := &asker{r: r, catalog: p.catalog, all: p.all, groups: slices.Sorted(maps.Keys(p.Memberships)), names: slices.Sorted(maps.Keys(p.Names))}
	kinds := Kinds()
	c := Case{catalog: p.catalog, Kind: kinds[r.IntN(len(kinds))], Params: url.Values{}}
	for c.Kind == KindTenants && r.IntN(8) > 0 { // there is little to ask about
		c.Kind = kinds[r.IntN(len(kinds))]
	}
	a.logOf(c)
	switch c.Kind {
	case KindNewest, KindSignIn, KindPersonSignIn, KindTenants, KindFindUser: // without a range
	default:
		a.rangeOf(c)
		more := r.IntN(4)
		if r.IntN(4) == 0 {
			a.aboutItems(c)
			more /= 2
		}
		for range more {
			a.condition(c)
		}
		c.Params.Set("limit", strconv.Itoa([]int{1, 2, 5, 17, 200}[r.IntN(5)]))
		c.Params.Set(paramDepth, strconv.Itoa(r.IntN(5)))
	}
	a.shape(c)
	if c.Kind != KindFindUser && r.IntN(6) == 0 {
		a.scope(c)
	}
	return c
}

// asker makes up one case.
type asker struct {
	r       *rand.Rand
	catalog store.Catalog
	all     []*store.Record
	// groups are those that a filter may name: an engine refuses others.
	groups []string
	// names are the directory's names of users.
	names []string
}

// some gives a random record, of the log's kind and preferably of the log; an empty one where there are none.
func (a *asker) some(log store.Log) *store.Record {
	kind := a.catalog.Kind(log)
	some := &store.Record{Entry: kind.New()}
	for try := 0; len(a.all) > 0 && try < 20; try++ {
		one := a.all[a.r.IntN(len(a.all))]
		if of := one.Entry.Head().Log; a.catalog.Kind(of) == kind {
			if some = one; of == log {
				break
			}
		}
	}
	return some
}

// ofSignIns says that only sign-ins are asked about: their persons, tenants and applications.
func (k Kind) ofSignIns() bool {
	switch k {
	case KindPersonSignIn, KindTraces, KindTenants, KindFindUser:
		return true
	}
	return false
}

func (a *asker) logOf(c Case) {
	logs := a.catalog.Logs()
	if c.Kind.ofSignIns() {
		logs = store.SignIns.Logs
	}
	if c.Kind == KindGroups || c.Kind == KindMembers {
		logs = slices.DeleteFunc(slices.Clone(logs), func(info store.LogInfo) bool { return !info.Grouped })
	}
	log := logs[a.r.IntN(len(logs))].Log
	if c.Kind != KindGroups && c.Kind != KindMembers && a.r.IntN(3) == 0 && a.catalog.Kind(store.Interactive) != nil {
		log = store.Interactive // lines of this log take the most work
	}
	c.Params.Set(paramLog, string(log))
	if log == store.Interactive && a.r.IntN(3) == 0 {
		c.Params.Set("events", "all")
	}
}

// rangeOf sets a range: everything, from edge to edge, one moment, around a row.
func (a *asker) rangeOf(c Case) {
	edges := Edges()
	edge := func() time.Time {
		return edges[a.r.IntN(len(edges))].Add(time.Duration(a.r.IntN(3)-1) * time.Microsecond)
	}
	from, to := Noon.Add(-73*time.Hour), Noon.Add(time.Hour)
	switch a.r.IntN(8) {
	case 0:
		from, to = Noon.AddDate(-30, 0, 0), Noon.AddDate(1, 0, 0)
	case 1, 2:
		from, to = edge(), edge()
	case 3:
		from = edge()
		to = from.Add(time.Microsecond)
	case 4:
		from = a.some(store.Log(c.Params.Get(paramLog))).Key.Time()
		to = from.Add([]time.Duration{time.Microsecond, time.Hour, 26 * time.Hour}[a.r.IntN(3)])
	case 5:
		to = a.some(store.Log(c.Params.Get(paramLog))).Key.Time()
		from = to.Add(-time.Duration(1+a.r.IntN(30)) * time.Hour)
	}
	from, to = floor(from), floor(to)
	if to.Before(from) {
		from, to = to, from
	}
	if from.Equal(to) {
		to = to.Add(time.Hour)
	}
	c.Params.Set("from", from.Format(time.RFC3339Nano))
	c.Params.Set("to", to.Format(time.RFC3339Nano))
}

// shape adds the other parameters of the kind of question.
func (a *asker) shape(c Case) {
	log := store.Log(c.Params.Get(paramLog))
	switch c.Kind {
	case KindGroups:
		c.Params.Set("agg", store.Windows()[a.r.IntN(3)].String())
	case KindMembers:
		c.Params.Set("agg", store.Windows()[a.r.IntN(3)].String())
		of := a.some(log)
		c.Params.Set(paramOf, of.Key.String())
		if a.r.IntN(10) == 0 {
			c.Params.Set(paramOf, of.Key.Next().String())
		}
	case KindHistogram:
		a.edges(c)
	case KindFacets:
		fields := facetable(c.kind())
		if a.r.IntN(3) == 0 && len(c.kind().Lists) > 0 {
			fields = slices.DeleteFunc(fields, func(f *store.Field) bool { return f.List() == nil })
		}
		for range 1 + a.r.IntN(4) {
			c.Params.Add(paramField, fields[a.r.IntN(len(fields))].Name)
		}
		if a.r.IntN(3) > 0 {
			if usual, ok := a.usual(c.kind(), []string{"user", "app", "anyerror", "mfa", "city", "status", "ip", "flow", "actor", "target", "property"}); ok {
				c.Params.Add(paramField, usual.Name)
			}
		}
		if a.r.IntN(2) == 0 {
			c.Params.Set(paramIgnoreOwn, "yes")
		}
		c.Params.Set(paramTop, strconv.Itoa([]int{1, 5, 1000}[a.r.IntN(3)]))
	case KindValues:
		fields := facetable(c.kind())
		field := fields[a.r.IntN(len(fields))]
		if a.r.IntN(2) == 0 {
			usual := []string{"user", "app", "resource", "sp", "city", "agent", "policy", "policyresult", "policycontrol", "method", "network", "actor", "target", "property", "subject"}
			if f, ok := a.usual(c.kind(), usual); ok {
				field = f
			}
		}
		c.Params.Set(paramField, field.Name)
		c.Params.Set(paramText, a.value(field, log, ".has"))
		c.Params.Set(paramTop, strconv.Itoa([]int{1, 5, 1000}[a.r.IntN(3)]))
	case KindTable:
		a.table(c)
	case KindRecords:
		if a.r.IntN(2) == 0 {
			c.Params.Set(paramFolded, "yes")
		}
		if a.r.IntN(2) == 0 {
			c.Params.Set(paramBytes, strconv.Itoa([]int{1, 1000, 10_000, 1 << 30}[a.r.IntN(4)]))
		}
	case KindSignIn:
		a.id(c, a.some(log))
	case KindPersonSignIn, KindTraces:
		a.person(c)
	case KindFindUser:
		a.name(c)
	}
}

// usualAxes are the fields that tables mostly have, of every kind of columns.
var usualAxes = []string{"user", "app", "sp", "ip", "city", "status", "anyerror", "mfa", "flow", "policy", "policyresult", "method", "methodstep", "methodsource", "sessionpolicy", "network", "tokentype", "target", "targettype", "property"}

// table sets what a table counts by.
func (a *asker) table(c Case) {
	fields := facetable(c.kind())
	field := func() string {
		if a.r.IntN(3) > 0 {
			if usual, ok := a.usual(c.kind(), usualAxes); ok {
				return usual.Name
			}
		}
		return fields[a.r.IntN(len(fields))].Name
	}
	for range 1 + a.r.IntN(3)*a.r.IntN(2) {
		c.Params.Add(paramField, field())
	}
	if a.r.IntN(2) == 0 {
		c.Params.Set(paramAcross, field())
		c.Params.Set(paramTop, strconv.Itoa([]int{1, 3, store.MaxColumns}[a.r.IntN(3)]))
	}
	orders := int(store.ByDistinct) + len(c.Params[paramField]) - 1
	order := a.r.IntN(orders + 2)
	if order >= orders {
		order += int(store.ByFailureRate) - orders // or by label
	}
	c.Params.Set(paramSort, strconv.Itoa(order))
	if a.r.IntN(3) == 0 {
		a.edges(c)
	}
	if a.r.IntN(3) == 0 {
		c.Params.Set(paramNewest, "yes")
	}
	if !c.Params.Has(paramAcross) && a.r.IntN(3) == 0 {
		q, _ := c.query()
		old := q.Range.From.Add(time.Duration(a.r.Int64N(int64(q.Range.To.Sub(q.Range.From)))).Truncate(time.Microsecond))
		c.Params.Set(paramOlder, old.UTC().Format(time.RFC3339Nano))
	}
	if a.r.IntN(3) == 0 {
		by, _ := c.kind().Field(c.Params.Get(paramField))
		for range 1 + a.r.IntN(5) {
			c.Params.Add(paramOnly, a.value(by, store.Log(c.Params.Get(paramLog)), paramOnly))
		}
	}
	if a.r.IntN(3) == 0 {
		c.Params.Set(paramReverse, "yes")
	}
	if q := c.table(); a.r.IntN(2) == 0 && q.By.List() != nil && q.By.List().CountsItems && q.Across == nil && len(q.Distinct) == 0 && len(q.Edges) == 0 {
		c.Params.Set(paramItems, "yes")
	}
	for _, info := range c.kind().Logs {
		if a.r.IntN(3) == 0 {
			c.Params.Add(paramLogs, string(info.Log))
		}
	}
}

// edges sets the buckets of a histogram, or of the rows of a table: as a page cuts them, or at random.
func (a *asker) edges(c Case) {
	q, _ := c.query()
	length := q.Range.To.Sub(q.Range.From)
	zone := []*time.Location{time.UTC, time.FixedZone("half past", -9*3600-1800), time.FixedZone("east", 14*3600)}[a.r.IntN(3)]
	width := []time.Duration{time.Minute, time.Hour, 7 * time.Hour, 24 * time.Hour, 7 * 24 * time.Hour}[a.r.IntN(5)]
	edges := store.BucketEdges(q.Range, max(width, length/200), zone)
	if a.r.IntN(4) == 0 { // buckets that are cut, and sign-ins outside of all
		edges = nil
		at := q.Range.From.Add(-time.Duration(a.r.Int64N(int64(time.Hour))) + time.Duration(a.r.Int64N(int64(length))))
		for at = floor(at); len(edges) < 2 || at.Before(q.Range.To) && len(edges) < 9; {
			edges = append(edges, at)
			at = at.Add(time.Microsecond + floorDuration(a.r, length))
		}
	}
	for _, edge := range edges {
		c.Params.Add(paramEdge, edge.UTC().Format(time.RFC3339Nano))
	}
}

// floorDuration gives up to a third of a length, in whole microseconds.
func floorDuration(r *rand.Rand, length time.Duration) time.Duration {
	return time.Duration(r.Int64N(int64(length)/3 + 1)).Truncate(time.Microsecond)
}

func (a *asker) id(c Case, of *store.Record) {
	id := of.Entry.Head().ID
	switch a.r.IntN(8) {
	case 0:
		id = guid(77)
	case 1:
		if NormalID(id) != id || len(id) == 36 {
			id = strings.ToUpper(NormalID(id))
		}
	}
	c.Params.Set(paramID, id)
	switch a.r.IntN(3) {
	case 0: // when it was, or an hour or a day beside it
		near := of.Key.Time().Add([]time.Duration{0, time.Hour, -24 * time.Hour}[a.r.IntN(3)])
		c.Params.Set(paramNear, near.Format(time.RFC3339Nano))
	case 1: // anywhere
		c.Params.Set(paramNear, a.some(c.log()).Key.Time().Format(time.RFC3339Nano))
	}
}

func (a *asker) person(c Case) {
	own := a.some(store.Interactive)
	s := own.SignIn()
	c.Params.Set(paramUserID, s.UserID)
	switch a.r.IntN(8) {
	case 0:
		c.Params.Set(paramUserID, []string{"", "00000000-0000-0000-0000-000000000000"}[a.r.IntN(2)])
	case 1, 2:
		c.Params.Set(paramUserID, strings.ToUpper(s.UserID))
	}
	if a.r.IntN(3) == 0 {
		own = a.some(store.ServicePrincipal)
	}
	a.id(c, own)
}

// name asks for the user of a name of a sign-in or of the directory, in the tenant of a sign-in, or in none.
func (a *asker) name(c Case) {
	s := a.some(store.Log(c.Params.Get(paramLog))).SignIn()
	name := s.UserPrincipalName
	if len(a.names) > 0 && a.r.IntN(3) == 0 {
		name = a.names[a.r.IntN(len(a.names))]
	}
	c.Params.Set(paramUPN, a.cased(name))
	if a.r.IntN(2) == 0 {
		c.Params.Set(paramTenant, a.some(store.NonInteractive).SignIn().TenantID)
	}
}

// facetable gives the fields with values that can be counted.
func facetable(kind *store.Kind) []*store.Field {
	var fields []*store.Field
	for _, f := range kind.Fields() {
		if f.Facetable() {
			fields = append(fields, f)
		}
	}
	return fields
}
