package importer

import "strings"

// microsoftTenants are Microsoft's own tenants that own applications, in lower case.
var microsoftTenants = map[string]bool{
	// Office, Azure portal and other first-party applications have this appOwnerTenantId in real Azure Monitor exports: see
	// the sign-in logs in github.com/DataDog/azure-log-forwarding-orchestration. Microsoft calls the tenant "Microsoft
	// Services".
	"f8cdef31-a31e-4b4a-93e4-5f571e91255a": true,
	// The tenant of Microsoft's own staff. It is the resource tenant of Office 365 SharePoint Online in the sample record of
	// Microsoft's page on the schema of sign-in logs (github.com/MicrosoftDocs/azure-docs).
	"72f988bf-86f1-41af-91ab-2d7cd011db47": true,
}

// isMicrosofts says whether Microsoft owns the service principal of a sign-in. Azure Monitor has a category of their own for
// these sign-ins. It shares no record with the category of the tenant's service principals.
func (d *decoder) isMicrosofts() bool {
	const category = "MicrosoftServicePrincipalSignInLogs"
	for _, name := range [...]string{d.envelope.category, d.envelope.table} {
		if at := len(name) - len(category); at >= 0 && strings.EqualFold(name[at:], category) {
			return true
		}
	}
	return microsoftTenants[strings.ToLower(d.into.AppOwnerTenantID)]
}
