package demo

import (
	"fmt"
	"strings"
)

// Record types of the unified audit log.
const (
	exchangeAdmin      = 1
	exchangeItem       = 2
	directoryChange    = 8
	exchangeAggregated = 50
)

var (
	fileAccessed    = activityKind{6, "FileAccessed", "SharePoint"}
	fileModified    = activityKind{6, "FileModified", "SharePoint"}
	filePreviewed   = activityKind{6, "FilePreviewed", "SharePoint"}
	fileDownloaded  = activityKind{6, "FileDownloaded", "SharePoint"}
	fileUploaded    = activityKind{6, "FileUploaded", "OneDrive"}
	fileSynced      = activityKind{6, "FileSyncDownloadedFull", "OneDrive"}
	linkCreated     = activityKind{14, "CompanyLinkCreated", "SharePoint"}
	secureLink      = activityKind{14, "AddedToSecureLink", "SharePoint"}
	anonymousLink   = activityKind{14, "AnonymousLinkCreated", "OneDrive"}
	anonymousUsed   = activityKind{14, "AnonymousLinkUsed", "OneDrive"}
	mailRead        = activityKind{exchangeAggregated, "MailItemsAccessed", "Exchange"}
	mailSent        = activityKind{exchangeItem, "Send", "Exchange"}
	mailDeleted     = activityKind{3, "SoftDelete", "Exchange"}
	teamsSession    = activityKind{25, "TeamsSessionStarted", "MicrosoftTeams"}
	teamsMember     = activityKind{25, "MemberAdded", "MicrosoftTeams"}
	newRule         = activityKind{exchangeAdmin, "New-InboxRule", "Exchange"}
	setRule         = activityKind{exchangeAdmin, "Set-InboxRule", "Exchange"}
	removeRule      = activityKind{exchangeAdmin, "Remove-InboxRule", "Exchange"}
	setMailbox      = activityKind{exchangeAdmin, "Set-Mailbox", "Exchange"}
	unknownActivity = activityKind{397, "SharedSpaceVisited", "LanternSpaces"} // of a type that Microsoft's table does not have
	graphCall       = activityKind{0, "Microsoft Graph Activity", "MicrosoftGraph"}
)

// The applications that people act with. Their IDs are those of Microsoft.
var (
	outlookWeb = &activityClient{"9199bf20-a13f-4107-85dc-02114787ef48", "One Outlook Web", "Client=OWA;Action=ViaProxy"}
	outlook    = &activityClient{"d3590ed6-52b3-4102-aeff-aad2292ab01c", "Microsoft Office", "Client=MSExchangeRPC"}
	oneDrive   = &activityClient{"ab9b8c07-8f02-4f72-87fa-80105867a763", "OneDrive SyncEngine", "Microsoft SkyDriveSync 25.1 ship"}
	browsing   = &activityClient{"08e18876-6177-487e-b8b5-cf950c1e598c", "SharePoint Online Web Client Extensibility", "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"}
	teams      = &activityClient{"1fec8e78-bce4-4aaf-ab1b-5451cc387264", "Microsoft Teams", "Teams"}
	exchange   = &activityClient{"fb78d390-0c51-40cd-8e17-fdbfab77341b", "Microsoft Exchange REST API Based Powershell", ""}
	graphShell = &activityClient{"14d82eec-204b-4c2f-b7e8-296a70dab67e", "Microsoft Graph Command Line Tools", "PowerShell/7.4"}
)

const sharePoint = "https://tidewaterlantern.sharepoint.com"

// fileFolders and fileNames2 make the names of files.
var (
	fileFolders = []string{"sites/Harbour/Shared Documents/Berths", "sites/Finance/Shared Documents/Invoices", "sites/Office/Shared Documents/Minutes", "sites/Warehouse/Shared Documents/Shifts"}
	fileStems   = []string{"Berth plan", "Crane inspection", "Invoice overview", "Minutes", "Night shift", "Lantern supply", "Pilot rota", "Tariff draft"}
	fileKinds   = []string{"xlsx", "docx", "pdf", "pptx"}
	subjects    = []string{"Berth times for Thursday", "Invoice 4711 overdue", "Shift swap", "Lantern oil delivery", "Re: Tariffs", "Minutes of the harbour board"}
)

// everydayDoings are what people do, with their share in a thousand.
var everydayDoings = []struct {
	perMille int
	do       func(d *doing)
}{
	{300, (*doing).files},
	{130, (*doing).download},
	{200, (*doing).mails},
	{90, (*doing).sends},
	{90, (*doing).meets},
	{70, (*doing).shares},
	{50, (*doing).syncs},
	{40, (*doing).calls},
	{15, (*doing).sorts},
	{15, (*doing).odd},
}

func pickDoing(number int) func(d *doing) {
	for _, e := range everydayDoings {
		if number -= e.perMille; number < 0 {
			return e.do
		}
	}
	return everydayDoings[0].do
}

// file names a file of the tenant, with the members of its record.
func (d *doing) file(number int) (address, more string) {
	folder := fileFolders[number%len(fileFolders)]
	kind := fileKinds[number/7%len(fileKinds)]
	name := fmt.Sprintf("%s %d.%s", fileStems[number/3%len(fileStems)], 100+number, kind)
	site, path, _ := strings.Cut(strings.TrimPrefix(folder, "sites/"), "/")
	return sharePoint + "/" + folder + "/" + name, `"EventSource":"SharePoint","ItemType":"File","Site":"` + guidOf(mix(idTarget, 70, uint64(number%len(fileFolders)))).String() +
		`","SiteUrl":"` + sharePoint + "/sites/" + site + `/","SourceFileExtension":"` + kind + `","SourceFileName":` + quoted(name) + `,"SourceRelativeUrl":` + quoted(path) +
		`,"UserAgent":"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36",`
}

func (d *doing) files() {
	d.client = browsing
	for range 1 + d.below(3) {
		address, more := d.file(d.below(900))
		d.record([]activityKind{fileAccessed, fileAccessed, fileModified, filePreviewed, fileUploaded}[d.below(5)], address).more = more
		d.wait(20)
	}
}

func (d *doing) download() {
	d.client = browsing
	address, more := d.file(d.below(900))
	d.record(fileDownloaded, address).more = more
}

func (d *doing) mails() {
	d.client = []*activityClient{outlook, outlook, outlookWeb}[d.below(3)]
	d.mailAccess(d.actor.person, 1+d.below(9))
}

// mailAccess tells that mails were read in a mailbox.
func (d *doing) mailAccess(of *person, n int) {
	r := d.record(mailRead, "")
	r.count = n
	var items []string
	for i := range min(n, 3) {
		items = append(items, fmt.Sprintf(`{"InternetMessageId":"<%s@%s>","SizeInBytes":%d}`, guidOf(mix(d.seed, 30, uint64(i), d.part)), domain, 4000+d.below(90_000)))
	}
	r.more = `"ResultStatus":"Succeeded","LogonType":0,"MailboxGuid":"` + guidOf(mix(idTarget, 71, uint64(of.index))).String() + `","MailboxOwnerUPN":"` + of.upn +
		`","Folders":[{"FolderItems":[` + strings.Join(items, ",") + `],"Id":"LgAAAAB","Path":"\\Inbox"}],"OperationProperties":[{"Name":"MailAccessType","Value":"Bind"},{"Name":"IsThrottled","Value":"False"}],`
}

func (d *doing) sends() {
	d.client = outlook
	r := d.record([]activityKind{mailSent, mailSent, mailDeleted}[d.below(3)], "")
	r.more = `"ResultStatus":"Succeeded","LogonType":0,"MailboxOwnerUPN":"` + d.actor.person.upn + `","Item":{"Attachments":"","Id":"RgAAAAB","Subject":` + quoted(subjects[d.below(len(subjects))]) +
		`,"ParentFolder":{"Id":"LgAAAAC","Path":"\\Drafts"}},`
}

func (d *doing) meets() {
	d.client = teams
	if d.below(5) > 0 {
		d.record(teamsSession, "").more = `"CommunicationType":"OneToOne",`
		return
	}
	who := d.colleague()
	d.record(teamsMember, "").more = `"TeamName":"` + departments[d.below(len(departments))] + `","TeamGuid":"19:` + guidOf(mix(d.seed, 31)).String() + `@thread.tacv2","Members":[{"DisplayName":` +
		quoted(who.name) + `,"Role":1,"UPN":"` + who.upn + `"}],`
}

func (d *doing) shares() {
	d.client = browsing
	address, more := d.file(d.below(900))
	who := d.colleague()
	switch d.below(12) {
	case 0:
		d.record(anonymousLink, address).more = more + `"EventData":"<Type>View</Type>","SharingType":"Anonymous",`
	case 1, 2, 3, 4:
		d.record(secureLink, address).more = more + `"TargetUserOrGroupName":"` + who.upn + `","TargetUserOrGroupType":"Member",`
	default:
		d.record(linkCreated, address).more = more + `"EventData":"<Type>Edit</Type>",`
	}
}

func (d *doing) syncs() {
	d.client = oneDrive
	for range 1 + d.below(4) {
		address, more := d.file(d.below(900))
		d.record(fileSynced, address).more = more
		d.tick += ticksPerSecond / 4
	}
}

// calls are requests to Microsoft Graph.
func (d *doing) calls() {
	d.client = teams
	d.request("GET", "https://graph.microsoft.com/v1.0/me/joinedTeams?$select=id,displayName", 200)
	if d.below(6) == 0 {
		d.request("GET", "https://graph.microsoft.com/v1.0/groups?$top=800", 403)
	}
}

func (d *doing) request(method, address string, status int) {
	r := d.record(graphCall, "")
	r.method, r.request, r.status = method, address, status
	d.tick += ticksPerSecond / 3
}

// parameters are those of a cmdlet, names and values in turn.
func parameters(list ...string) string {
	var pairs []string
	for i := 0; i+1 < len(list); i += 2 {
		pairs = append(pairs, `{"Name":`+quoted(list[i])+`,"Value":`+quoted(list[i+1])+`}`)
	}
	return `"ResultStatus":"True","Parameters":[` + strings.Join(pairs, ",") + `],`
}

// sorts is a rule of somebody who sorts their mail.
func (d *doing) sorts() {
	d.client = outlookWeb
	who := d.actor.person
	d.record([]activityKind{newRule, setRule}[d.below(2)], who.upn+`\Newsletters`).more = parameters("Name", "Newsletters", "SubjectContainsWords", "newsletter", "MoveToFolder", "Newsletters")
}

// odd is a record of a type that the table does not have.
func (d *doing) odd() {
	d.client = browsing
	d.record(unknownActivity, "Space "+itoa(d.below(40))).more = `"SpaceKind":"Team","Visitors":[{"Name":"Guests","Value":"` + itoa(d.below(9)) + `"}],"Depth":{"Level":` + itoa(d.below(4)) + `},`
}

// ofAudit tells a change of the directory as the unified audit log has it: with the correlation ID of the audit record.
func ofAudit(r *auditRecord) activityRecord {
	a := activityRecord{tick: r.tick, id: guidOf(mix2(r.correlation.hash(), uint64(r.tick))), what: activityKind{directoryChange, r.name + ".", "AzureActiveDirectory"}, actor: r.actor}
	identities := func(texts ...string) string {
		var list []string
		for i := 0; i+1 < len(texts); i += 2 {
			if texts[i] != "" {
				list = append(list, `{"ID":`+quoted(texts[i])+`,"Type":`+texts[i+1]+`}`)
			}
		}
		return strings.Join(list, ",")
	}
	more := `"ResultStatus":"` + strings.ToUpper(r.result[:min(1, len(r.result))]) + r.result[min(1, len(r.result)):] + `","AzureActiveDirectoryEventType":1,"InterSystemsId":"` + r.correlation.String() +
		`","IntraSystemId":"` + a.id.String() + `","SupportTicketId":"",`
	if r.reason != "" && r.result == "failure" {
		more += `"LogonError":` + quoted(r.reason) + `,`
	}
	switch {
	case r.actor.person != nil:
		p := r.actor.person
		more += `"Actor":[` + identities(p.upn, "5", "User_"+p.id, "2", p.id, "2", "User", "2") + `],`
	case r.actor.program != nil:
		p := r.actor.program
		more += `"Actor":[` + identities(p.name, "1", p.appID, "2", "ServicePrincipal_"+p.principal, "2", p.principal, "2", "ServicePrincipal", "2") + `],`
	}
	if len(r.targets) > 0 {
		t := &r.targets[0]
		a.object = firstOf(t.upn, t.name, t.id)
		more += `"Target":[` + identities(t.kind+"_"+t.id, "2", t.id, "2", t.kind, "2", t.upn, "5", t.name, "1") + `],"ModifiedProperties":[`
		for i, c := range t.changes {
			if i > 0 {
				more += ","
			}
			more += `{"Name":` + quoted(c.name) + `,"NewValue":` + quoted(c.new) + `,"OldValue":` + quoted(c.old) + `}`
		}
		more += `],`
	}
	a.more = more + `"ExtendedProperties":[{"Name":"extendedAuditEventCategory","Value":"` + strings.TrimSuffix(r.category, "Management") + `"}],`
	return a
}

func firstOf(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}
