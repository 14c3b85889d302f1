package demo

import (
	"bytes"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"signpost/store"
	"signpost/store/audit"
	"signpost/store/importer"
	"signpost/store/kinds"
)

// auditLines gives the lines of both audit logs of a tenant, in time order.
func auditLines(t *testing.T, opts Options) []string {
	t.Helper()
	tenant, err := New(opts)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	err = tenant.eachAudit(t.Context(), 0, tenant.lastHour, func(_ int, line []byte) error {
		list = append(list, string(line))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// read decodes lines as an import does.
func read(t *testing.T, lines []string) []*audit.Record {
	t.Helper()
	decode := importer.Decoder(kinds.Catalog)
	list := make([]*audit.Record, len(lines))
	for i, line := range lines {
		e, err := decode("", []byte(line))
		if err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		list[i] = e.(*audit.Record)
	}
	return list
}

func TestEveryAuditRecordIsRead(t *testing.T) {
	t.Parallel()
	opts := Options{Density: DefaultDensity, Until: testEnd, Seed: 1}
	written := auditLines(t, opts)
	ids, seen := map[string]bool{}, map[string]int{}
	last, attributes := time.Time{}, 0
	for i, r := range read(t, written) {
		h := r.Head()
		if r.UnreadTargets || r.UnreadDetails {
			t.Errorf("a list is not read: %s", written[i])
		}
		for what, got := range map[string]string{
			"service": r.Service, "category": r.Category, "activity": r.Activity, "correlation": r.CorrelationID, "id": h.ID,
		} {
			if got == "" {
				t.Errorf("no %s: %s", what, written[i])
			}
		}
		if nobody := r.Service == recommend.service; (r.ActorName == "") != nobody || (r.ActorID == "") != nobody {
			t.Errorf("the actor is %q: %s", r.ActorName, written[i])
		}
		if ids[h.ID] {
			t.Errorf("the id %s is there twice", h.ID)
		}
		ids[h.ID] = true
		if h.Time.Before(last) || h.Time.Before(testEnd.AddDate(0, 0, -DefaultDays)) || !h.Time.Before(testEnd) {
			t.Errorf("%v comes after %v", h.Time, last)
		}
		last = h.Time
		if h.Log == audit.Attributes {
			attributes++
		}
		for shape, has := range map[string]bool{
			"no id":           !strings.Contains(written[i], `"id":"`+h.ID),
			"no result":       r.Result == "",
			"timeout":         r.Result == "timeout" && r.Reason != "",
			"failure":         r.Result == "failure" && r.Reason != "",
			"many targets":    len(r.Targets) > 3,
			"no target":       len(r.Targets) == 0,
			"program":         r.App.Name != "" && r.App.ID == "",
			"application":     r.App.ID != "",
			"guest":           r.User.HomeTenantName != "",
			"token":           r.TokenID != "",
			"long value":      slices.ContainsFunc(r.Targets, func(t audit.Target) bool { return len(t.Changes) > 0 && len(t.Changes[0].New) > 1000 }),
			"credential":      slices.Contains(audit.PropertyField.Properties[0].Set(r), "Credential"),
			"dash":            strings.Contains(r.Activity, "–"),
			"full stop":       strings.HasSuffix(r.Activity, "."),
			"blank":           strings.HasSuffix(r.Activity, " "),
			"blank in reason": strings.HasSuffix(r.Reason, " "),
		} {
			if has {
				seen[shape]++
			}
		}
	}
	if len(written) < 14_500 || len(written) > 15_500 {
		t.Errorf("%d records, want about 15,000", len(written))
	}
	if attributes < 24 || attributes > 60 {
		t.Errorf("%d records of custom security attributes, want a few dozen", attributes)
	}
	for shape, n := range seen {
		if n < 5 {
			t.Errorf("%d records with %s, want more", n, shape)
		}
	}
	if len(seen) != 16 {
		t.Errorf("these shapes occur: %v", seen)
	}
}

// TestAuditRecordsNameTheTenant looks up the people, groups and principals of the audit records in the directory.
func TestAuditRecordsNameTheTenant(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for name, objects := range answers(t) {
		for _, o := range objects {
			if !strings.HasPrefix(name, "members-") {
				known[o["id"].(string)] = true
			}
		}
	}
	graph := theOrganisation().resources[0].principal
	for _, r := range read(t, auditLines(t, Options{Density: DefaultDensity, Until: testEnd, Seed: 2, Days: 23})) {
		if r.User.ID != "" && !known[r.User.ID] {
			t.Errorf("%s is nobody of the directory", r.ActorName)
		}
		if r.App.ID != "" && r.App.Name != cloudSync.name && !known[r.App.PrincipalID] {
			t.Errorf("%s is no service principal of the directory", r.ActorName)
		}
		for _, target := range r.Targets {
			fits := known[target.ID] || target.ID == graph
			switch target.Type {
			case "User":
				fits = fits || strings.HasPrefix(target.Username, "trainee.")
			case "ServicePrincipal":
				fits = fits || target.Name == "Mail Archive Helper"
			case "Group":
			default:
				continue
			}
			if !fits {
				t.Errorf("%s: the directory has no %s %s %s", r.Activity, target.Type, target.Name, target.ID)
			}
		}
	}
}

// TestAuditStories finds each story by the filters that a person would use, in the 30 days before any end and with
// as few sign-ins as 2,000.
func TestAuditStories(t *testing.T) {
	t.Parallel()
	stories := map[string]int{
		"activity=Invite+external+user&target=tobias.kestrelwing@kestrel-audit.example&actor=Ada+Lanternwright":                                            1,
		"activity=Redeem+external+user+invite&actor=Tobias+Kestrelwing":                                                                                    1,
		"activity=Add+conditional+access+policy&target.starts=CA010":                                                                                       1,
		"activity=Update+conditional+access+policy&target.starts=CA020&property=ConditionalAccessPolicy&user.starts=marigold":                              1,
		"activity=Reset+user+password&target=bram.kettlewick@tidewater-lantern.example&actor.starts=gideon":                                                1,
		"activity=Reset+password+(self-service)&target=Bram+Kettlewick":                                                                                    1,
		"activity.starts=Unlock+user&service=Self-service+Password+Management":                                                                             1,
		"activity=DismissRisk&target=Caspian+Quillmarch":                                                                                                   1,
		"activity=User+registered+security+info&target=Juniper+Fernweather&ip=203.0.113.90&session.empty=no&token.empty=no":                                1,
		"activity=Admin+deleted+security+info&target=Juniper+Fernweather":                                                                                  1,
		"activity=Update+application&target=Harbour+Invoices&property=AppAddress&actor=Harbour+Sync":                                                       1,
		"activity=Delete+application&target=Harbour+Invoices":                                                                                              1,
		"activity=Consent+to+application&actor=orla.thistledown@tidewater-lantern.example&ip=203.0.113.200&target=Mail+Archive+Helper":                     1,
		"activity=Add+delegated+permission+grant&actor.starts=orla&ip=203.0.113.200":                                                                       1,
		"activity=Add+service+principal&target=Mail+Archive+Helper":                                                                                        1,
		"activity.starts=Update+application+–+Cert&target=Quay+Nightly+Export&property=KeyDescription&status=success&actor.starts=gideon":                  2,
		"activity.starts=Update+application+–+Cert&target=Quay+Nightly+Export&status=failure&reason.has=insufficient":                                      1,
		"activity=Add+service+principal+credentials&target=Quay+Nightly+Export&property=Credential":                                                        1,
		"activity=Add+member+to+role+completed+(PIM+activation)&target=Application+Administrator&targettype=Role&user.starts=gideon":                       2,
		"activity=Add+member+to+role&target=Gideon+Brightwater":                                                                                            0, // the directory's core has no display name
		"activity=Add+member+to+role&target=gideon.brightwater@tidewater-lantern.example&targettype=User&property=Role.DisplayName&service=Core+Directory": 2,
		"category=AttributeManagement": 10,
	}
	filters := map[string]store.Filter{}
	for query := range stories {
		filters[query] = filterOf(t, query)
	}
	for turn := range 11 {
		days := 2 * turn
		until := testEnd.AddDate(0, 0, days).Add(time.Duration(days) * 67 * time.Minute)
		records := read(t, auditLines(t, Options{Rows: 2000, Until: until, Seed: uint64(days)}))
		if len(records) < 500 {
			t.Errorf("30 days until %v: %d records, want about one an hour", until, len(records))
		}
		for query, least := range stories {
			found := 0
			for _, r := range records {
				if filters[query].Match(r) {
					found++
				}
			}
			if found < least || least == 0 && found > 0 {
				t.Errorf("30 days until %v: %s: got %d records, want at least %d", until, query, found, least)
			}
		}
	}
}

// TestAuditOfTheAttack compares the records that the attackers left with the sign-ins from which they came.
func TestAuditOfTheAttack(t *testing.T) {
	t.Parallel()
	opts := Options{Density: DefaultDensity / 10, Until: testEnd, Seed: 1}
	type signIn struct{ session, token, correlation string }
	known := map[signIn]bool{}
	for _, line := range lines(stream(t, opts)) {
		made := signIn{between(line, `"sessionId":"`, `"`), between(line, `"uniqueTokenIdentifier":"`, `"`), between(line, `"correlationId":"`, `"`)}
		known[made] = true
		made.correlation = ""
		known[made] = true
	}
	method, consent, linked, tokens := 0, 0, 0, 0
	for _, r := range read(t, auditLines(t, opts)) {
		from := signIn{r.SessionID, r.TokenID, r.CorrelationID}
		switch {
		case r.Activity == registerInfo.name && r.Address == "203.0.113.90":
			method++
			if !known[from] {
				t.Errorf("the method's registration is of no sign-in: %+v", from)
			}
		case r.Activity == consentTo.name && r.Address == "203.0.113.200":
			consent++
			if from.correlation = ""; !known[from] {
				t.Errorf("the consent is of no sign-in: %+v", from)
			}
		case r.TokenID != "":
			tokens++
			if from.correlation = ""; !known[from] {
				t.Errorf("%s is of no sign-in: %+v", r.Activity, from)
			}
			if known[signIn{r.SessionID, r.TokenID, r.CorrelationID}] {
				linked++
			}
		}
	}
	if method == 0 || consent == 0 || tokens < 100 || linked < 10 {
		t.Errorf("%d methods, %d consents, %d records with a token, %d with the correlation ID of their sign-in", method, consent, tokens, linked)
	}
}

// TestSecretOfTheJob: the key that the job uses after its expiry is the one whose addition the log has.
func TestSecretOfTheJob(t *testing.T) {
	t.Parallel()
	opts := Options{Density: DefaultDensity / 10, Until: testEnd, Seed: 1}
	added := time.Time{}
	key := ""
	filter := filterOf(t, "activity=Add+service+principal+credentials&target=Quay+Nightly+Export")
	for _, r := range read(t, auditLines(t, opts)) {
		if filter.Match(r) {
			change := r.Targets[0].Changes[0]
			var before, after []string
			if json.Unmarshal([]byte(change.Old), &before) != nil || json.Unmarshal([]byte(change.New), &after) != nil || len(after) != 2 || after[0] != before[0] {
				t.Fatalf("the keys are %s and %s", change.Old, change.New)
			}
			added, key = r.Head().Time, between(after[1], "KeyIdentifier=", ",")
		}
	}
	used := 0
	for _, line := range lines(stream(t, opts)) {
		if between(line, `"servicePrincipalCredentialKeyId":"`, `"`) != key {
			continue
		}
		used++
		at, err := time.Parse(time.RFC3339Nano, between(line, `"createdDateTime":"`, `"`))
		if err != nil || at.Before(added) {
			t.Fatalf("%v: the key is used at %v, and was added at %v", err, at, added)
		}
	}
	if used == 0 {
		t.Errorf("the key %s, added at %v, is never used", key, added)
	}
}

func filterOf(t *testing.T, query string) store.Filter {
	t.Helper()
	params, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	filter, bad := audit.Kind.ParseFilter(params)
	if len(bad) > 0 {
		t.Fatalf("%s: %v", query, bad)
	}
	return filter
}

func TestSameSeedSameAuditRecords(t *testing.T) {
	t.Parallel()
	opts := Options{Rows: 5000, Until: testEnd, Seed: 42}
	a, b := auditLines(t, opts), auditLines(t, opts)
	if !slices.Equal(a, b) {
		t.Error("two runs with one seed differ")
	}
	opts.Seed++
	if slices.Equal(a, auditLines(t, opts)) {
		t.Error("another seed gives the same records")
	}
}

// TestAuditDays puts together days that were made alone, the newest first, and a range that goes on at its end.
func TestAuditDays(t *testing.T) {
	t.Parallel()
	opts := Options{Density: DefaultDensity / 2, From: testEnd.AddDate(0, 0, -25), Until: testEnd, Seed: 9}
	whole := auditLines(t, opts)
	tenant, err := New(opts)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, day := range slices.Backward(tenant.Days()) {
		alone, err := New(opts)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := alone.AuditDay(t.Context(), day, &b); err != nil {
			t.Fatal(err)
		}
		of := strings.SplitAfter(b.String(), "\n")
		all = append(slices.Clone(of[:len(of)-1]), all...)
	}
	if !slices.Equal(all, whole) {
		t.Errorf("the days hold %d records, the whole %d, or other ones", len(all), len(whole))
	}
	middle := testEnd.AddDate(0, 0, -7)
	first, then := opts, opts
	first.Until, then.From = middle, middle
	if both := slices.Concat(auditLines(t, first), auditLines(t, then)); !slices.Equal(both, whole) {
		t.Errorf("two parts hold %d records, the whole %d, or other ones", len(both), len(whole))
	}
}

func TestAuditFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	opts := Options{Rows: 3000, Until: testEnd, Seed: 2}
	if err := Write(t.Context(), dir, opts); err != nil {
		t.Fatal(err)
	}
	var got []string
	for log, name := range auditFileNames {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range lines(b) {
			r := parse(t, line)
			if want := auditCategories[log]; r.envelope["category"] != want || r.envelope["operationName"] != r.properties["activityDisplayName"] {
				t.Fatalf("%s holds %s", name, line)
			}
			got = append(got, line+"\n")
		}
	}
	want := auditLines(t, opts)
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("the files hold %d records, the tenant %d, or other ones", len(got), len(want))
	}
}

// TestKeysOfRealAuditRecords finds every key that all real audit records have in all made-up ones with an ID.
func TestKeysOfRealAuditRecords(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "fixtures", "DataDog_azure-log-forwarding-orchestration", "internal_logs_audit_logs.json"))
	if err != nil {
		t.Skipf("the real exports are not there: %v", err)
	}
	envelope, properties := map[string]int{}, map[string]int{}
	real := lines(text)
	for _, line := range real {
		r := parse(t, line)
		for key := range r.envelope {
			envelope[key]++
		}
		for key := range r.properties {
			properties[key]++
		}
	}
	for _, line := range auditLines(t, Options{Rows: 3000, Until: testEnd, Seed: 4}) {
		r := parse(t, line)
		if r.properties["id"] == nil || len(r.properties["initiatedBy"].(map[string]any)) == 0 {
			continue
		}
		for _, optional := range []string{"identity", "callerIpAddress"} {
			delete(envelope, optional) // Azure Monitor leaves them out of some records
		}
		missing(t, "AuditLogs", envelope, r.envelope, len(real))
		missing(t, "AuditLogs", properties, r.properties, len(real))
	}
}
