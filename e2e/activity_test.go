//go:build e2e

package e2e

import "net/url"

func activityPages(p pictures) {
	p.as(administrator)
	const list = "/logs/activity?range=30d"
	p.at("activity", list)
	p.at("activity-empty", "/logs/activity?range=1h&operation=NoSuchOperation")
	p.at("activity-picker", list+"&pick=operation")
	p.at("activity-found", list+"&item.has=berth&workload=SharePoint")
	p.at("activity-settings", "/settings/activity")
	for name, filter := range map[string]string{"rule": "operation=New-InboxRule", "file": "operation=FileDownloaded", "mail": "operation=MailItemsAccessed", "role": "recordtype=AzureActiveDirectory", "request": "workload=MicrosoftGraph", "unknown": "workload=LanternSpaces"} {
		id := url.PathEscape(p.firstID(list + "&" + filter))
		p.goTo("/logs/activity/" + id)
		p.whole("activity-" + name)
		p.at("activity-"+name+"-pane", list+"&"+filter+"&open="+id)
	}
}
