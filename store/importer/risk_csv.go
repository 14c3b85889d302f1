package importer

import "slices"

// The headings of the Entra admin center's files of risk are nowhere public: they need a mapping. PowerShell scripts, such as those of
// the Microsoft Extractor Suite, take over Graph's names.

// riskShapes are the shapes of detections and of what they are about.
var riskShapes = []*shape{
	shapeThatSays("riskdetections"), shapeThatSays("serviceprincipalriskdetections"), shapeThatSays("agentriskdetections"),
	shapeThatSays("riskyusers"), shapeThatSays("riskyserviceprincipals"), shapeThatSays("riskyagents"),
}

// isRisk says that a file which is none of Log Analytics has records of risk. Files of sign-ins have headings of risk too, and no type of
// a detection.
func (h *headings) isRisk(known *shape) bool {
	keys := h.keys
	if keys["timegenerated"] || keys["sourcesystem"] {
		return false
	}
	return keys["detectiontype"] || slices.Contains(riskShapes, known) && (keys["riskeventtype"] || !h.isPortal())
}

// classifyRisk tells whose file it is.
func (h *headings) classifyRisk(known *shape) {
	if h.keys["id"] && slices.Contains(riskShapes, known) {
		h.format, h.shape = PowerShellCSV, known
	}
}
