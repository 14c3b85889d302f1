package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"signpost/store/importer"
	"signpost/views"
)

// hardNames are records that tell the name of an item in less common places: among details, in lists of texts, as the value of a
// parameter or a property of another name, in a message as JSON, in the address of a request.
const hardNames = `{"CreationTime":"2026-11-22T10:00:11","Id":"00000009-0000-4000-8000-000000000021","Operation":"Set-MailboxFolderPermission","RecordType":1,"Workload":"Exchange","ObjectId":"kai@example.com:\\Quaybook","Parameters":[{"Name":"Identity","Value":"kai@example.com:\\Quaybook"},{"Name":"User","Value":"eve@example.net"}],"UserId":"kai@example.com","UserKey":"` + userKai + `"}
{"CreationTime":"2026-11-22T10:00:12","Id":"00000009-0000-4000-8000-000000000022","Operation":"FileModified","RecordType":6,"Workload":"OneDrive","ItemType":"File","ObjectId":"https://x-my.sharepoint.com/personal/kai/Quaybook.docx","ExtendedProperties":[{"Name":"FileName","Value":"Quaybook.docx"},{"Name":"Where","Value":"/personal/kai/Quaybook"}],"ModifiedProperties":[{"Name":"Place","OldValue":"/personal/kai/Quaybook","NewValue":"/personal/kai/Old"}],"UserId":"kai@example.com","UserKey":"` + userKai + `"}
{"CreationTime":"2026-11-22T10:00:13","Id":"00000009-0000-4000-8000-000000000023","Operation":"AlertTriggered","RecordType":40,"Workload":"SecurityComplianceCenter","AttachmentNames":["Quaybook.xlsx"],"Data":"{\"FileNames\":[\"Quaybook.pdf\"],\"f3u\":\"eve@example.net\"}","FolderPaths":"[\"\\\\Quaybook\"]","UserId":"kai@example.com","UserKey":"` + userKai + `"}
{"time":"2026-11-22T10:05:00Z","category":"MicrosoftGraphActivityLogs","properties":{"requestId":"00000009-0000-4000-8000-000000000024","timeGenerated":"2026-11-22T10:00:14Z","requestMethod":"GET","requestUri":"https://graph.microsoft.com/v1.0/users('kai@example.com')/drive/root/search(q='Quaybook')","responseStatusCode":200,"appId":"a1","C_Idtyp":"user","userId":"` + userKai + `"}}
{"time":"2026-11-22T10:05:00Z","category":"MicrosoftGraphActivityLogs","properties":{"requestId":"00000009-0000-4000-8000-000000000025","timeGenerated":"2026-11-22T10:00:15Z","requestMethod":"GET","requestUri":"https://graph.microsoft.com/v1.0/me/drive/root/children/Quaybook.docx/content","responseStatusCode":200,"appId":"a1","C_Idtyp":"user","userId":"` + userKai + `"}}
{"time":"2026-11-22T10:05:00Z","category":"MicrosoftGraphActivityLogs","properties":{"requestId":"00000009-0000-4000-8000-000000000026","timeGenerated":"2026-11-22T10:00:16Z","requestMethod":"GET","requestUri":"https://graph.microsoft.com/v1.0/drives/d1/root%3A/Quaybook.docx","responseStatusCode":200,"appId":"a1","C_Idtyp":"user","userId":"` + userKai + `"}}
`

// Where the setting guards names of items, no page that a reader of the log comes to has one: the list, details, Raw, history,
// comparison, timelines, what happened next, saved views, downloads, imports and their rejected records.
func TestGuardedNamesAreOnNoPage(t *testing.T) {
	t.Parallel()
	h, db := activityHouse(t, map[string]string{"story.json": storyOfKai + someActivity + "\n" + hardNames})
	later := strings.ReplaceAll(strings.ReplaceAll(someActivity, "Re: Quaybook", "Fwd: Quaybook, again"), `"Parameters":[`, `"Parameters":[{"Name":"FromAddressContainsWords","Value":"x"},`)
	report, err := importer.New(db, importer.Options{}).Reader(t.Context(), "later.json", strings.NewReader(later+"\n"+`{"Id":"00000009-0000-4000-8000-000000000031","CreationTime":"soon","Operation":"FileDownloaded","RecordType":6,"Workload":"SharePoint","ObjectId":"https://x.sharepoint.com/Quaybook.docx","UserId":"kai@example.com"}`+"\n"))
	if err != nil || report.RejectedTotal != 1 || report.Updated == 0 {
		t.Fatalf("%+v, %v", report, err)
	}
	ada := h.as("ada")
	ada.save("activity", "item.has=Quaybook", "Mine of the Quaybook", true)
	var starts []string
	for _, id := range []string{"01", "02", "03", "04", "21", "22", "23", "24", "25", "26"} {
		record := "00000009-0000-4000-8000-0000000000" + id
		starts = append(starts, "/logs/activity/"+record+"?tab=all&whole=yes", "/logs/activity"+activityDay+"&open="+record, "/compare?a=activity/"+record, "/compare?a=activity/"+record+"&b=activity/00000009-0000-4000-8000-000000000003")
	}
	for _, more := range []string{"", "&panel=views", "&panel=columns", "&pick=text", "&pick=target&find=Quay", "&sum=target", "&sum=operation", "&cols=operation,target,user"} {
		starts = append(starts, "/logs/activity"+activityDay+more)
	}
	for _, file := range []string{"export.csv", "export.json", "export.ndjson", "export.xlsx", "export.zip", "evidence.zip"} {
		starts = append(starts, "/logs/activity/"+file+activityDay)
	}
	starts = append(starts, "/users/"+userKai+"/timeline"+activityDay, "/users/"+userKai+activityDay, "/logs/interactive/"+kaisSignIn+"?tab=next", "/logs/interactive/"+kaisSignIn+"?tab=all",
		"/import", "/import/1", "/import/2", "/import/2/rejected", "/logs/access?range=30d")
	found := func(v *visitor) (pages []string) {
		for _, page := range starts {
			if body := unpackedBody(t, v.get(page).body); strings.Contains(strings.ReplaceAll(body, "find=Quay", ""), hiddenName) {
				pages = append(pages, page)
			}
		}
		return pages
	}
	ada.post(views.ActivitySettingsPath, form("do", "save", "guard", "yes")).expect(t, "set", http.StatusSeeOther, views.ActivitySettingsPath+"?done=saved")
	for _, name := range []string{"reader", "sec"} {
		v := h.as(name)
		if pages := found(v); len(pages) > 0 {
			t.Errorf("%s sees names on %q", name, pages)
		}
		if name == "reader" {
			continue // its questions are those of the Security Administrator
		}
		// Questions about a name find as little as those about another.
		for _, query := range []string{"text.has=", "target.has=", "parameter.has=", "property.has=", "agent.has="} {
			for _, word := range []string{hiddenName, "Nothing"} {
				if n := v.get("/logs/activity"+activityDay+"&"+query+word).document(t).Find(`[data-testid="total"]`).AttrOr("data-value", ""); n != "0" {
					t.Errorf("%s finds %s records by %s%s", name, n, query, word)
				}
			}
		}
		for _, query := range []string{
			"item.has=Quaybook", "itemname=x", "itemnames.has=x", "siteurl.empty=no", "requesturi.has=x", "pick=item", "pick=item&find=Quay", "pick=siteurl", "sum=item", "sum=siteurl", "sum=operation&sort=count&item=x",
			"cols=itemname", "cols=operation,siteurl", "field=item&op=has&value=x", "list=%2Flogs%2Factivity%3Fitem%3Dx", "chart=table&by=item",
		} {
			for _, path := range []string{"/logs/activity", "/logs/activity/export.csv", "/logs/activity/export.xlsx", "/logs/activity/evidence.zip", "/logs/activity/follow", "/logs/activity/views", "/logs/activity/00000009-0000-4000-8000-000000000001"} {
				if strings.HasPrefix(query, "list=") && !strings.HasSuffix(path, "1") {
					continue
				}
				if got := v.get(path + "?" + query); got.StatusCode != http.StatusForbidden {
					t.Errorf("%s?%s for %s: %d, want 403", path, query, name, got.StatusCode)
				}
			}
		}
		for _, q := range []string{hiddenName, hiddenName + ".docx", "https://x.sharepoint.com/sites/a/Quaybook.docx"} {
			got := v.get("/search?q=" + url.QueryEscape(q))
			if other := v.get("/search?q=" + url.QueryEscape(strings.ReplaceAll(q, hiddenName, "Quaybord"))); got.location() != "" || got.StatusCode != other.StatusCode || strings.ReplaceAll(got.body, hiddenName, "Quaybord") != other.body {
				t.Errorf("the search of %s for %q tells of it", name, q)
			}
		}
		if list := v.get("/logs/activity" + activityDay).body; !strings.Contains(list, "FileDownloaded") || !strings.Contains(list, "New-InboxRule") {
			t.Errorf("the list of %s lacks records", name)
		}
	}
	if pages := found(ada); len(pages) < 45 {
		t.Errorf("a Global Administrator sees names on %d pages of %d: the test could not fail", len(pages), len(starts))
	}
}
