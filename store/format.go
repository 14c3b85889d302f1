package store

// The formats of files to import, as reports and scripts name them.
const (
	FormatAzureMonitor       = "azure-monitor"
	FormatGraph              = "graph"
	FormatLogAnalyticsCSV    = "log-analytics-csv"
	FormatLogAnalyticsJSON   = "log-analytics-json"
	FormatLogAnalyticsQuery  = "log-analytics-query"
	FormatPortalCSV          = "portal-csv"
	FormatPortalJSON         = "portal-json"
	FormatPowerShellJSON     = "powershell-json"
	FormatPowerShellCSV      = "powershell-csv"
	FormatDefenderCSV        = "defender-csv"
	FormatUnifiedAuditLog    = "unified-audit-log"
	FormatEventHub           = "event-hub"
	FormatEventHubCapture    = "event-hub-capture"
	FormatGraphDirectory     = "graph-directory"
	FormatPortalDirectoryCSV = "portal-directory-csv"
	FormatGraphReport        = "graph-report"
	FormatMapped             = "mapped"
	FormatUnknown            = "unknown"
)

var formatNames = map[string]string{
	FormatAzureMonitor:       "Azure Monitor",
	FormatGraph:              "Microsoft Graph",
	FormatLogAnalyticsCSV:    "Log Analytics CSV",
	FormatLogAnalyticsJSON:   "Log Analytics JSON",
	FormatLogAnalyticsQuery:  "Log Analytics query result",
	FormatPortalCSV:          "Entra admin center CSV",
	FormatPortalJSON:         "Entra admin center JSON",
	FormatPowerShellJSON:     "PowerShell JSON",
	FormatPowerShellCSV:      "PowerShell CSV (Export-Csv)",
	FormatDefenderCSV:        "Microsoft Defender XDR CSV",
	FormatUnifiedAuditLog:    "Unified audit log",
	FormatEventHub:           "Event Hubs messages",
	FormatEventHubCapture:    "Event Hubs Capture (Avro)",
	FormatGraphDirectory:     "Microsoft Graph, directory",
	FormatPortalDirectoryCSV: "Entra admin center CSV, directory",
	FormatGraphReport:        "Microsoft Graph, report",
	FormatMapped:             "CSV or JSON with a mapping",
	FormatUnknown:            "Unknown format",
}

// FormatName is a format in words; a format that a newer version noted is given as it is.
func FormatName(format string) string {
	if name, ok := formatNames[format]; ok {
		return name
	}
	return format
}
