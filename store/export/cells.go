package export

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"signpost/store"
)

// column is one column of the portal's CSV files.
type column struct {
	heading string
	// property has the value; cell makes one that needs more than one property.
	property *store.Property
	cell     func(record store.Entry) string
	class    store.Class
}

// text gives the cell; empty where the record has no such value.
func (c column) text(record store.Entry) string {
	switch p := c.property; {
	case c.cell != nil:
		return c.cell(record)
	case p.Text != nil:
		return *p.Text(record)
	case p.Int != nil:
		if n := p.Int(record); n.Set {
			return strconv.FormatInt(n.N, 10)
		}
	case p.Bool != nil:
		switch *p.Bool(record) {
		case store.True:
			return "true"
		case store.False:
			return "false"
		}
	}
	return ""
}

// of makes a column of one property.
func of(heading string, p *store.Property) column {
	return column{heading: heading, property: p, class: p.Class}
}

// The columns that need more than one property, or none.
var (
	dateColumn     = column{heading: "Date (UTC)", cell: func(record store.Entry) string { return portalTime(record.Head().Time) }}
	locationColumn = column{heading: "Location", cell: func(record store.Entry) string { return location(record.(*store.SignIn)) }}
	statusColumn   = statusOf(store.SignIns)
)

// statusOf makes the column of a kind's status.
func statusOf(kind *store.Kind) column {
	c := column{heading: "Status", cell: func(record store.Entry) string {
		status := kind.Status(record)
		if status == store.StatusUnknown {
			return ""
		}
		return kind.StatusInfo(status).Label
	}}
	if f := kind.StatusField(); f != nil {
		c.class = f.Class
	}
	return c
}

// userColumns have the headings of the Entra portal's interactive and non-interactive file, as of 2025/26. One
// heading occurs twice, two end with a blank, and one has two blanks inside.
var userColumns = []column{
	dateColumn,
	of("Request ID", store.RequestID),
	of("User agent", store.UserAgent),
	of("Correlation ID", store.CorrelationID),
	of("User ID", store.UserID),
	of("User", store.UserDisplayName),
	of("Username", store.UserPrincipalName),
	of("User type", store.UserType),
	of("Cross tenant access type", store.CrossTenantAccessType),
	of("Incoming token type", store.IncomingTokenType),
	of("Authentication Protocol", store.AuthenticationProtocol),
	of("Unique token identifier", store.UniqueTokenID),
	of("Original transfer method", store.OriginalTransferMethod),
	of("Client credential type", store.ClientCredentialType),
	of("Token Protection - Sign In Session", store.TokenProtectionStatus),
	of("Token Protection - Sign In Session StatusCode", store.TokenProtectionStatusCode),
	of("Application", store.AppDisplayName),
	of("Application ID ", store.AppID),
	of("App owner tenant ID", store.AppOwnerTenantID),
	of("Resource", store.ResourceDisplayName),
	of("Resource ID ", store.ResourceID),
	of("Resource tenant ID", store.ResourceTenantID),
	of("Resource owner tenant ID", store.ResourceOwnerTenantID),
	of("Home tenant ID", store.HomeTenantID),
	of("Home tenant name", store.HomeTenantName),
	of("IP address", store.IPAddress),
	locationColumn,
	statusColumn,
	of("Sign-in error code", store.ErrorCode),
	of("Failure reason", store.FailureReason),
	of("Client app", store.ClientAppUsed),
	of("Device ID", store.DeviceID),
	of("Browser", store.Browser),
	of("Operating System", store.OperatingSystem),
	of("Compliant", store.IsCompliant),
	of("Managed", store.IsManaged),
	of("Join Type", store.TrustType),
	of("Multifactor authentication result", store.AdditionalDetails),
	of("Multifactor authentication auth method", store.MFAAuthMethod),
	of("Multifactor authentication auth detail", store.MFAAuthDetail),
	of("Authentication requirement", store.AuthenticationRequirement),
	of("Sign-in identifier", store.SignInIdentifier),
	of("Session ID", store.SessionID),
	of("IP address (seen by resource)", store.IPAddressFromResourceProvider),
	of("Through Global Secure Access", store.IsThroughGlobalSecureAccess),
	of("Global Secure Access IP address", store.GlobalSecureAccessIPAddress),
	of("Autonomous system  number", store.AutonomousSystemNumber),
	of("Flagged for review", store.FlaggedForReview),
	of("Token issuer type", store.TokenIssuerType),
	of("Incoming token type", store.IncomingTokenType),
	of("Token issuer name", store.TokenIssuerName),
	of("Latency", store.ProcessingTimeInMilliseconds),
	of("Conditional Access", store.ConditionalAccessStatus),
	of("Managed Identity type", store.ManagedIdentityType),
	of("Associated Resource Id", store.AssociatedResourceID),
	of("Federated Token Id", store.FederatedTokenID),
	of("Federated Token Issuer", store.FederatedTokenIssuer),
}

// applicationColumns are the headings of the service principals' file.
var applicationColumns = []column{
	dateColumn,
	of("Request ID", store.RequestID),
	of("Correlation ID", store.CorrelationID),
	of("Service principal ID", store.ServicePrincipalID),
	of("Service principal name", store.ServicePrincipalName),
	of("Credential key ID", store.CredentialKeyID),
	of("Credential thumbprint", store.CredentialThumbprint),
	of("Application", store.AppDisplayName),
	of("Application ID ", store.AppID),
	of("App owner tenant ID", store.AppOwnerTenantID),
	of("Resource", store.ResourceDisplayName),
	of("Resource ID ", store.ResourceID),
	of("Resource tenant ID", store.ResourceTenantID),
	of("Resource owner tenant ID", store.ResourceOwnerTenantID),
	of("Home tenant ID", store.HomeTenantID),
	of("Home tenant name", store.HomeTenantName),
	of("IP address", store.IPAddress),
	locationColumn,
	statusColumn,
	of("Sign-in error code", store.ErrorCode),
	of("Failure reason", store.FailureReason),
	of("Conditional Access", store.ConditionalAccessStatus),
}

// identityColumns are this program's own: the headings of the managed identities' file are not public. The file is
// known to be like the applications'. The columns about the identity follow, as at the end of the users' file.
var identityColumns = append(applicationColumns[:len(applicationColumns):len(applicationColumns)],
	of("Managed Identity type", store.ManagedIdentityType),
	of("Associated Resource Id", store.AssociatedResourceID),
	of("Federated Token Id", store.FederatedTokenID),
	of("Federated Token Issuer", store.FederatedTokenIssuer),
)

// columnsOf gives the columns of a log's file, without those of withheld classes.
func columnsOf(info store.LogInfo, withheld store.Classes) []column {
	all := applicationColumns
	switch {
	case len(info.Kind().FileColumns) > 0:
		all = nil
		for _, c := range info.Kind().FileColumns {
			all = append(all, column{heading: c.Heading, cell: c.Text})
		}
	case info.Kind() != store.SignIns:
		all = declaredColumns(info)
	case info.User:
		all = userColumns
	case info.Log == store.ManagedIdentity:
		all = identityColumns
	}
	var columns []column
	for _, c := range all {
		if !withheld.Has(c.class) {
			columns = append(columns, c)
		}
	}
	return columns
}

// declaredColumns are the date, the status and every single-valued property that records of the log can have.
func declaredColumns(info store.LogInfo) []column {
	kind := info.Kind()
	columns := []column{dateColumn}
	if kind.Status != nil {
		columns = append(columns, statusOf(kind))
	}
	for _, p := range kind.Properties {
		if p.Set == nil && (p.Logs == nil || slices.Contains(p.Logs, info.Log)) {
			columns = append(columns, of(p.Label, p))
		}
	}
	return columns
}

// stepHeadings are the headings of the authentication details' file. They are this program's own: the original's
// are not public.
var stepHeadings = []string{
	"Date (UTC)", "Request ID", "Authentication method", "Authentication method detail", "Succeeded", "Result detail", "Requirement",
}

// stepCells are one row of the authentication details' file.
func stepCells(s *store.SignIn, step *store.AuthenticationStep) []string {
	succeeded := ""
	switch step.Succeeded {
	case store.True:
		succeeded = "true"
	case store.False:
		succeeded = "false"
	}
	return []string{portalTime(step.Time), s.ID, step.Method, step.MethodDetail, succeeded, step.ResultDetail, step.Requirement}
}

// portalTime writes a time as the portal's files do: UTC, in whole seconds.
func portalTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05Z")
}

// location is one cell: the known ones of city, state and country.
func location(s *store.SignIn) string {
	var parts []string
	for _, part := range []string{s.City, s.State, s.CountryOrRegion} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ", ")
}

// neutral gives a cell that no spreadsheet reads as a formula.
func neutral(cell string) string { return store.NeutralCell(cell) }
