package demo

import (
	"slices"
	"strings"
	"time"
)

// The files of the Entra admin center. Their columns are those of 2025/26, as far as they are public. The wording of
// enumerations is public for token types and token issuers alone, and "None" for nothing; others are in Graph's words.

// portalUserColumns are those of the interactive and of the non-interactive file. "Incoming token type" stands twice.
var portalUserColumns = []column{
	{heading: "Date (UTC)", text: func(s *signIn) string { return graphTime(s.created) }},
	{heading: "Request ID", path: "id"},
	{heading: "User agent", path: "userAgent"},
	{heading: "Correlation ID", path: "correlationId"},
	{heading: "User ID", path: "userId"},
	{heading: "User", path: "userDisplayName"},
	{heading: "Username", path: "userPrincipalName", text: func(s *signIn) string { return strings.ToLower(s.text("userPrincipalName")) }},
	{heading: "User type", path: "userType"},
	portalWord("Cross tenant access type", "crossTenantAccessType"),
	portalWord("Incoming token type", "incomingTokenType"),
	portalWord("Authentication Protocol", "authenticationProtocol"),
	{heading: "Unique token identifier", path: "uniqueTokenIdentifier"},
	portalWord("Original transfer method", "originalTransferMethod"),
	portalWord("Client credential type", "clientCredentialType"),
	portalWord("Token Protection - Sign In Session", "tokenProtectionStatusDetails.signInSessionStatus"),
	{heading: "Token Protection - Sign In Session StatusCode", path: "tokenProtectionStatusDetails.signInSessionStatusCode"},
	{heading: "Application", path: "appDisplayName"},
	{heading: "Application ID ", path: "appId"},
	{heading: "App owner tenant ID", path: "appOwnerTenantId"},
	{heading: "Resource", path: "resourceDisplayName"},
	{heading: "Resource ID ", path: "resourceId"},
	{heading: "Resource tenant ID", path: "resourceTenantId"},
	{heading: "Resource owner tenant ID", path: "resourceOwnerTenantId"},
	{heading: "Home tenant ID", path: "homeTenantId"},
	{heading: "Home tenant name", path: "homeTenantName"},
	{heading: "IP address", path: "ipAddress"},
	{heading: "Location", path: "location", text: portalLocation},
	{heading: "Status", text: portalStatus},
	{heading: "Sign-in error code", path: "status.errorCode"},
	{heading: "Failure reason", path: "status.failureReason", text: portalReason},
	{heading: "Client app", path: "clientAppUsed"},
	{heading: "Device ID", path: "deviceDetail.deviceId"},
	{heading: "Browser", path: "deviceDetail.browser"},
	{heading: "Operating System", path: "deviceDetail.operatingSystem"},
	{heading: "Compliant", path: "deviceDetail.isCompliant"},
	{heading: "Managed", path: "deviceDetail.isManaged"},
	{heading: "Join Type", path: "deviceDetail.trustType"},
	{heading: "Multifactor authentication result", path: "status.additionalDetails"},
	{heading: "Multifactor authentication auth method", path: "mfaDetail.authMethod"},
	{heading: "Multifactor authentication auth detail", path: "mfaDetail.authDetail"},
	{heading: "Authentication requirement", path: "authenticationRequirement"},
	{heading: "Sign-in identifier", path: "signInIdentifier"},
	{heading: "Session ID", path: "sessionId"},
	{heading: "IP address (seen by resource)", path: "ipAddressFromResourceProvider"},
	{heading: "Through Global Secure Access", path: "isThroughGlobalSecureAccess"},
	{heading: "Global Secure Access IP address", path: "globalSecureAccessIpAddress"},
	{heading: "Autonomous system  number", path: "autonomousSystemNumber"},
	{heading: "Flagged for review", path: "flaggedForReview"},
	portalWord("Token issuer type", "tokenIssuerType"),
	portalWord("Incoming token type", "incomingTokenType"),
	{heading: "Token issuer name", path: "tokenIssuerName"},
	{heading: "Latency", path: "processingTimeInMilliseconds"},
	{heading: "Conditional Access", path: "conditionalAccessStatus"},
	portalWord("Managed Identity type", "managedServiceIdentity.msiType"),
	{heading: "Associated Resource Id", path: "managedServiceIdentity.associatedResourceId"},
	{heading: "Federated Token Id", path: "managedServiceIdentity.federatedTokenId"},
	{heading: "Federated Token Issuer", path: "managedServiceIdentity.federatedTokenIssuer"},
}

// portalApplicationColumns are those of the service principals' file.
var portalApplicationColumns = slices.Concat(
	portalNamed("Date (UTC)", "Request ID", "Correlation ID"),
	[]column{
		{heading: "Service principal ID", path: "servicePrincipalId"},
		{heading: "Service principal name", path: "servicePrincipalName"},
		{heading: "Credential key ID", path: "servicePrincipalCredentialKeyId"},
		{heading: "Credential thumbprint", path: "servicePrincipalCredentialThumbprint"},
	},
	portalNamed(
		"Application", "Application ID ", "App owner tenant ID", "Resource", "Resource ID ", "Resource tenant ID", "Resource owner tenant ID",
		"Home tenant ID", "Home tenant name", "IP address", "Location", "Status", "Sign-in error code", "Failure reason", "Conditional Access",
	),
)

// portalIdentityColumns are those of the managed identities' file. Its headings are not public: it is known to be like
// the service principals'. The columns about the identity have the headings of the users' file.
var portalIdentityColumns = slices.Concat(portalApplicationColumns,
	portalNamed("Managed Identity type", "Associated Resource Id", "Federated Token Id", "Federated Token Issuer"))

// portalNamed picks columns of the users' file by their headings.
func portalNamed(names ...string) []column {
	var list []column
	for _, name := range names {
		i := slices.IndexFunc(portalUserColumns, func(c column) bool { return c.heading == name })
		list = append(list, portalUserColumns[i])
	}
	return list
}

func portalColumns(log int) []column {
	switch log {
	case logService:
		return portalApplicationColumns
	case logMachine:
		return portalIdentityColumns
	}
	return portalUserColumns
}

// portalWords are the portal's words for values of enumerations, as far as they are public.
var portalWords = map[string]string{
	"": "None", "none": "None", "primaryRefreshToken": "Primary refresh token", "saml11": "SAML 1.1", "saml20": "SAML 2.0",
	"remoteDesktopToken": "Remote desktop token", "refreshToken": "Refresh token", "AzureAD": "Azure AD",
}

// portalWord is a column with a value of an enumeration.
func portalWord(heading, path string) column {
	return column{heading: heading, path: path, text: func(s *signIn) string {
		if word, ok := portalWords[s.text(path)]; ok {
			return word
		}
		return s.text(path)
	}}
}

// portalLocation writes "City, State, CC", and nothing for an unknown place.
func portalLocation(s *signIn) string {
	var parts []string
	for _, path := range []string{"location.city", "location.state", "location.countryOrRegion"} {
		if part := s.text(path); part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ", ")
}

// interrupts are the error codes of the demo that the portal calls interrupted, not failed.
var interrupts = []string{"16000", "50055", "50058", "50072", "50074", "50140", "50199", "65001"}

func portalStatus(s *signIn) string {
	switch code := s.errorCode(); {
	case code == "0":
		return "Success"
	case slices.Contains(interrupts, code):
		return "Interrupted"
	}
	return "Failure"
}

// portalReason has the portal's word for no reason.
func portalReason(s *signIn) string {
	if reason := s.text("status.failureReason"); reason != "" {
		return reason
	}
	return "Other."
}

// portalStepHeadings are those of the authentication details, which have a file beside each users' file.
var portalStepHeadings = []string{
	"Date", "Request ID", "Authentication method", "Authentication method detail", "Succeeded", "Result detail", "Requirement",
}

func portalSteps(b []byte, s *signIn) []byte {
	steps, _ := s.at("authenticationDetails").([]any)
	for _, each := range steps {
		step, _ := each.(map[string]any)
		date := cellText(step["authenticationStepDateTime"])
		if at, err := time.Parse(monitorTime, date); err == nil {
			date = graphTime(at)
		}
		b = append(b, csvLine([]string{
			date, s.text("id"), cellText(step["authenticationMethod"]), cellText(step["authenticationMethodDetail"]), cellText(step["succeeded"]),
			cellText(step["authenticationStepResultDetail"]), cellText(step["authenticationStepRequirement"]),
		})...)
	}
	return b
}

// portalStems begin the names of the logs' files.
var portalStems = [logCount]string{"InteractiveSignIns", "NonInteractiveSignIns", "ApplicationSignIns", "MSISignIns"}

// dates are the first and the last day of the tenant's range, as the portal has them in the names of its files.
func (t *Tenant) dates() string {
	day := func(tick int64) string { return string(appendTime(nil, tick)[:len(time.DateOnly)]) }
	return "_" + day(t.start) + "_" + day(t.until-1)
}

// portalWriter writes the users' files and the authentication details beside them.
type portalWriter struct{ signIns, steps *rowWriter }

func openPortalCSV(t *Tenant, o *output) (signInWriter, error) {
	signIns := &rows{
		names: inLogs(func(log int) string { return portalStems[log] + t.dates() + ".csv" }),
		start: func(log int) string { return byteOrderMark + string(csvLine(headings(portalColumns(log)))) },
		row:   func(b []byte, s *signIn) []byte { return append(b, csvLine(cells(portalColumns(s.log), s))...) },
	}
	steps := &rows{
		start: func(int) string { return byteOrderMark + string(csvLine(portalStepHeadings)) },
		row:   portalSteps,
	}
	for _, log := range []int{logInteractive, logNonInteractive} {
		steps.names[log] = portalStems[log] + t.dates() + "_AuthDetails.csv"
	}
	w := &portalWriter{}
	var err error
	if w.signIns, err = signIns.open(o); err == nil {
		w.steps, err = steps.open(o)
	}
	return w, err
}

func (w *portalWriter) put(s *signIn) error {
	if err := w.signIns.put(s); err != nil {
		return err
	}
	return w.steps.put(s)
}

func (w *portalWriter) finish() error { return nil }

func portalShown(log int) []string {
	shown := paths(portalColumns(log))
	if log == logInteractive || log == logNonInteractive {
		shown = append(shown, "authenticationDetails")
	}
	return shown
}

func portalJSONRows(t *Tenant) *rows {
	return &rows{
		names:   inLogs(func(log int) string { return portalStems[log] + t.dates() + ".json" }),
		start:   func(int) string { return "[" },
		between: ",", end: "]",
		row: func(b []byte, s *signIn) []byte { return appendJSON(b, graphObject(s)) },
	}
}
