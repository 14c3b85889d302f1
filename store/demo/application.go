package demo

import (
	"cmp"
	"strings"
)

// app is a client application; resource is the target of a token.
type app struct {
	name, id string
	owner    string // tenant
	fragment string // appId and appDisplayName
	target   *resource
	finance  bool
	saml     bool
}

type resource struct {
	name, id  string
	owner     string // tenant
	fragment  string // resourceDisplayName and resourceId
	principal string // its service principal
	audiences string // the array conditionalAccessAudiences
}

// cloudIDs are the real IDs of applications that the portal knows. All other IDs but Microsoft Graph's are made up.
var cloudIDs = map[string]string{
	"Azure Portal": "c44b4083-3bb0-49c1-b47d-974e53cbdf3c", "Microsoft Azure CLI": "04b07795-8ddb-461a-bbee-02f9e1bf7b46",
	"Azure Active Directory PowerShell": "1b730954-1685-4b74-9bfd-dac224a7b894",
}

// cloudApps are well-known applications.
var cloudApps = []string{
	"Azure Portal", "Microsoft Office", "Microsoft Teams", "Microsoft Teams Web Client", "Outlook Mobile", "One Outlook Web",
	"Office 365 Exchange Online", "Office 365 SharePoint Online", "OneDrive SyncEngine", "OfficeHome", "Microsoft Edge", "Microsoft Authenticator App",
	"Microsoft Authentication Broker", "Windows Sign In", "My Apps", "Microsoft Planner", "Microsoft To Do", "Microsoft Power BI",
	"Azure Active Directory PowerShell", "Microsoft Azure CLI", "Microsoft Intune Company Portal", "Visual Studio Code", "Microsoft Forms", "Viva Engage",
}

var (
	houseWords = []string{"Harbour", "Lantern", "Tide", "Beacon", "Quay", "Compass", "Anchor", "Gull", "Mast", "Rudder", "Pier", "Cove"}
	houseKinds = []string{"Payroll", "Invoices", "Roster", "Learning", "Travel", "Stock", "Tickets", "Insights"}
)

func makeResources() []resource {
	names := []string{
		"Microsoft Graph", "Office 365 Exchange Online", "Office 365 SharePoint Online", "Microsoft Teams Services", "Azure Resource Manager", "Azure Key Vault",
		"Windows Azure Active Directory", "Azure Storage", "Azure SQL Database", "Azure Monitor Control Service", "Office 365 Management APIs", "Microsoft Intune",
	}
	list := make([]resource, 0, len(names)+len(houseWords)*len(houseKinds))
	for i, name := range names {
		id := guidOf(mix(idResource, uint64(i))).String()
		if i == 0 {
			id = "00000003-0000-0000-c000-000000000000"
		}
		list = append(list, newResource(name, id, cloudTenant, uint64(i)))
	}
	list[2].audiences = `[{"applicationId":"` + list[2].id + `","audienceReasons":"none"},{"applicationId":"` + list[0].id + `","audienceReasons":"none"}]`
	for i := range len(houseWords) * len(houseKinds) {
		owner := tenantID
		if i%5 == 0 {
			owner = vendorTenant
		}
		list = append(list, newResource(houseName(i), guidOf(mix(idApp, uint64(len(cloudApps)+i))).String(), owner, uint64(1000+i)))
	}
	return list
}

func newResource(name, id, owner string, number uint64) resource {
	return resource{
		name: name, id: id, owner: owner,
		fragment:  `"resourceDisplayName":` + quoted(name) + `,"resourceId":"` + id + `",`,
		principal: guidOf(mix(idResource, 7, number)).String(),
		audiences: `[{"applicationId":"` + id + `","audienceReasons":"none"}]`,
	}
}

func houseName(i int) string {
	return houseWords[i%len(houseWords)] + " " + houseKinds[i/len(houseWords)]
}

// makeApps gives 24 applications of the cloud and 96 of the organisation. Each of the latter is its own resource.
func makeApps(resources []resource) []app {
	ownFrom := len(resources) - len(houseWords)*len(houseKinds)
	list := make([]app, 0, 120)
	for i, name := range cloudApps {
		a := newApp(name, cmp.Or(cloudIDs[name], guidOf(mix(idApp, uint64(i))).String()), cloudTenant)
		a.target = &resources[0]
		switch {
		case strings.HasPrefix(name, "Azure") || strings.HasPrefix(name, "Microsoft Azure"):
			a.target = &resources[4]
		case strings.Contains(name, "Outlook") || strings.Contains(name, "Exchange"):
			a.target = &resources[1]
		case strings.Contains(name, "SharePoint") || strings.Contains(name, "Office"):
			a.target = &resources[2]
		case strings.Contains(name, "Windows"):
			a.target = &resources[6]
		}
		list = append(list, a)
	}
	for i := range len(houseWords) * len(houseKinds) {
		r := &resources[ownFrom+i]
		a := newApp(r.name, r.id, r.owner)
		a.target = r
		a.saml = i%3 == 0
		a.finance = strings.HasSuffix(r.name, "Payroll")
		list = append(list, a)
	}
	return list
}

func newApp(name, id, owner string) app {
	return app{name: name, id: id, owner: owner, fragment: `"appId":"` + id + `","appDisplayName":` + quoted(name) + `,`}
}
