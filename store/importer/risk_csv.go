package importer

import "slices"

// The headings of the Entra admin center's risk files are not public, so these files need a mapping. PowerShell scripts, such as those
// of the Microsoft Extractor Suite, use Graph's names.

// riskShapes are the shapes of detections, and of risky users, service principals and agents.
var riskShapes = []*shape{
	shapeThatSays("riskdetections"), shapeThatSays("serviceprincipalriskdetections"), shapeThatSays("agentriskdetections"),
	shapeThatSays("riskyusers"), shapeThatSays("riskyserviceprincipals"), shapeThatSays("riskyagents"),
}

// isRisk says that a file has records of risk, and is no file of Log Analytics. Files of sign-ins also have headings about risk, but
// no type of a detection.
func (h *headings) isRisk(known *shape) bool {
	keys := h.keys
	if keys["timegenerated"] || keys["sourcesystem"] {
		return false
	}
	return keys["detectiontype"] || slices.Contains(riskShapes, known) && (keys["riskeventtype"] || !h.isPortal())
}

// ownRisk are headings that no other file of detections has together: this program's files have them.
var ownRisk = []string{"date(utc)", "status", "detectionid", "detectiontype", "formerdetectiontype", "detectiontiming", "maintechnique", "detected", "lastupdated"}

// isOwnRisk says that the file is one of detections that this program wrote.
func (h *headings) isOwnRisk() bool { return h.format == PortalCSV && h.shape == riskShapes[0] }

// classifyRisk takes a file with Graph's names for one of PowerShell, and knows this program's own. Other files need a mapping.
func (h *headings) classifyRisk(known *shape) {
	if h.keys.all(ownRisk) {
		h.format, h.shape = PortalCSV, riskShapes[0]
		return
	}
	if h.keys["id"] && slices.Contains(riskShapes, known) {
		h.format, h.shape = PowerShellCSV, known
	}
}
