package demo

import "strings"

// stsLogon is the record type of a sign-in that the unified audit log tells.
const stsLogon = 15

// crowdDoings are what the people of a large tenant do.
var crowdDoings = []crowdDoing{
	{330, (*crowd).worksOnFiles},
	{60, (*crowd).syncs},
	{40, (*crowd).shares},
	{70, (*crowd).looksAtPages},
	{150, (*crowd).readsMail},
	{120, (*crowd).writesMail},
	{120, (*crowd).talks},
	{30, (*crowd).administers},
	{80, (*crowd).elsewhere},
}

// What people do with files, with mails and in teams, the frequent ones first.
var (
	fileWork = kindsOf(6, "SharePoint", "FileAccessed", "FileModified", "FilePreviewed", "FileDownloaded", "FileAccessedExtended", "FileModifiedExtended", "FileUploaded", "FileRenamed",
		"FileRecycled", "FileMoved", "FileCopied", "FileDeleted", "FileCheckedOut", "FileCheckedIn", "FileVersionsAllDeleted", "FileRestored", "FileMalwareDetected")
	syncWork  = kindsOf(6, "OneDrive", "FileSyncDownloadedFull", "FileSyncUploadedFull", "FileSyncDownloadedPartial", "FileSyncUploadedPartial")
	shareWork = kindsOf(14, "SharePoint", "SharingSet", "CompanyLinkCreated", "AddedToSecureLink", "SecureLinkCreated", "SharingInheritanceBroken", "CompanyLinkUsed", "SecureLinkUsed",
		"SharingRevoked", "SharingInvitationCreated", "AnonymousLinkCreated", "AnonymousLinkUsed", "AccessRequestCreated", "SharingInvitationAccepted", "AnonymousLinkRemoved")
	pageWork = append(kindsOf(4, "SharePoint", "PageViewed", "PageViewedExtended", "PagePrefetched", "ClientViewSignaled", "SearchQueryPerformed", "SiteCollectionCreated"),
		kindsOf(36, "SharePoint", "ListViewed", "ListItemViewed", "ListUpdated", "ListColumnCreated", "ListCreated")...)
	mailWork = append(kindsOf(exchangeItem, "Exchange", "Send", "Create", "Update", "SendOnBehalf", "SendAs", "MailboxLogin", "UpdateInboxRules", "AddFolderPermissions"),
		kindsOf(3, "Exchange", "MoveToDeletedItems", "SoftDelete", "HardDelete", "Move", "FolderBind")...)
	teamsWork = kindsOf(25, "MicrosoftTeams", "MessageSent", "ChatCreated", "MessageReadReceiptReceived", "TeamsSessionStarted", "ReactedToMessage", "MeetingParticipantDetail", "MessageUpdated",
		"MeetingDetail", "MessageCreatedHasLink", "MemberAdded", "MessageDeleted", "ChannelAdded", "TabAdded", "AppInstalled", "MemberRoleChanged", "TeamCreated", "MemberRemoved", "BotAddedToTeam")
	adminWork = kindsOf(exchangeAdmin, "Exchange", "Set-Mailbox", "New-InboxRule", "Set-InboxRule", "Set-CalendarProcessing", "Add-MailboxPermission", "Set-MailboxAutoReplyConfiguration", "Remove-InboxRule",
		"Set-User", "Add-RecipientPermission", "Set-TransportRule", "New-TransportRule", "Set-OrganizationConfig", "Add-MailboxFolderPermission", "Set-CASMailbox", "Update-DistributionGroupMember")
	// otherWork are records of services that only some people use, most of them of one record type each.
	otherWork = slicesOf(
		kindsOf(20, "PowerBI", "ViewReport", "GetWorkspaces", "ViewDashboard", "RefreshDataset", "ExportReport", "CreateReport"),
		kindsOf(261, "Copilot", "CopilotInteraction"), kindsOf(30, "MicrosoftFlow", "CreateFlow", "EditFlow", "DeleteFlow", "PutPermissions"),
		kindsOf(45, "PowerApps", "LaunchPowerApp", "PublishPowerApp"), kindsOf(66, "MicrosoftForms", "ViewForm", "SubmitResponse", "CreateForm"),
		kindsOf(190, "Planner", "TaskModified", "TaskCreated", "TaskRead", "TaskCompleted"), kindsOf(188, "Planner", "PlanRead", "PlanModified"),
		kindsOf(22, "Yammer", "MessageCreation", "ThreadViewed", "FileCreated"), kindsOf(32, "MicrosoftStream", "StreamInvokeVideoView", "StreamInvokeVideoUpload"),
		kindsOf(83, "PublicEndpoint", "SensitivityLabelApplied", "SensitivityLabelUpdated"), kindsOf(84, "SharePoint", "FileSensitivityLabelApplied", "FileSensitivityLabelChanged"),
		kindsOf(18, "SecurityComplianceCenter", "Get-ComplianceSearch", "New-ComplianceSearch", "Set-DlpCompliancePolicy"), kindsOf(40, "SecurityComplianceCenter", "AlertTriggered", "AlertEntityGenerated", "AlertUpdated"),
		kindsOf(28, "ThreatIntelligence", "TIMailData"), kindsOf(41, "ThreatIntelligence", "TIUrlClickData"), kindsOf(47, "ThreatIntelligence", "AtpDetection"), kindsOf(64, "AirInvestigation", "AirInvestigationData"),
		kindsOf(24, "SecurityComplianceCenter", "SearchStarted", "SearchViewed", "CaseViewed"), kindsOf(62, "ThreatIntelligence", "CampaignData"), kindsOf(63, "Endpoint", "FileCreatedOnRemovableMedia", "FilePrinted", "FileCopiedToClipboard"),
		kindsOf(54, "SharePoint", "ListItemCreated", "ListItemUpdated", "ListItemDeleted"), kindsOf(37, "SharePoint", "CommentCreated", "CommentsDisabled"), kindsOf(56, "SharePoint", "ListFieldCreated"),
		kindsOf(57, "MicrosoftTeams", "TeamsAdminAction"), kindsOf(73, "MicrosoftTeams", "ShiftAdded", "ShiftEdited", "ScheduleShared"), kindsOf(44, "MyAnalytics", "UpdatedUserSetting"),
		kindsOf(101, "Exchange", "SearchQueryInitiatedExchange"), kindsOf(102, "SharePoint", "SearchQueryInitiatedSharePoint"), kindsOf(202, "MicrosoftTodo", "TodoListViewed", "TodoItemCreated"),
		kindsOf(52, "DataInsights", "GetUsageReport"), kindsOf(65, "Quarantine", "QuarantineReleaseMessage", "QuarantinePreviewMessage"), kindsOf(85, "AttackSim", "SimulationLinkClicked"), kindsOf(94, "Aip", "SensitivityLabelApplied"),
		kindsOf(98, "CloudAppSecurity", "MCASAlert"), kindsOf(265, "VivaLearning", "ContentViewed"), kindsOf(294, "AzureActiveDirectory", "AadRiskDetection"), kindsOf(357, "Fabric", "ReadArtifact"), kindsOf(415, "LanternSpaces", "SharedSpaceClosed"),
		kindsOf(397, "LanternSpaces", "SharedSpaceVisited", "SharedSpaceLeft"),
	)
)

func kindsOf(recordType int, workload string, operations ...string) (kinds []activityKind) {
	for _, operation := range operations {
		kinds = append(kinds, activityKind{recordType, operation, workload})
	}
	return kinds
}

func slicesOf(lists ...[]activityKind) (all []activityKind) {
	for _, list := range lists {
		all = append(all, list...)
	}
	return all
}

// agents are the programs that people reach their files with.
var agents = func() (agents []string) {
	for version := range 12 {
		v := itoa(131 - version)
		agents = append(agents, "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/"+v+".0.0.0 Safari/537.36 Edg/"+v+".0.0.0",
			"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/"+v+".0.0.0 Safari/537.36", "OneDriveMpc-Transform_Thumbnail/1."+v, "MSWAC 16."+v)
	}
	return agents
}()

// guid is a GUID of a thing with a number.
func (c *crowd) guid(of, number int) string {
	return guidOf(mix(idTarget, uint64(of), uint64(number))).String()
}

// siteOf is the address of a site: that of a team, or somebody's own.
func (c *crowd) siteOf(h uint64) (address string, number int) {
	if share(h, 10) < 3 {
		number = share(mix2(h, 1), len(c.audit.org.people))
		return "https://tidewaterlantern-my.sharepoint.com/personal/" + strings.NewReplacer("@", "_", ".", "_").Replace(c.audit.org.people[number].upn), manySites + number
	}
	u := share(mix2(h, 2), 1<<20)
	number = manySites * u >> 20 * u >> 20
	return sharePoint + "/sites/" + houseWords[number%len(houseWords)] + houseKinds[number/5%len(houseKinds)] + itoa(number), number
}

// file names a file of the tenant, with the members of its record.
func (c *crowd) file(d *doing) (address, more string) {
	number := d.skewed(manyFiles)
	h := mix(idTarget, 90, uint64(number))
	site, siteNumber := c.siteOf(h)
	kind := fileKinds[share(mix2(h, 3), len(fileKinds))]
	name := fileStems[share(mix2(h, 4), len(fileStems))] + " " + houseWords[share(mix2(h, 5), len(houseWords))] + " " + itoa(number) + "." + kind
	path := "Shared Documents/" + departments[share(mix2(h, 6), len(departments))] + "/" + itoa(2019+share(mix2(h, 7), 8)) + "/" + houseWords[share(mix2(h, 8), len(houseWords))] + " " + itoa(share(mix2(h, 9), 40))
	return site + "/" + path + "/" + name, `"AuthenticationType":"OAuth","BrowserName":"Edge","BrowserVersion":"131.0.0.0","CorrelationId":"` + guidOf(d.next()).String() +
		`","EventSource":"SharePoint","GeoLocation":"EUR","HighPriorityMediaProcessing":false,"IsManagedDevice":true,"ItemType":"File","ListId":"` + c.guid(91, siteNumber) + `","ListItemUniqueId":"` + guidOf(h).String() +
		`","Platform":"WinDesktop","Site":"` + c.guid(92, siteNumber) + `","SiteUrl":"` + site + `/","SourceFileExtension":"` + kind + `","SourceFileName":` + quoted(name) + `,"SourceRelativeUrl":` + quoted(path) +
		`,"UserAgent":` + quoted(oneOf(d, agents)) + `,"WebId":"` + c.guid(93, siteNumber) + `",`
}

// visits has a guest act instead, now and then.
func (c *crowd) visits(d *doing) {
	if d.below(16) == 0 {
		d.actor.person = &c.guests[d.skewed(len(c.guests))]
	}
}

func (c *crowd) worksOnFiles(d *doing) {
	d.client = browsing
	c.visits(d)
	for range 1 + d.below(4) {
		address, more := c.file(d)
		d.record(oneOf(d, fileWork), address).more = more
		d.wait(5)
	}
}

func (c *crowd) syncs(d *doing) {
	d.client = oneDrive
	machine := `"MachineDomainInfo":"` + guidOf(mix(idTarget, 94)).String() + `","MachineId":"` + guidOf(d.next()).String() + `",`
	for range 1 + d.below(8) {
		address, more := c.file(d)
		d.record(oneOf(d, syncWork), address).more = more + machine
		d.tick += ticksPerSecond / 4
	}
}

func (c *crowd) shares(d *doing) {
	d.client = browsing
	address, more := c.file(d)
	with, kind := d.colleague().upn, "Member"
	if d.below(4) == 0 {
		with, kind = c.guests[d.skewed(len(c.guests))].upn, "Guest"
	}
	d.record(oneOf(d, shareWork), address).more = more + `"EventData":"<Type>Edit</Type><MembersCanShareApplied>False</MembersCanShareApplied>","SharingType":"Direct","TargetUserOrGroupName":"` + with +
		`","TargetUserOrGroupType":"` + kind + `","UniqueSharingId":"` + guidOf(d.next()).String() + `",`
}

func (c *crowd) looksAtPages(d *doing) {
	d.client = browsing
	site, number := c.siteOf(d.next())
	page := site + "/SitePages/" + houseWords[d.below(len(houseWords))] + "-" + itoa(d.skewed(200)) + ".aspx"
	d.record(oneOf(d, pageWork), page).more = `"CorrelationId":"` + guidOf(d.next()).String() + `","CustomUniqueId":false,"EventSource":"SharePoint","ItemType":"Page","ListId":"` + c.guid(95, number) +
		`","ListItemUniqueId":"` + guidOf(d.next()).String() + `","Site":"` + c.guid(92, number) + `","SiteUrl":"` + site + `/","UserAgent":` + quoted(oneOf(d, agents)) + `,"WebId":"` + c.guid(93, number) + `",`
}

func (c *crowd) readsMail(d *doing) {
	d.client = oneOf(d, []*activityClient{outlook, outlookWeb})
	d.mailAccess(d.actor.person, 1+d.skewed(60))
}

// subject is one of the subjects of mails.
func (d *doing) subject() string {
	number := d.skewed(manySubjects)
	return []string{"", "Re: ", "Fwd: "}[number%3] + fileStems[number/3%len(fileStems)] + " for " + houseWords[number/24%len(houseWords)] + " " + houseKinds[number/7%len(houseKinds)] + " #" + itoa(number)
}

func (c *crowd) writesMail(d *doing) {
	d.client = oneOf(d, []*activityClient{outlook, outlookWeb})
	owner := d.actor.person
	if d.below(20) == 0 {
		owner = d.colleague() // the mailbox of somebody else
	}
	result := `"Succeeded"`
	if d.below(60) == 0 {
		result = oneOf(d, []string{`"Failed"`, `"PartiallySucceeded"`})
	}
	d.record(oneOf(d, mailWork), "").more = `"ResultStatus":` + result + `,"LogonType":` + itoa(oneOf(d, []int{0, 2, 1})) + `,"MailboxGuid":"` + c.guid(71, owner.index) + `","MailboxOwnerUPN":"` + owner.upn +
		`","OriginatingServer":"LANTERN` + itoa(d.below(60)) + ` (15.20.8377.011)","SessionId":"` + d.actor.session.String() + `","Item":{"Attachments":"","Id":"Rg` + guidOf(d.next()).String() +
		`","InternetMessageId":"<` + guidOf(d.next()).String() + `@` + domain + `>","SizeInBytes":` + itoa(4000+d.below(90_000)) + `,"Subject":` + quoted(d.subject()) +
		`,"ParentFolder":{"Id":"Lg` + itoa(d.below(60)) + `","Path":"\\` + oneOf(d, []string{"Inbox", "Sent Items", "Drafts", "Deleted Items", "Archive"}) + `\\` + houseWords[d.below(len(houseWords))] + `"}},`
}

func (c *crowd) talks(d *doing) {
	d.client = teams
	team := d.skewed(manyTeams)
	who := d.colleague()
	d.record(oneOf(d, teamsWork), "").more = `"AADGroupId":"` + c.guid(96, team) + `","ChannelName":"` + houseWords[d.skewed(len(houseWords))] + " " + itoa(d.skewed(30)) + `","ChatThreadId":"19:` + guidOf(d.next()).String() +
		`@thread.v2","CommunicationType":"` + oneOf(d, []string{"OneToOne", "Group", "Channel", "Meeting"}) + `","ExtraProperties":[{"Key":"TimeZone","Value":"Europe/Oslo"}],"ItemName":"` + guidOf(d.next()).String() +
		`","MessageId":"` + itoa(1_790_000_000+d.below(10_000_000)) + `","Members":[{"DisplayName":` + quoted(who.name) + `,"Role":1,"UPN":"` + who.upn + `"}],"TeamGuid":"19:` + c.guid(97, team) +
		`@thread.tacv2","TeamName":"` + departments[team%len(departments)] + " " + houseWords[team/7%len(houseWords)] + " " + itoa(team) + `",`
}

func (c *crowd) administers(d *doing) {
	d.client = oneOf(d, []*activityClient{exchange, outlookWeb})
	who := d.actor.person
	d.record(oneOf(d, adminWork), who.upn+`\`+houseWords[d.below(len(houseWords))]).more = parameters("Identity", d.colleague().upn, "Name", d.subject(), "SubjectContainsWords", houseWords[d.below(len(houseWords))],
		"MoveToFolder", "Newsletters "+itoa(d.below(50)))
}

func (c *crowd) elsewhere(d *doing) {
	d.client = oneOf(d, []*activityClient{browsing, teams, graphShell})
	result := oneOf(d, []string{`"Success"`, `"Succeeded"`, `"True"`, `"Failed"`, `""`})
	d.record(oneOf(d, otherWork), houseKinds[d.below(len(houseKinds))]+" "+itoa(d.skewed(20_000))).more = `"ResultStatus":` + result + `,"RequestId":"` + guidOf(d.next()).String() +
		`","UserAgent":` + quoted(oneOf(d, agents)) + `,"WorkspaceName":"` + departments[d.below(len(departments))] + `","ItemDetails":{"Level":` + itoa(d.below(9)) + `,"Kind":"` + houseWords[d.below(len(houseWords))] + `"},`
}
