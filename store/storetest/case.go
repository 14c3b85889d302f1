package storetest

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"signpost/store"
)

// Kind is a question that a store answers.
type Kind string

// The kinds of questions.
const (
	KindPage         Kind = "page"
	KindRecords      Kind = "records"
	KindTotal        Kind = "total"
	KindGroups       Kind = "groups"
	KindMembers      Kind = "members"
	KindHistogram    Kind = "histogram"
	KindFacets       Kind = "facets"
	KindValues       Kind = "values"
	KindTable        Kind = "table"
	KindNewest       Kind = "newest"
	KindSignIn       Kind = "signin"
	KindPersonSignIn Kind = "personsignin"
	KindTraces       Kind = "traces"
	KindTenants      Kind = "tenants"
	KindFindUser     Kind = "finduser"
)

// Kinds gives every kind.
func Kinds() []Kind {
	return []Kind{
		KindPage, KindRecords, KindTotal, KindGroups, KindMembers, KindHistogram, KindFacets, KindValues, KindTable, KindNewest,
		KindSignIn, KindPersonSignIn, KindTraces, KindTenants, KindFindUser,
	}
}

// Case is one question. Its parameters are those of a log's address: range, filter, window, limit, events. The
// other parts of the question are parameters with an underscore in front.
type Case struct {
	catalog store.Catalog
	Kind    Kind
	Params  url.Values
}

// The parameters that a log's address does not have. A list is a repeated parameter.
const (
	paramLog       = "_log"
	paramLogs      = "_logs"
	paramFolded    = "_folded"
	paramBytes     = "_bytes" // bound of a page of records; absent for no bound
	paramDepth     = "_depth" // pages to walk down, and back up
	paramOf        = "_of"    // a group's member
	paramEdge      = "_edge"
	paramOlder     = "_older"
	paramOnly      = "_only"
	paramItems     = "_items"
	paramNewest    = "_newest"
	paramField     = "_field"
	paramTop       = "_top"
	paramIgnoreOwn = "_ignoreown"
	paramText      = "_text"
	paramAcross    = "_across"
	paramSort      = "_sort"
	paramReverse   = "_reverse"
	paramID        = "_id"
	paramNear      = "_near"
	paramUserID    = "_userid"
	paramUPN       = "_upn"
	paramTenant    = "_tenant"

	paramScopeUser  = "_scopeuser"
	paramScopeGroup = "_scopegroup"
	paramScopeApp   = "_scopeapp"
)

// String writes the case in the form that ParseCase reads.
func (c Case) String() string { return string(c.Kind) + "?" + c.Params.Encode() }

// ParseCase reads a case as String wrote it, so that a failed case can be asked again.
func ParseCase(catalog store.Catalog, s string) (Case, error) {
	kind, query, _ := strings.Cut(s, "?")
	params, err := url.ParseQuery(query)
	if err != nil {
		return Case{}, fmt.Errorf("parse a case: %w", err)
	}
	c := Case{catalog: catalog, Kind: Kind(kind), Params: params}
	if c.kind() == nil {
		return c, fmt.Errorf("case %s names no log", s)
	}
	_, err = c.query()
	return c, err
}

// query parses the parameters of a log's address.
func (c Case) query() (store.Query, error) {
	params := url.Values{}
	for param, values := range c.Params {
		if !strings.HasPrefix(param, "_") {
			params[param] = values
		}
	}
	q, bad := c.kind().ParseQuery(params, Noon)
	if len(bad) > 0 {
		return q, fmt.Errorf("case %s: %w", c, bad)
	}
	return q, nil
}

// list gives the question about one log.
func (c Case) list() store.ListQuery {
	q, _ := c.query()
	return store.ListQuery{Log: c.log(), Range: q.Range, Filter: q.Filter, Limit: q.Limit, AllEvents: q.AllEvents}
}

// scope is what whoever asks is limited to; mostly nothing.
func (c Case) scope() store.Scope {
	return store.NewScope(c.Params[paramScopeUser], c.Params[paramScopeGroup], c.Params[paramScopeApp])
}

func (c Case) log() store.Log { return store.Log(c.Params.Get(paramLog)) }

// kind gives the kind of records that the case asks about: that of its log.
func (c Case) kind() *store.Kind { return c.catalog.Kind(c.log()) }

func (c Case) groups() store.GroupsQuery {
	q, _ := c.query()
	return store.GroupsQuery{ListQuery: c.list(), Window: q.Window}
}

func (c Case) members() store.GroupRowsQuery {
	of, _ := store.ParseKey(c.Params.Get(paramOf))
	return store.GroupRowsQuery{GroupsQuery: c.groups(), Of: of}
}

func (c Case) histogram() store.HistogramQuery {
	q := store.HistogramQuery{ListQuery: c.list()}
	q.Edges = c.edges()
	return q
}

func (c Case) edges() (edges []time.Time) {
	for _, edge := range c.Params[paramEdge] {
		t, _ := time.Parse(time.RFC3339Nano, edge)
		edges = append(edges, t)
	}
	return edges
}

func (c Case) fields() []*store.Field {
	var fields []*store.Field
	for _, name := range c.Params[paramField] {
		if f, ok := c.kind().Field(name); ok {
			fields = append(fields, f)
		}
	}
	return fields
}

func (c Case) number(param string) int {
	n, _ := strconv.Atoi(c.Params.Get(param))
	return n
}

func (c Case) facets() store.FacetsQuery {
	return store.FacetsQuery{ListQuery: c.list(), Fields: c.fields(), Top: c.number(paramTop), IgnoreOwn: c.Params.Has(paramIgnoreOwn)}
}

func (c Case) values() store.ValuesQuery {
	return store.ValuesQuery{ListQuery: c.list(), Field: c.fields()[0], Text: c.Params.Get(paramText), Top: c.number(paramTop)}
}

func (c Case) table() store.TableQuery {
	list := c.list()
	fields := c.fields()
	q := store.TableQuery{
		Range: list.Range, Filter: list.Filter, AllEvents: list.AllEvents, By: fields[0], Distinct: fields[1:],
		Sort: store.TableSort(c.number(paramSort)), Reverse: c.Params.Has(paramReverse), Limit: list.Limit, Edges: c.edges(), NamesNewest: c.Params.Has(paramNewest),
		Items: c.Params.Has(paramItems),
	}
	q.OlderThan, _ = time.Parse(time.RFC3339Nano, c.Params.Get(paramOlder)) // the zero time where no rows are left out
	if across, ok := c.kind().Field(c.Params.Get(paramAcross)); ok {
		q.Across, q.Columns = across, c.number(paramTop)
	}
	for _, log := range c.Params[paramLogs] {
		q.Logs = append(q.Logs, store.Log(log))
	}
	q.Only = c.Params[paramOnly]
	return q
}

func (c Case) person() store.Person {
	return store.Person{UserID: c.Params.Get(paramUserID)}
}

// ref gives the name of a sign-in.
func (c Case) ref() store.Ref {
	near, _ := time.Parse(time.RFC3339Nano, c.Params.Get(paramNear)) // the zero time where there is no hint
	return store.Ref{Log: c.log(), ID: c.Params.Get(paramID), Near: near}
}

func (c Case) owner() *store.Person {
	person := c.person()
	return &person
}

func (c Case) personSignIns() store.PersonQuery {
	list := c.list()
	return store.PersonQuery{Person: c.person(), Range: list.Range, Filter: list.Filter, Limit: list.Limit}
}
