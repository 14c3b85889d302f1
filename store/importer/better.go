package importer

import (
	"slices"

	"signpost/store"
)

// graphV1Name is what an export of Microsoft Graph v1.0 is called.
const graphV1Name = "Microsoft Graph v1.0"

// better says for each format how to get an export that shows more: the menu or the command. The last row is that of an export of
// Graph that lacks what only its beta has.
var better = map[string][]string{
	PortalCSV: {
		"Download JSON instead: it has the Conditional Access policies and the authentication details. In the Entra admin center: Sign-in logs, Download, Format JSON.",
		"Keep the name that the file was downloaded with: it tells the log and the days.",
	},
	LogAnalyticsCSV: {
		"Get rows as JSON, without the limit of the portal's export: az monitor log-analytics query --workspace WORKSPACE-ID --analytics-query \"SigninLogs | where TimeGenerated > ago(1d)\" --output json > signins.json",
		"Set the time zone of the portal to UTC before Export to CSV: the headings then say [UTC], and nothing must be asked.",
		"For all logs from now on: Entra admin center, Diagnostic settings, Archive to a storage account.",
	},
	LogAnalyticsQuery: {
		"Ask for shorter time ranges and save each answer: a long one is cut at the limit of the query API.",
	},
	PowerShellCSV: {
		"Write JSON with enough depth: Get-MgBetaAuditLogSignIn -All | ConvertTo-Json -Depth 10 | Out-File signins.json -Encoding utf8",
	},
	PowerShellJSON: {
		"Use the beta, and enough depth: Get-MgBetaAuditLogSignIn -All | ConvertTo-Json -Depth 10 | Out-File signins.json -Encoding utf8",
	},
	DefenderCSV: {
		"Defender keeps 30 days, and no failure reasons and authentication steps. In the Entra admin center: Sign-in logs, Download, Format JSON.",
	},
	UnifiedAuditLog: {
		"Its sign-ins are coarse. For sign-ins, in the Entra admin center: Sign-in logs, Download, Format JSON.",
	},
	EventHub: {
		"Write out the records inside the messages (their Body) as JSON, one a line.",
	},
	EventHubCapture: {
		"Archive to a storage account beside Event Hubs: Entra admin center, Diagnostic settings, Archive to a storage account. Its files are JSON.",
	},
	PortalDirectoryCSV: {
		"Graph has more properties of each object. Save its answers, page after page: https://graph.microsoft.com/v1.0/users?$top=999, and the same with groups, servicePrincipals and applications.",
	},
	Unknown: {
		"For sign-ins, in the Entra admin center: Sign-in logs, Download, Format JSON. For audit records: Audit logs, Download, Format JSON.",
		"Where the file holds sign-ins under headings of its own, map its columns on the page of the upload.",
	},
	graphV1Name: {
		"Ask Graph's beta, which has all fields: https://graph.microsoft.com/beta/auditLogs/signIns in place of .../v1.0/..., or Get-MgBetaAuditLogSignIn -All | ConvertTo-Json -Depth 10 | Out-File signins.json -Encoding utf8",
		"The beta gives interactive sign-ins alone unless asked for others: $filter=signInEventTypes/any(t: t eq 'nonInteractiveUser'), and the same with servicePrincipal and managedIdentity.",
	},
}

// betterExports gives the advice for a format, and for the source that an explanation names.
func betterExports(format, source string) []string {
	return append(append([]string{}, better[source]...), better[format]...)
}

// lackingIn names the kind of export, and gives the labels of the fields and lists that no file of it has. The name is empty where
// nothing is known to be lacking.
func lackingIn(r *store.ImportReport, t *tally) (source string, labels []string) {
	lacks, source := t.lacks(r.Format)
	for _, p := range lacks.Properties {
		if isInLogs(p, r.LogCounts) {
			labels = append(labels, p.Label)
		}
	}
	for _, list := range lacks.Lists {
		labels = append(labels, listWords(list))
	}
	if len(labels) == 0 || t.signIns == 0 {
		return "", nil
	}
	return source, labels
}

// isInLogs says whether records of one of the logs can have a property.
func isInLogs(p *store.Property, logs map[store.Log]int64) bool {
	if p.Logs == nil {
		return true
	}
	for log := range logs {
		if slices.Contains(p.Logs, log) {
			return true
		}
	}
	return false
}
