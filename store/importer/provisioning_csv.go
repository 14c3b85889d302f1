package importer

import "strings"

// The headings of the Entra admin center's file of provisioning records are nowhere public. A CSV file is taken for one if it has
// columns for the job, the change, the ID and the time, under Graph's names or the portal's words. This program's own files have
// Graph's names too. Other files with a job and a change need a mapping.

// provisioningRecords is the shape of provisioning records.
var provisioningRecords = shapeThatSays("provisioninglogs")

// unverified is said of every such file.
const unverified = "Headings not verified: those of the Entra admin center's provisioning files are not public. Columns were read by Microsoft Graph's names and the portal's words. Its JSON download has all of each record."

// betterProvisioning says how to get a file that shows more.
const betterProvisioning = "Download JSON instead: it has the steps and the modified properties of each record. In the Entra admin center: Provisioning logs, Download, Format JSON."

// classifyProvisioning tells whose file of provisioning records it is. PowerShell writes Graph's names with a capital.
func (h *headings) classifyProvisioning() {
	h.shape = provisioningRecords
	isPascal := false
	for _, heading := range h.written {
		isPascal = isPascal || strings.Trim(strings.TrimSpace(heading), "\ufeff\"") == "ChangeId"
	}
	switch {
	case isPascal:
		h.format = PowerShellCSV
	case h.keys.any([]string{"id", "provisioningid"}) && h.keys.any([]string{"activitydatetime", "date", "date(utc)"}) && h.keys.all([]string{"jobid", "changeid"}):
		h.format = PortalCSV
	default:
		h.format, h.shape = "", nil
	}
}

// isPortalSignIns says that the file is one of sign-ins from the Entra admin center.
func (h *headings) isPortalSignIns() bool { return h.format == PortalCSV && h.shape == nil }

// isUnverified says that the file may be one of provisioning records from the Entra admin center.
func (h *headings) isUnverified() bool {
	return h.format == PortalCSV && h.shape == provisioningRecords
}

// nameColumns gives the columns of such a file the keys of the records that they hold.
func (t *kindTable) nameColumns(h *headings) {
	if t == nil || !h.isUnverified() && !h.isOwnRisk() || t.instead[h.shape] == nil {
		return
	}
	k := t.instead[h.shape].shape.declared
	h.named = map[string]bool{}
	names := k.names()
	if h.isOwnRisk() { // this program's files have columns too that no record has
		for _, p := range k.kind.Properties {
			if p.MadeUp {
				delete(names, wordsOf(p.Label))
			}
		}
	}
	for i := range h.columns {
		c := &h.columns[i]
		name := names[wordsOf(c.heading)]
		if k.root.members[strings.ToLower(c.heading)] != nil {
			name = c.heading // a key, also of an object: the portal's words for what is in one have blanks
		}
		if name != "" {
			c.call(name)
			h.named[plainHeading(c.heading)] = true
		}
	}
}

// names gives the keys of a kind's records by their words, and by those of the labels that pages have.
func (k *declared) names() map[string]string {
	names := map[string]string{}
	if times := k.kind.Shape.Times; len(times) > 0 {
		names["date"], names["dateutc"], names[wordsOf(times[0])] = times[0], times[0], times[0]
	}
	for name := range k.kind.Shape.Lists {
		names[wordsOf(name)] = name
	}
	for _, p := range k.kind.Properties {
		if p.MadeUp || p.Set != nil {
			continue
		}
		names[wordsOf(p.Name)] = p.Name
		if words := wordsOf(p.Label); names[words] == "" {
			names[words] = p.Name
		}
	}
	return names
}
