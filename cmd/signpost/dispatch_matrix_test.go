package main

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"signpost/auth"
)

// matrixRoles are the nine roles.
var matrixRoles = []auth.Role{
	auth.RoleGlobalAdministrator, auth.RoleSecurityAdministrator, auth.RoleSecurityReader, auth.RoleGlobalReader, auth.RoleReportsReader,
	auth.RoleConditionalAccessAdministrator, auth.RoleAttributeLogReader, auth.RoleHelpdesk, auth.RoleUser,
}

// matrixMarks are words of the matrix tenant, with the class of data that alone holds each.
var matrixMarks = map[string]auth.Class{
	"zzpolicy": auth.ConditionalAccessData, "zzresult": auth.ConditionalAccessData, "zzattribute": auth.AttributeLogData,
	"zzactivity": auth.ActivityData, "zzitem": auth.ContentData, "zzsecret": auth.SecretData,
}

// matrixItem is something that can be sent or watched.
type matrixItem struct {
	address string
	// isReport says that it cannot be watched.
	isReport bool
}

// matrixItems are every log, views that name withheld data, and every report. Records of the access log are of the computer's own
// time, so its range ends before the test reads anything.
func matrixItems(began time.Time) (items []matrixItem) {
	for _, log := range []string{"interactive", "noninteractive", "serviceprincipal", "managedidentity", "legacy", "audit", "provisioning", "activity", "customsecurity"} {
		items = append(items, matrixItem{address: "/logs/" + log})
	}
	items = append(items,
		matrixItem{address: "/logs/access?from=2020-01-01T00:00:00Z&to=" + began.UTC().Format(time.RFC3339)},
		matrixItem{address: "/logs/interactive?ca=failure"}, matrixItem{address: "/logs/noninteractive?policy=zzpolicy"}, matrixItem{address: "/logs/activity?item.has=zzitem"})
	for _, address := range []string{
		"applications", "applications?range=7d&compare=yes", "applications/app-1?list=users", "adfs", "authentication", "authentication?tab=usage", "authentication?tab=events", "principals", "credentials",
		"removal?kind=app&value=app-1", "removal?kind=policy&value=zzpolicy",
	} {
		items = append(items, matrixItem{address: "/insights/" + address, isReport: true})
	}
	return items
}

// keptMails keeps mails in place of a mail server.
type keptMails struct {
	mu    sync.Mutex
	mails map[string]auth.Mail // by their keys
}

func (k *keptMails) Send(_ context.Context, m auth.Mail) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.mails[m.Key] = m
	return nil
}

// dispatchMatrix is a portal with an account for each role, and marked records in every log.
type dispatchMatrix struct {
	*dispatchWorld
	mails    *keptMails
	accounts map[auth.Role]auth.Account
	cookies  map[auth.Role]*http.Cookie
}

func newDispatchMatrix(t *testing.T) *dispatchMatrix {
	t.Helper()
	m := &dispatchMatrix{newDispatchWorld(t), &keptMails{mails: map[string]auth.Mail{}}, map[auth.Role]auth.Account{}, map[auth.Role]*http.Cookie{}}
	m.d.Mailer = m.mails
	for _, role := range matrixRoles {
		a, err := m.dispatchWorld.accounts.Add(t.Context(), auth.NewAccount{Name: "as-" + string(role), Password: mePassword, Roles: []auth.Role{role}, Mail: string(role) + "@example.com"})
		if err != nil {
			t.Fatal(err)
		}
		m.accounts[role] = a
	}
	host := strings.TrimPrefix(m.hooks.server.URL, "https://")
	if err := m.people.SetSettings(t.Context(), auth.Settings{WebhookHosts: []string{host}, GuardNames: true}); err != nil {
		t.Fatal(err)
	}
	m.putMarked(m.now.Add(-time.Hour))
	return m
}

// putMarked puts a marked record into every log but the access log.
func (m *dispatchMatrix) putMarked(at time.Time) {
	m.t.Helper()
	stamp := at.UTC().Format(time.RFC3339)
	record := func(category, id, rest string) map[string]any {
		var properties map[string]any
		if err := json.Unmarshal([]byte(`{"id":"`+id+`",`+rest+`}`), &properties); err != nil {
			m.t.Fatal(err)
		}
		return map[string]any{"time": stamp, "category": category, "tenantId": "6f1c2a3b-1111-4222-8333-944455566677", "properties": properties}
	}
	const policies = `"status":{"errorCode":53003},"conditionalAccessStatus":"failure",
		"appliedConditionalAccessPolicies":[{"id":"zzpolicy","displayName":"zzpolicy","result":"zzresult"}]`
	var records []map[string]any
	for i, category := range []string{"SignInLogs", "NonInteractiveUserSignInLogs", "ServicePrincipalSignInLogs", "ManagedIdentitySignInLogs"} {
		who := `"userId":"` + mailUser + `","userPrincipalName":"robin@example.com",`
		if i > 1 {
			who = `"servicePrincipalId":"sp-1","servicePrincipalName":"Backup",`
		}
		records = append(records, record(category, fmt.Sprintf("0a1b2c3d-0000-4000-9000-%012d", i), who+`"createdDateTime":"`+stamp+`","appId":"app-1","appDisplayName":"Travel Desk",
			"clientAppUsed":"IMAP4","ipAddress":"192.0.2.7",`+policies))
	}
	by := `"initiatedBy":{"user":{"id":"` + mailUser + `","userPrincipalName":"robin@example.com"}},"result":"success","loggedByService":"Core Directory","activityDateTime":"` + stamp + `",`
	records = append(records,
		record("AuditLogs", "Directory_1_AB_1", by+`"activityDisplayName":"Add service principal credentials","category":"ApplicationManagement",
			"targetResources":[{"id":"s1","displayName":"Quay","type":"ServicePrincipal","modifiedProperties":[{"displayName":"Credential","oldValue":null,"newValue":"[\"zzsecret-value-of-a-credential\"]"}]}]`),
		record("CustomSecurityAttributeAuditLogs", "Directory_2_AB_2", by+`"activityDisplayName":"zzattribute","category":"AttributeManagement"`),
		record("ProvisioningLogs", "0a1b2c3d-0000-4000-9000-000000000011", `"activityDateTime":"`+stamp+`","provisioningAction":"create","jobId":"job","changeId":"change","provisioningStatusInfo":{"status":"success"},
			"sourceIdentity":{"id":"1","displayName":"Robin","identityType":"User"}`))
	m.put(records...)
	m.put(map[string]any{
		"CreationTime": at.UTC().Format("2006-01-02T15:04:05"), "Id": "00000009-0000-4000-8000-000000000021", "Operation": "zzactivity", "RecordType": 6, "Workload": "OneDrive", "ItemType": "File",
		"ObjectId": "https://x-my.sharepoint.com/personal/robin/zzitem.docx", "SourceFileName": "zzitem.docx", "UserId": "robin@example.com", "UserKey": mailUser,
	})
}

// get asks the portal in a browser's way, as the account of a role.
func (m *dispatchMatrix) get(role auth.Role, address string) *httptest.ResponseRecorder {
	m.t.Helper()
	if m.cookies[role] == nil {
		form := url.Values{"name": {"as-" + string(role)}, "password": {mePassword}}
		request := httptest.NewRequest(http.MethodPost, "/signin", strings.NewReader(form.Encode()))
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		answer := httptest.NewRecorder()
		m.portal.ServeHTTP(answer, request)
		if answer.Code != http.StatusSeeOther || len(answer.Result().Cookies()) == 0 {
			m.t.Fatalf("%s signs in: %d", role, answer.Code)
		}
		m.cookies[role] = answer.Result().Cookies()[0]
	}
	request := httptest.NewRequest(http.MethodGet, address, http.NoBody)
	request.AddCookie(m.cookies[role])
	answer := httptest.NewRecorder()
	m.portal.ServeHTTP(answer, request)
	return answer
}

// download gives the file of an address as its reader gets it on the page; nil where the reader may not have it.
func (m *dispatchMatrix) download(role auth.Role, item matrixItem, format string) []byte {
	m.t.Helper()
	path, query, _ := strings.Cut(item.address, "?")
	switch {
	case !item.isReport:
		path += "/export." + format
	case strings.Count(path, "/") > 2:
		path += "/list." + format
	default:
		path += "." + format
	}
	answer := m.get(role, path+"?"+query)
	switch answer.Code {
	case http.StatusOK:
		return answer.Body.Bytes()
	case http.StatusForbidden, http.StatusNotFound:
		return nil
	}
	m.t.Fatalf("%s gets %s: %d", role, path, answer.Code)
	return nil
}

// sees says that both of two roles may see data of a class.
func sees(class auth.Class, roles ...auth.Role) bool {
	return !slices.ContainsFunc(roles, func(r auth.Role) bool { return !auth.RightsOf([]auth.Role{r}).MaySee(class) })
}

// together gives the role that sees of logs what all these roles see.
func (m *dispatchMatrix) together(roles ...auth.Role) auth.Role {
	classes := []auth.Class{auth.LogData, auth.ConditionalAccessData, auth.AttributeLogData, auth.AccessLogData, auth.ActivityData, auth.ContentData, auth.SecretData}
	i := slices.IndexFunc(matrixRoles, func(one auth.Role) bool {
		return !slices.ContainsFunc(classes, func(c auth.Class) bool { return sees(c, one) != sees(c, roles...) })
	})
	if i < 0 {
		m.t.Fatalf("no role has what %v have in common", roles)
	}
	return matrixRoles[i]
}

// unpacked gives the text of a file; of a workbook the parts that hold its rows.
func unpacked(t *testing.T, content []byte) string {
	t.Helper()
	if !bytes.HasPrefix(content, []byte("PK")) {
		return string(content)
	}
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, part := range archive.File {
		if !strings.HasPrefix(part.Name, "xl/") {
			continue // the time at which it was made
		}
		r, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(&all, r); err != nil {
			t.Fatal(err)
		}
		_ = r.Close() // it was read
	}
	return all.String()
}

// told notes that a mark was found where it may be.
type told map[string]bool

// check says whether a text holds marks that some of its readers may not see.
func (m *dispatchMatrix) check(where, text string, found told, readers ...auth.Role) {
	m.t.Helper()
	text = strings.ToLower(text)
	for mark, class := range matrixMarks {
		if !strings.Contains(text, mark) {
			continue
		}
		if found[mark] = true; !sees(class, readers...) || class == auth.SecretData {
			m.t.Errorf("%s holds %s", where, mark)
		}
	}
}

// matrixPairs are the recipients of an item of each owner: all of them in the soak. In the short form every pair of roles stands for
// two items. Every item goes from and to a role with many rights and a role with few.
func matrixPairs(item int) (pairs [][2]auth.Role) {
	few := []auth.Role{auth.RoleGlobalAdministrator, auth.RoleReportsReader}
	for o, owner := range matrixRoles {
		for r, recipient := range matrixRoles {
			if os.Getenv("SIGNPOST_SOAK") != "" || (o*len(matrixRoles)+r)%12 == item%12 || slices.Contains(few, owner) && slices.Contains(few, recipient) {
				pairs = append(pairs, [2]auth.Role{owner, recipient})
			}
		}
	}
	return pairs
}

// TestMatrixOfMessages sends every log and every report from every role to every role. Nothing that goes out holds what either may
// not see, and a file is what a reader with the rights of both downloads.
func TestMatrixOfMessages(t *testing.T) {
	t.Parallel()
	m := newDispatchMatrix(t)
	began := time.Now().Truncate(time.Second)
	type sending struct {
		item   matrixItem
		owner  auth.Role
		format string
	}
	schedules, watches := map[int64]sending{}, map[int64]sending{}
	due := time.Date(2026, 11, 24, 7, 0, 0, 0, time.UTC)
	for i, item := range matrixItems(began) {
		formats := []string{"csv", "json", "html", "xlsx"}
		if item.isReport {
			formats = formats[:3]
		}
		format := formats[i%len(formats)]
		recipients := map[auth.Role][]int64{}
		for _, pair := range matrixPairs(i) {
			recipients[pair[0]] = append(recipients[pair[0]], m.accounts[pair[1]].ID)
		}
		for owner, ids := range recipients {
			leaves := sees(auth.SettingsData, owner)
			terms := auth.Terms{Name: fmt.Sprintf("item %d", i), Address: item.address, Zone: "UTC", Recipients: ids, ByMail: true}
			if strings.Contains(item.address, "customsecurity") && sees(auth.AttributeLogData, owner) {
				terms.Name = "zzattribute changes" // a name tells of the view
			}
			schedule := terms
			schedule.Every, schedule.Hour, schedule.Format, schedule.InFolder = auth.Daily, 7, format, leaves
			watch := terms
			watch.More, watch.Minutes, watch.OnPage = 0, 60, true
			if leaves {
				schedule.Addresses, watch.Addresses, watch.Webhook = []string{"outside@example.org"}, []string{"outside@example.org"}, m.hooks.server.URL+"/hook"
			}
			add := func(kind auth.SubscriptionKind, t auth.Terms) int64 {
				checked, err := t.Check(kind)
				if err != nil {
					m.t.Fatal(err)
				}
				sub, err := m.people.AddSubscription(m.t.Context(), auth.Subscription{
					Kind: kind, OwnerID: m.accounts[owner].ID, Owner: m.accounts[owner].Name, Terms: checked, Created: m.now.Add(-2 * time.Hour), Next: due,
				})
				if err != nil {
					m.t.Fatal(err)
				}
				return sub.ID
			}
			schedules[add(auth.KindSchedule, schedule)] = sending{item, owner, format}
			if !item.isReport {
				watches[add(auth.KindWatch, watch)] = sending{item, owner, ""}
			}
		}
	}
	m.now = due
	for m.round(); m.waits(); m.round() {
	}
	roleOf := map[int64]auth.Role{}
	for role, a := range m.accounts {
		roleOf[a.ID] = role
	}
	files := map[string][]byte{}
	expected := func(role auth.Role, s sending) []byte {
		key := string(role) + s.format + s.item.address
		if _, ok := files[key]; !ok {
			files[key] = m.download(role, s.item, s.format)
		}
		return files[key]
	}
	inMails, inFiles, inHooks := told{}, told{}, told{}
	all, err := m.people.Deliveries(t.Context(), 0, 1_000_000)
	if err != nil {
		t.Fatal(err)
	}
	sent, refused := 0, 0
	for i := range all {
		d := &all[i]
		s, isSchedule := schedules[d.Subscription]
		if !isSchedule {
			s = watches[d.Subscription]
		}
		to, isRole := roleOf[d.AccountID]
		if d.AccountID != 0 && !isRole {
			continue // the administrator of the world, who is told of stops
		}
		readers := []auth.Role{s.owner, to}
		if d.AccountID == 0 {
			readers = []auth.Role{s.owner, auth.RoleReportsReader}
		}
		where := fmt.Sprintf("%s of %s from %s to %s by %s", s.format, s.item.address, s.owner, readers[1], d.Channel)
		mail, isMail := m.mails.mails[d.Key]
		if d.Kind == auth.OfStop {
			if isMail && to != s.owner { // its owner chose the name
				m.check("that it stopped, "+where, mail.Subject+mail.Body, inMails, to)
			}
			continue
		}
		m.check(where, mail.Subject+mail.Body+d.Problem+d.Note, told{}, readers[1])
		want := m.together(readers...)
		if !isSchedule {
			counted, err := m.portal.Count(t.Context(), auth.Readers{Recipient: m.accounts[want]}, s.item.address, []time.Time{d.From, d.To})
			may := err == nil && counted.N[0] > 0
			if (d.State == auth.Delivered) != may || may && d.N != counted.N[0] {
				t.Errorf("%s: %s, %d, %s; want %v, %d", where, d.State, d.N, d.Problem, may, counted.N)
			}
			continue
		}
		file := expected(want, s)
		if (d.State == auth.Delivered) != (file != nil) {
			t.Errorf("%s: %s, %s; a download with the rights of both: %v", where, d.State, d.Problem, file != nil)
			continue
		}
		if file == nil {
			refused++
			continue
		}
		var content []byte
		switch {
		case isMail && mail.Attachment != nil:
			content = mail.Attachment.Content
		case d.Channel == auth.InFolder:
			found, err := filepath.Glob(filepath.Join(m.folder, fmt.Sprintf("*_%d_*.%s", d.Subscription, s.format)))
			if err == nil && len(found) == 1 {
				content, err = os.ReadFile(found[0])
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		sent++
		m.check(where, unpacked(t, content), inFiles, readers...)
		if unpacked(t, content) != unpacked(t, file) {
			t.Errorf("%s is not what %s downloads:\n%.300s\nand\n%.300s", where, want, content, file)
		}
	}
	for i, body := range m.hooks.bodies {
		m.check(fmt.Sprintf("webhook %d: %s", i, body), string(body), inHooks, auth.RoleReportsReader)
	}
	inPages := told{}
	for _, role := range matrixRoles {
		if page := m.get(role, "/settings/watches"); page.Code == http.StatusOK {
			text := page.Body.String()
			if role == auth.RoleUser || role == auth.RoleHelpdesk {
				t.Errorf("%s opens the page of watches", role)
			}
			m.check("the page of "+string(role), text, inPages, role)
		}
	}
	access := m.get(auth.RoleSecurityAdministrator, "/logs/access/export.csv?from=2020-01-01T00:00:00Z&to="+time.Now().Add(time.Hour).UTC().Format(time.RFC3339))
	if text := access.Body.String(); access.Code != http.StatusOK || !strings.Contains(text, "schedule ") || strings.Contains(text, "zzattribute") {
		t.Errorf("the access log of a Security Administrator: %d, with the name of a watch: %v", access.Code, strings.Contains(text, "zzattribute"))
	}
	for mark, class := range matrixMarks {
		if class != auth.SecretData && !inFiles[mark] {
			t.Errorf("no file holds %s: the test could not fail", mark)
		}
	}
	if sent < 100 || refused < 30 || len(m.hooks.bodies) == 0 || !inPages["zzattribute"] {
		t.Errorf("%d files were sent and %d refused, %d webhooks, marks on pages %v", sent, refused, len(m.hooks.bodies), inPages)
	}
}

// waits says that some delivery is still to be sent.
func (m *dispatchMatrix) waits() bool {
	m.t.Helper()
	all, err := m.people.Deliveries(m.t.Context(), 0, 1_000_000)
	if err != nil {
		m.t.Fatal(err)
	}
	return slices.ContainsFunc(all, func(d auth.Delivery) bool {
		if d.State == auth.Waiting && d.Attempts > 0 {
			m.t.Fatalf("%+v is tried again", d)
		}
		return d.State == auth.Waiting
	})
}
