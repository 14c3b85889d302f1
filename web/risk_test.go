package web

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"signpost/auth"
	"signpost/store"
	"signpost/store/datafolder"
	"signpost/store/importer"
	"signpost/store/kinds"
	"signpost/store/risk"
)

const (
	riskDay    = "?from=2026-11-28T00:00:00Z&to=2026-11-29T00:00:00Z"
	riskUser   = "51000000-0000-4000-8000-000000000001"
	riskZoe    = "51000000-0000-4000-8000-00000000000c"
	riskQuay   = "52000000-0000-4000-8000-000000000002"
	riskSignIn = "7a000000-0000-4000-8000-000000000001"
	riskOfAda  = "9ee50f0000000000000000000000000000000000000000000000000000000001"
	riskOfQuay = "9ee50f0000000000000000000000000000000000000000000000000000000002"
	riskOfBot  = "9ee50f0000000000000000000000000000000000000000000000000000000003"
)

// riskStory is the sign-in of the made-up detection, and a detection of somebody that no other log knows.
const riskStory = `{"time":"2026-11-28T03:16:00Z","category":"SignInLogs","tenantId":"e0000000-0000-4000-8000-000000000001","properties":{"id":"` + riskSignIn + `","createdDateTime":"2026-11-28T03:15:37Z","userId":"` + riskUser + `","userDisplayName":"Ada Lanternwright","userPrincipalName":"ada@tidewater-lantern.example","appId":"a1","appDisplayName":"Quay","ipAddress":"192.0.2.17","correlationId":"7b000000-0000-4000-8000-000000000001","status":{"errorCode":0}}}
{"id":"9ee50f0000000000000000000000000000000000000000000000000000000009","riskEventType":"someNewDetection","riskState":"dismissed","riskLevel":"hidden","activityDateTime":"2026-11-28T09:00:00Z","lastUpdatedDateTime":"2026-11-28T09:00:00Z)","userId":"` + riskZoe + `","userDisplayName":"Zoe Ferrywoman","userPrincipalName":"zoe.ferrywoman@example.com","ipAddress":"198.51.100.9"}
`

// riskHouse is a portal with the detections that stand in the testdata of store/risk, which are made up from the specification.
func riskHouse(t *testing.T) *house {
	t.Helper()
	folder := t.TempDir()
	var db *datafolder.Folder
	h := newHouseIn(t, folder, importer.Decoder(kinds.Catalog), func(c *Config) {
		db = c.Store.(*datafolder.Folder)
		c.Directory, c.PastImports, c.Imports = db, db, db
		imports, err := NewUploads(plainImporter{w: db}, folder+"/uploads", ImportLimits{}, c.Now, c.Log)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(imports.Close)
		c.Uploads, c.Unread, c.Misread = imports, importer.Unread(kinds.Catalog), importer.Misread(kinds.Catalog)
	})
	files := map[string]string{"story.json": riskStory}
	for name, kept := range map[string]string{"azure-monitor.json": "ada.json", "principal-graph.json": "quay.json", "agent.json": "onlyrisk.json"} {
		text, err := os.ReadFile(filepath.Join("..", "store", "risk", "testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		files[kept] = string(text)
	}
	for name, text := range files {
		report, err := importer.New(db, importer.Options{}).Reader(t.Context(), name, strings.NewReader(text))
		if err != nil || report.RejectedTotal > 0 || report.Skipped > 0 {
			t.Fatalf("%s: %+v, %v", name, report, err)
		}
	}
	for name, role := range map[string]auth.Role{
		"ada": auth.RoleGlobalAdministrator, "reader": auth.RoleSecurityReader, "rita": auth.RoleReportsReader, "attr": auth.RoleAttributeLogReader,
		"cara": auth.RoleConditionalAccessAdministrator, "kari": auth.RoleUser,
	} {
		h.add(name, role)
	}
	return h
}

// riskWords stand in pages of the story for whoever reads the detections. None stands there for anybody else.
var riskWords = []string{
	"Risk detections of users", "Risk detections of workload identities", "logs/detections", "principaldetections", "log=detections", "9ee50f00", "TI_RI_0042", "zoe.ferrywoman@example.com", riskZoe,
	"198.51.100.9", "onlyrisk.json", "Harbour Assistant", "UserRiskEvents", "some New Detection",
}

// All pages that a Reports Reader comes to by links say no word of the detections. Those of an administrator say all of them.
func TestAReportsReaderWalksWithoutDetections(t *testing.T) {
	t.Parallel()
	h := riskHouse(t)
	h.as("reader").save("detections", "riskstate=dismissed", "Dismissed of mine", true)
	starts := []string{
		"/logs/interactive" + riskDay, "/logs/audit" + riskDay, "/sources?from=2026-11-20T00:00:00Z&to=2026-11-29T12:00:00Z", "/logs/interactive/" + riskSignIn + "?tab=all",
		"/users/" + riskUser + riskDay, "/users/" + riskUser + "/timeline" + riskDay, "/users", "/apps", "/help", "/logs/interactive" + riskDay + "&panel=views",
		"/logs/interactive" + riskDay + "&open=" + riskSignIn, "/search?q=ada%40tidewater-lantern.example", "/search?q=" + riskSignIn, "/import", "/settings/account", "/me", "/errors/50126",
	}
	const most = 110
	for _, name := range []string{"rita", "ada"} {
		sees := name == "ada"
		if sees {
			starts = append([]string{
				"/logs/detections" + riskDay, "/logs/principaldetections" + riskDay, "/logs/detections/" + riskOfAda + "?tab=all", "/logs/interactive" + riskDay, "/help", "/import", "/sources?from=2026-11-20T00:00:00Z&to=2026-11-29T12:00:00Z",
			}, starts...)
		}
		found, pages := h.as(name).walk(starts, most, riskWords)
		if !sees && pages < most/3 {
			t.Errorf("%s came to %d pages", name, pages)
		}
		for _, word := range riskWords {
			switch page := found[word]; {
			case !sees && page != "":
				t.Errorf("%s as a Reports Reader has %q", page, word)
			case sees && page == "":
				t.Errorf("no page of an administrator has %q: the test could not fail", word)
			}
		}
	}
}

// Every way to ask for detections by name or ID is refused to a Reports Reader, or answered as for what does not exist.
func TestAReportsReaderCannotAskForDetections(t *testing.T) {
	t.Parallel()
	h := riskHouse(t)
	reader, rita := h.as("reader"), h.as("rita")
	for _, log := range []string{"detections/" + riskOfAda, "principaldetections/" + riskOfQuay} {
		name, _, _ := strings.Cut(log, "/")
		for _, path := range []string{
			"/logs/" + name, "/logs/" + log, "/logs/" + name + "/no-such-id", "/logs/" + name + "/views", "/logs/" + name + "/views/high", "/logs/" + name + "/follow", "/logs/" + name + "?pick=riskevent&find=un",
			"/logs/" + name + "?sum=riskevent", "/logs/" + name + "/export.csv", "/logs/" + name + "/export.json", "/logs/" + name + "/export.ndjson", "/logs/" + name + "/export.xlsx", "/logs/" + name + "/evidence.zip",
			"/compare?a=" + log, "/compare?a=interactive/" + riskSignIn + "&b=" + log, "/sources?log=" + name,
		} {
			for _, headers := range [][]string{nil, {"HX-Request", "true"}} {
				got := rita.get(path, headers...)
				if got.StatusCode != http.StatusForbidden {
					t.Errorf("%s as a Reports Reader (%v): %d, want 403", path, headers, got.StatusCode)
				}
				if strings.Contains(got.body, "TI_RI_0042") || strings.Contains(got.body, "Quay Nightly") {
					t.Errorf("%s as a Reports Reader tells of the detection", path)
				}
			}
			if got := reader.get(path); got.StatusCode == http.StatusForbidden {
				t.Errorf("%s as a Security Reader: %d", path, got.StatusCode)
			}
		}
	}
	rita.get("/users/"+riskUser+"/timeline"+riskDay+"&log=detections").expect(t, "a timeline of detections", http.StatusForbidden, "")
	// What is in detections alone is as what is nowhere.
	for path, other := range map[string]string{
		"/users/" + riskZoe: "/users/51000000-0000-4000-8000-0000000000ff", "/search?q=zoe.ferrywoman%40example.com": "/search?q=zed.ferrywoman%40example.com", "/search?q=" + riskOfBot: "/search?q=" + strings.Replace(riskOfBot, "3", "8", 1),
		"/search?q=198.51.100.9": "/search?q=198.51.100.8", "/apps/" + riskQuay: "/apps/52000000-0000-4000-8000-0000000000ff",
	} {
		got, want := rita.get(path), rita.get(other)
		strip := func(body, path string) string {
			asked := path[strings.LastIndexAny(path, "=/")+1:]
			plain, _ := url.QueryUnescape(asked)
			return strings.ReplaceAll(strings.ReplaceAll(body, asked, "X"), plain, "X")
		}
		if got.StatusCode != want.StatusCode || got.location() != "" || strip(got.body, path) != strip(want.body, other) {
			t.Errorf("%s: %d to %q, and %s: %d", path, got.StatusCode, got.location(), other, want.StatusCode)
		}
		if seen := reader.get(path); seen.StatusCode == http.StatusNotFound || seen.StatusCode == http.StatusOK && !strings.Contains(seen.body, "detections") {
			t.Errorf("%s as a Security Reader: %d: the test could not fail", path, seen.StatusCode)
		}
	}
	for _, name := range []string{"attr", "cara", "kari"} {
		h.as(name).get("/logs/detections").expect(t, name, http.StatusForbidden, "")
	}
}

// Both lists have the portal's columns, and filters find by each field.
func TestDetectionList(t *testing.T) {
	t.Parallel()
	ada := riskHouse(t).as("ada")
	const headings = "[data-testid=grid] thead th .heading, [data-testid=grid] thead th:not(:has(.heading))"
	ada.get("/logs/detections"+riskDay).expectTexts(t, "headings", headings, "Date", "Detection type", "Risk state", "Risk level", "Risk detail", "User", "IP address", "Location", "Detection timing")
	ada.get("/logs/principaldetections"+riskDay).expectTexts(t, "headings", headings, "Date", "Detection type", "Risk state", "Risk level", "Risk detail", "Workload identity", "Identity type", "IP address", "Location", "Detection timing")
	for log, queries := range map[string]map[string]int{
		"detections": {
			"": 2, "status=high": 1, "status=hidden": 1, "status=low": 0, "risk=high": 1, "riskstate=atRisk": 1, "riskstate.not=atRisk": 1, "riskevent=unfamiliarFeatures": 1, "riskevent.has=unfamiliar": 1, "riskevent=somenewdetection": 1,
			"user=ada@tidewater-lantern.example": 1, "user=" + riskUser: 1, "user=Zoe+Ferrywoman": 1, "ip=192.0.2.0/24": 1, "city=tromsø": 1, "country=NO": 1, "country=norway": 1, "country.not=Norway": 1, "timing=realtime": 1, "activity=signin": 1, "source=IdentityProtection": 1,
			"reason=UnfamiliarASN": 1, "reason=TI_RI_0042": 1, "technique=T1110.003": 1, "technique.empty=yes": 1, "agent.has=Lantern": 1, "signin=" + riskSignIn: 1, "correlation=7b000000-0000-4000-8000-000000000001": 1,
			"request=" + riskOfAda: 1, "usertype=member": 1, "issuer=AzureAD": 1, "riskdetail=none": 1, "lastupdateddatetime.starts=2026-11-28T03": 1, "lastupdateddatetime.empty=yes": 1, "tenant=e0000000-0000-4000-8000-000000000001": 1,
		},
		"principaldetections": {
			"": 2, "status=high": 1, "status=medium": 1, "sp=" + riskQuay: 1, "sp=quay+nightly+export": 1, "sp.starts=harbour": 1, "app=53000000-0000-4000-8000-000000000002": 1, "key=54000000-0000-4000-8000-000000000003": 1,
			"workloadtype=servicePrincipal": 1, "workloadtype=agentIdentity": 1, "riskevent=signInSpike": 1, "riskevidence.has=112+sign-ins": 1, "technique=T1552": 1, "blueprintid=57000000-0000-4000-8000-000000000003": 1,
		},
	} {
		for query, want := range queries {
			if got := ada.get("/logs/" + log + riskDay + "&" + query).document(t).Find("[data-testid=row]").Length(); got != want {
				t.Errorf("%s, %q finds %d detections, want %d", log, query, got, want)
			}
		}
	}
	// What the other log has no field for is set aside, and not lost.
	if page := ada.get("/logs/principaldetections" + riskDay + "&user=" + riskUser); page.document(t).Find("[data-testid=row]").Length() != 2 || !strings.Contains(page.body, "Not used here") && !strings.Contains(page.body, "not used here") {
		t.Error("the user is no condition that is set aside")
	}
}

// The parts of the details.
func TestDetectionDetails(t *testing.T) {
	t.Parallel()
	ada := riskHouse(t).as("ada")
	for page, tabs := range map[string]map[string][]string{
		"/logs/detections/" + riskOfAda: {
			"summary":    {"Unfamiliar sign-in properties: Ada Lanternwright.", "was not seen before with this user", "At risk", "High", "In real time, at the sign-in", "Needs Microsoft Entra ID P2.", "Unfamiliar network (ASN), Unfamiliar IP address, TI_RI_0042", "T1078 Valid accounts, T1110.003"},
			"basic":      {"2026-11-28 03:15:37.008 UTC", "2026-11-28 03:17:05.068 UTC", "2026-11-28 03:20:00 UTC", "in the older enumeration: Additional risk detected", riskOfAda, riskSignIn, "Azure AD", "Ada Lanternwright", "ada@tidewater-lantern.example", "Member"},
			"location":   {"192.0.2.17", "Tromsø", "Norway (NO)", "69.65, 18.96", "Mozilla/5.0 (X11) Lantern/7"},
			"additional": {"Risk reasonsUnfamiliar network (ASN), Unfamiliar IP address, TI_RI_0042", "User agentMozilla/5.0 (X11) Lantern/7", "Address of the alert-"},
			"related":    {"The sign-in of the detection", "Same correlation ID", "Quay"},
			"raw":        {"UserRiskEvents", "TI_RI_0042"},
		},
		"/logs/detections/9ee50f0000000000000000000000000000000000000000000000000000000009": {
			"summary": {"some New Detection: Zoe Ferrywoman.", "This version of Signpost does not know the type.", "Hidden", "no premium licence"},
			"basic":   {"in a format Signpost cannot read: see Raw"},
		},
		"/logs/principaldetections/" + riskOfQuay: {
			"summary": {"Leaked credentials: Quay Nightly Export.", "was found in a leaked set"},
			"basic":   {"Quay Nightly Export", riskQuay, "54000000-0000-4000-8000-000000000002", "54000000-0000-4000-8000-000000000003", "Service principal"},
		},
		"/logs/principaldetections/" + riskOfBot: {"basic": {"Harbour Assistant", "Agent identity", "112 sign-ins in 5 minutes, where 3 are usual", "Harbour Chat"}},
	} {
		for tab, want := range tabs {
			text := ada.get(page+"?tab="+tab).find(t, "main")
			for _, part := range want {
				if !strings.Contains(text, part) {
					t.Errorf("%s, %s lacks %q: %s", page, tab, part, text)
				}
			}
		}
	}
	ada.get("/logs/detections/"+riskOfAda+"?tab=basic").expectLink(t, "the user's page", `#basic a[href^="/users/"]`, "/users/"+riskUser)
	for path, reason := range map[string]string{"/users/" + riskUser: "Risk detections of this user", "/users/" + riskZoe: "Risk detections of this user", "/apps/" + riskQuay: "Risk detections of this service principal"} {
		if part := ada.get(path + riskDay).document(t).Find(`[data-testid=trail][data-value="` + reason + `"]`); !strings.Contains(part.Text(), "All 1 risk detection") {
			t.Errorf("%s: %q", path, part.Text())
		}
	}
	if timeline := ada.get("/users/"+riskUser+"/timeline"+riskDay).find(t, "main"); !strings.Contains(timeline, "Unfamiliar sign-in properties") {
		t.Errorf("the timeline is %s", timeline)
	}
}

// Files come back as they were.
func TestDetectionDownloads(t *testing.T) {
	t.Parallel()
	ada := riskHouse(t).as("ada")
	for _, format := range []string{"json", "ndjson"} {
		folder, err := datafolder.Open(t.Context(), t.TempDir(), kinds.Catalog, importer.Decoder(kinds.Catalog))
		if err != nil {
			t.Fatal(err)
		}
		defer folder.Close()
		for log, id := range map[store.Log]string{risk.Users: riskOfAda, risk.Workloads: riskOfQuay} {
			whole := ada.get("/logs/" + string(log) + "/export." + format + riskDay).body
			report, err := importer.New(folder, importer.Options{}).Reader(t.Context(), "risk."+format, strings.NewReader(whole))
			if err != nil || report.New != 2 || report.RejectedTotal != 0 || report.LogCounts[log] != 2 {
				t.Fatalf("%s: %+v, %v", format, report, err)
			}
			record, err := folder.Get(t.Context(), store.GetQuery{Ref: store.Ref{Log: log, ID: id}})
			if err != nil {
				t.Fatal(err)
			}
			if r := record.Entry.(*risk.Record); log == risk.Users && (!slices.Equal(r.Techniques, []string{"T1078", "T1110.003"}) || len(r.Info) != 4 || r.Updated == "" || !r.Coordinates.Set) || log == risk.Workloads && len(r.Keys) != 2 {
				t.Errorf("%s: %+v", format, r)
			}
		}
	}
	if file := ada.get("/logs/detections/export.csv" + riskDay).body; !strings.Contains(file, "Detection type,") || !strings.Contains(file, "unfamiliarFeatures") || strings.Contains(file, "Service principal") {
		t.Errorf("the file is %s", file)
	}
}

// Who may not read detections does not learn from "Who looked" that somebody downloaded some about them. Others do.
func TestDownloadsOfDetectionsTellNobodyElse(t *testing.T) {
	t.Parallel()
	h := riskHouse(t)
	for name, role := range map[string]auth.Role{"own-reader": auth.RoleSecurityReader, "own-reports": auth.RoleReportsReader, "own-user": auth.RoleUser} {
		if _, err := h.accounts.Add(t.Context(), auth.NewAccount{Name: name, Password: housePassword, Roles: []auth.Role{role}, UserID: riskUser}); err != nil {
			t.Fatal(err)
		}
	}
	h.as("ada").get("/logs/detections/export.csv"+riskDay).expect(t, "a download", http.StatusOK, "")
	for name, want := range map[string]int{"own-reader": 1, "own-reports": 0, "own-user": 0} {
		page := h.as(name).get("/me/looked?" + lookedEver)
		page.expect(t, name, http.StatusOK, "")
		if got := page.document(t).Find("[data-testid=downloads] [data-testid=look]").Length(); got != want {
			t.Errorf("%s sees %d downloads, want %d", name, got, want)
		}
	}
}
