package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"signpost/auth"
	"signpost/store"
	"signpost/store/datafolder"
	"signpost/store/importer"
	"signpost/store/kinds"
	"signpost/views"
)

// mark is in every value of Conditional Access data of the marked tenant, and in no other value.
const mark = "zzmarked"

const markedPerson = "aaaaaaaa-0000-4000-8000-0000000000aa"

// markedDoc is a record with marks in fields, lists, unknown keys, and JSON in texts.
func markedDoc(category, id string, when time.Time, code, copyNumber int) string {
	at := when.Format("2006-01-02T15:04:05Z")
	return `{"time":"` + when.Add(time.Duration(copyNumber)*time.Minute).Format("2006-01-02T15:04:05Z") + `","category":"` + category + `","tenantId":"` + homeTenant + `",` +
		`"newConditionalAccessAround":"` + mark + `","properties":{"id":"` + id + `","createdDateTime":"` + at + `",` +
		`"userId":"` + markedPerson + `","userPrincipalName":"ada@example.com","userDisplayName":"Ada","appId":"mail-id","appDisplayName":"Mail","resourceId":"graph-id",` +
		`"servicePrincipalId":"sp-id","servicePrincipalName":"Backup","ipAddress":"192.0.2.7","correlationId":"cccccccc-0000-4000-8000-000000000001",` +
		fmt.Sprintf(`"status":{"errorCode":%d,"failureReason":"plainreason"},`, code) +
		fmt.Sprintf(`"conditionalAccessStatus":"%s%d",`, mark, copyNumber) +
		`"appliedConditionalAccessPolicies":[{"id":"` + mark + `","displayName":"` + mark + ` name","result":"` + mark + `result","enforcedGrantControls":["` + mark + `control"]}],` +
		`"conditionalAccessAudiences":[{"applicationId":"` + mark + `","audienceReasons":"` + mark + `"}],` +
		`"authenticationContextClassReferences":[{"id":"` + mark + `","detail":"` + mark + `"}],` +
		`"authenticationDetails":[{"authenticationMethod":"Password","succeeded":true,"authenticationStepDateTime":"` + at + `"}],` +
		`"authenticationProcessingDetails":[{"key":"Conditional Access session","value":"` + mark + `"},{"key":"Plain","value":"{\"conditionalAccessStatus\":\"` + mark + `\"}"}],` +
		`"authenticationAppPolicyEvaluationDetails":[{"conditionalAccessResult":"` + mark + `","plain":1}],` +
		`"newKey":"plainunknown","newConditionalAccessKey":{"a":["` + mark + `"]},"text":"{\"conditionalAccessPolicies\":\"` + mark + `\"}"}}`
}

// markedHouse is a portal over a store of real files, with marked records in every log. They have several copies, a line of
// three events, and groups of several sign-ins.
func markedHouse(t *testing.T) *house {
	t.Helper()
	h := newHouseIn(t, t.TempDir(), importer.Decoder(kinds.Catalog), func(c *Config) {
		c.Directory, c.Imports = c.Store.(*datafolder.Folder), c.Store.(*datafolder.Folder)
		c.Unread, c.Lacks, c.Misread = importer.Unread(kinds.Catalog), importer.Lacks, importer.Misread(kinds.Catalog)
	})
	db := h.server.Directory.(fairDirectory).Directory.(*datafolder.Folder)
	var records []store.Record
	for i, info := range store.SignIns.Logs {
		for n, code := range []int{50074, 500121, 0, 0, 50126, 50126} {
			id := testID(10*i + n + 1)
			for copyNumber := range 1 + n%2 {
				doc := markedDoc(info.Category, id, h.now.Add(time.Duration(n-30)*time.Minute), code, copyNumber)
				s, err := importer.Decoder(kinds.Catalog)(info.Log, []byte(doc))
				if err != nil {
					t.Fatal(err)
				}
				records = append(records, store.Record{Entry: s.Clone(), Versions: []store.Version{{Entry: s.Clone(), Doc: []byte(doc), Received: h.now}}})
			}
		}
	}
	id, err := db.BeginImport(t.Context(), store.ImportFile{Path: "marked.ndjson", Format: "azuremonitor"})
	if err != nil {
		t.Fatal(err)
	}
	batch, err := db.Prepare(records)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Commit(t.Context(), id, batch); err != nil {
		t.Fatal(err)
	}
	return h
}

// given is the answer to a question.
type given struct {
	value any
	err   error
}

func answered[T any](value T, err error) given { return given{value, err} }

// getWithOwner stands for Get with an owner, for one's own sign-ins.
const getWithOwner = "Get with an owner"

// askings are the questions by the method of store.Reader: to one log, under a filter and with some fields.
var askings = map[string]func(ctx context.Context, r store.Reader, q store.ListQuery, fields []*store.Field) []given{
	"Page": func(ctx context.Context, r store.Reader, q store.ListQuery, _ []*store.Field) []given {
		all := q
		all.AllEvents = true
		return []given{answered(r.Page(ctx, q)), answered(r.Page(ctx, all))}
	},
	"Total": func(ctx context.Context, r store.Reader, q store.ListQuery, _ []*store.Field) []given {
		return []given{answered(r.Total(ctx, q))}
	},
	"Groups": func(ctx context.Context, r store.Reader, q store.ListQuery, _ []*store.Field) []given {
		return []given{answered(r.Groups(ctx, store.GroupsQuery{ListQuery: q, Window: store.Window24h}))}
	},
	"GroupRows": func(ctx context.Context, r store.Reader, q store.ListQuery, _ []*store.Field) []given {
		groups := store.GroupsQuery{ListQuery: q, Window: store.Window24h}
		page, err := r.Groups(ctx, groups)
		if err != nil || len(page.Groups) == 0 {
			return []given{answered(r.GroupRows(ctx, store.GroupRowsQuery{GroupsQuery: groups, Of: store.Key{}}))}
		}
		return []given{answered(r.GroupRows(ctx, store.GroupRowsQuery{GroupsQuery: groups, Of: page.Groups[0].Newest.Key}))}
	},
	"Histogram": func(ctx context.Context, r store.Reader, q store.ListQuery, _ []*store.Field) []given {
		return []given{answered(r.Histogram(ctx, store.HistogramQuery{ListQuery: q, Edges: []time.Time{q.Range.From, q.Range.To}}))}
	},
	"Facets": func(ctx context.Context, r store.Reader, q store.ListQuery, fields []*store.Field) []given {
		return []given{answered(r.Facets(ctx, store.FacetsQuery{ListQuery: q, Fields: fields, Top: 100}))}
	},
	"Values": func(ctx context.Context, r store.Reader, q store.ListQuery, fields []*store.Field) (list []given) {
		for _, f := range fields {
			list = append(list, answered(r.Values(ctx, store.ValuesQuery{ListQuery: q, Field: f, Top: 100})))
		}
		return list
	},
	"Table": func(ctx context.Context, r store.Reader, q store.ListQuery, fields []*store.Field) (list []given) {
		for _, f := range fields {
			for _, tq := range []store.TableQuery{
				{By: store.AppField, Across: f}, {By: store.AppField, Logs: []store.Log{q.Log}, Distinct: []*store.Field{f}}, {By: f, Logs: []store.Log{q.Log}},
			} {
				tq.Range, tq.Filter, tq.Limit, tq.Columns = q.Range, q.Filter, 10, 10
				list = append(list, answered(r.Table(ctx, tq)))
			}
		}
		return list
	},
	"Get": func(ctx context.Context, r store.Reader, q store.ListQuery, _ []*store.Field) (list []given) {
		for n := range 60 {
			if record, err := r.Get(ctx, store.GetQuery{Ref: store.Ref{Log: q.Log, ID: testID(n)}}); !errors.Is(err, store.ErrNotFound) {
				list = append(list, given{record, err})
			}
		}
		return list
	},
	"Records": func(ctx context.Context, r store.Reader, q store.ListQuery, _ []*store.Field) (list []given) {
		received := func(doc []byte, _ store.Log, _ string) ([]byte, bool) { return doc, true }
		for _, rq := range []store.RecordsQuery{{ListQuery: q}, {ListQuery: q, WithoutDocuments: true}, {ListQuery: q, Folded: true, AsReceived: received}} {
			list = append(list, answered(r.Records(ctx, rq)))
		}
		return list
	},
	"Catalog": func(context.Context, store.Reader, store.ListQuery, []*store.Field) []given { return nil }, // holds no data
	"Newest": func(ctx context.Context, r store.Reader, q store.ListQuery, _ []*store.Field) []given {
		t, _, err := r.Newest(ctx, q.Log)
		return []given{{t, err}}
	},
	"Tenants": func(ctx context.Context, r store.Reader, _ store.ListQuery, _ []*store.Field) []given {
		return []given{answered(r.Tenants(ctx))}
	},
	"FindUser": func(ctx context.Context, r store.Reader, _ store.ListQuery, _ []*store.Field) []given {
		return []given{answered(r.FindUser(ctx, "ada@example.com", ""))}
	},
	getWithOwner: func(ctx context.Context, r store.Reader, _ store.ListQuery, _ []*store.Field) []given {
		own := store.GetQuery{Ref: store.Ref{ID: testID(4)}, Owner: &store.Person{UserID: markedPerson}}
		another := own
		another.ID = testID(3)
		return []given{answered(r.Get(ctx, own)), answered(r.Get(ctx, another))}
	},
	"PersonTraces": func(ctx context.Context, r store.Reader, q store.ListQuery, _ []*store.Field) []given {
		return []given{answered(r.PersonTraces(ctx, store.PersonQuery{Person: store.Person{UserID: markedPerson}, Range: q.Range, Filter: q.Filter, Limit: 100}))}
	},
	"Places": func(ctx context.Context, r store.Reader, q store.ListQuery, _ []*store.Field) []given {
		return []given{answered(r.Places(ctx, []store.Ref{{Log: q.Log, ID: testID(3)}}))}
	},
	"PersonRows": func(ctx context.Context, r store.Reader, q store.ListQuery, _ []*store.Field) []given {
		traces, err := r.PersonTraces(ctx, store.PersonQuery{Person: store.Person{UserID: markedPerson}, Range: q.Range, Limit: 100})
		if err != nil {
			return []given{{nil, err}}
		}
		var places []store.Cursor
		for i := range traces.Traces {
			places = append(places, traces.Traces[i].Cursor())
		}
		return []given{answered(r.PersonRows(ctx, store.Person{UserID: markedPerson}, places))}
	},
}

// ownAskings are the questions about one's own sign-ins, which a plain user may ask. filtered are those that take a filter.
var (
	ownAskings = []string{getWithOwner, "PersonTraces", "Places", "PersonRows"}
	filtered   = []string{"Page", "Total", "Groups", "GroupRows", "Histogram", "Facets", "Values", "Table", "Records", "PersonTraces"}
)

// textsIn gives every text in a value, at any depth and in fields that are not exported. It skips the declarations of fields,
// which are no answer.
func textsIn(v reflect.Value, take func(string)) {
	switch v.Kind() {
	case reflect.String:
		take(v.String())
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() || v.Type() == reflect.TypeFor[*store.Field]() || v.Type() == reflect.TypeFor[*store.Property]() || v.Type() == reflect.TypeFor[*time.Location]() {
			return
		}
		textsIn(v.Elem(), take)
	case reflect.Slice, reflect.Array:
		if v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8 {
			take(string(v.Bytes()))
			return
		}
		for i := range v.Len() {
			textsIn(v.Index(i), take)
		}
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			textsIn(it.Key(), take)
			textsIn(it.Value(), take)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			textsIn(v.Field(i), take)
		}
	default:
	}
}

func holds(value any, text string) (held bool) {
	textsIn(reflect.ValueOf(&value).Elem(), func(s string) { held = held || strings.Contains(s, text) })
	return held
}

// No answer of the store to a viewer's handlers holds data that the viewer may not see, in any of its parts.
func TestViewersStoreHoldsNothingWithheld(t *testing.T) {
	h := markedHouse(t)
	within := store.Range{From: h.now.Add(-24 * time.Hour), To: h.now}
	var open, classed []*store.Field
	for _, f := range store.SignIns.Fields() {
		if f.Facetable() && f.Class == store.ConditionalAccess {
			classed = append(classed, f)
		} else if f.Facetable() {
			open = append(open, f)
		}
	}
	methods := reflect.TypeFor[store.Reader]()
	for column, role := range matrixRoles {
		v := Viewer{Account: auth.Account{UserID: markedPerson}, Rights: auth.RightsOf([]auth.Role{role})}
		may := v.MayReadLogs() && v.MaySeeConditionalAccess()
		ownOnes := ownAskings
		if role == auth.RoleAttributeLogReader {
			ownOnes = nil // their own pages ask another store
		}
		r := h.server.storeFor(v)
		told := map[string]bool{}
		names := []string{getWithOwner}
		for i := range methods.NumMethod() {
			names = append(names, methods.Method(i).Name)
		}
		for _, name := range names {
			ask, ok := askings[name]
			if !ok {
				t.Fatalf("nobody asks %s: write down how", name)
			}
			for _, info := range store.SignIns.Logs {
				q := store.ListQuery{Log: info.Log, Range: within, Limit: 100}
				answers := ask(t.Context(), r, q, open)
				if may {
					answers = append(answers, ask(t.Context(), r, q, classed)...)
				}
				for _, a := range answers {
					if notOwn := !v.MayReadLogs() && !slices.Contains(ownOnes, name); notOwn != isRefused(a.err) || a.err != nil && !notOwn && !(name == "GroupRows" || name == "Groups") {
						t.Errorf("%s asks %s of the %s log: %v", column, name, info.Log, a.err)
					}
					told[name] = told[name] || holds(a.value, mark)
				}
			}
			if told[name] && !may {
				t.Errorf("%s is given withheld data by %s", column, name)
			}
		}
		for _, name := range []string{"Page", "Groups", "GroupRows", "Facets", "Values", "Get", "Records", getWithOwner, "PersonRows"} {
			if may && !told[name] {
				t.Errorf("%s finds no mark in what %s gives: this test could not fail", column, name)
			}
		}
	}
}

func isRefused(err error) bool {
	var withheld store.WithheldError
	return errors.As(err, &withheld)
}

// Every question that names a field of withheld data is refused, with every operator and by every method that takes one.
func TestViewersStoreRefusesWithheldFields(t *testing.T) {
	h := markedHouse(t)
	r := h.server.storeFor(Viewer{Account: auth.Account{UserID: markedPerson}, Rights: auth.RightsOf([]auth.Role{reports})})
	app, _ := store.SignIns.Field("app")
	refused := 0
	for _, f := range store.SignIns.Fields() {
		if f.Class == store.NoClass {
			continue
		}
		q := store.ListQuery{Log: store.NonInteractive, Range: store.Range{From: h.now.Add(-24 * time.Hour), To: h.now}, Limit: 10}
		for _, name := range []string{"Facets", "Values", "Table"} {
			for _, a := range askings[name](t.Context(), r, q, []*store.Field{f}) {
				if !isRefused(a.err) {
					t.Errorf("%s of %s: %v", name, f.Name, a.err)
				}
			}
		}
		for _, op := range store.Operators() {
			value := "x"
			if !op.TakesValue() {
				value = "yes"
			}
			q.Filter = store.Filter{}.With(app, store.OpIs, "mail-id").With(f, op, value)
			for _, name := range filtered {
				for _, a := range askings[name](t.Context(), r, q, []*store.Field{app}) {
					if refused++; !isRefused(a.err) {
						t.Errorf("%s under %s: %v", name, f.Param(op), a.err)
					}
				}
			}
		}
	}
	if refused < 100 {
		t.Errorf("only %d questions were asked", refused)
	}
}

// sectionAddresses are the queries of all sections of the details.
var sectionAddresses = []string{
	"", "?tab=" + views.TabSummary, "?tab=" + views.TabBasic, "?tab=" + views.TabNext, "?tab=" + views.TabRelated, "?tab=" + views.TabOnlyMe, "?tab=" + views.TabLocation, "?tab=" + views.TabDevice,
	"?tab=" + views.TabAuthentication, "?tab=" + views.TabConditionalAccess, "?tab=" + views.TabReportOnly, "?tab=" + views.TabAdditional,
	"?tab=" + views.TabEvents, "?tab=" + views.TabHistory, "?tab=" + views.TabRaw, "?tab=" + views.TabRisk,
}

// No page, download or bundle has a mark for viewers who may not see it. For those who may, each kind of answer has one.
func TestPagesOfMarkedTenantHoldNothingWithheld(t *testing.T) {
	h := markedHouse(t)
	var paths []string
	for i, info := range store.SignIns.Logs {
		list := "/logs/" + string(info.Log)
		for _, more := range []string{
			"?range=7d", "?range=7d&events=all", "?range=7d&pick=status", "?range=7d&panel=columns", "?range=7d&open=" + testID(10*i+4), "?range=7d&status=failure",
			"/export.csv?range=7d", "/export.json?range=7d", "/export.ndjson?range=7d", "/export.xlsx?range=7d", "/export.html?range=7d", "/export.zip?range=7d", "/evidence.zip?range=7d",
		} {
			paths = append(paths, list+more)
		}
		if info.User {
			paths = append(paths, list+"/export.csv?range=7d&file=authdetails")
		}
		for n := range 6 {
			for _, tab := range sectionAddresses {
				paths = append(paths, list+"/"+testID(10*i+n+1)+tab)
			}
		}
	}
	paths = append(paths, "/users/"+markedPerson+"?range=7d", "/apps/mail-id?range=7d", "/apps/sp-id?range=7d", "/users?range=7d", "/errors/50126?range=7d", "/search?q=ada", "/search?q="+testID(4),
		"/me?range=7d", "/me/"+testID(3), "/me/"+testID(4), "/me/export.csv?range=7d")
	told := map[string]bool{}
	for _, role := range []auth.Role{admin, reports, auth.RoleUser, auth.RoleConditionalAccessAdministrator} {
		name := "as-" + string(role)
		if _, err := h.accounts.Add(t.Context(), auth.NewAccount{Name: name, Password: housePassword, Roles: []auth.Role{role}, UserID: markedPerson}); err != nil {
			t.Fatal(err)
		}
		v := h.as(name)
		for _, path := range paths {
			for _, headers := range [][]string{nil, {"HX-Request", "true", "HX-Target", paneTarget}} {
				page, _, _ := strings.Cut(path, "?")
				r := v.get(path, headers...)
				if !slices.Contains([]int{http.StatusOK, http.StatusSeeOther, http.StatusForbidden, http.StatusNotFound}, r.StatusCode) {
					t.Errorf("%s as %s: status %d", path, role, r.StatusCode)
				}
				if !strings.Contains(strings.ToLower(readable(t, page, r.body)), mark) {
					continue
				}
				if role != admin {
					t.Errorf("%s as %s holds withheld data", path, role)
				}
				told[page[strings.LastIndex(page, "/")+1:]] = true
			}
		}
	}
	for _, file := range []string{"interactive", "export.csv", "export.json", "export.ndjson", "export.xlsx", "export.html", "export.zip", "evidence.zip", testID(4)} {
		if !told[file] {
			t.Errorf("an administrator finds no mark in %s: this test could not fail", file)
		}
	}
}
