package views

// These are the pages of Identity Protection. A user or principal has a page below its list, by its ID.
const (
	ProtectionPath            = "/protection"
	RiskyUsersPath            = ProtectionPath + "/users"
	RiskySignInsPath          = ProtectionPath + "/signins"
	RiskyPrincipalsPath       = ProtectionPath + "/principals"
	RiskyPrincipalSignInsPath = ProtectionPath + "/principalsignins"
	ProtectionReportedPath    = ProtectionPath + "/reported"
)

// protectionTab is a page of Identity Protection in the bar that all of them have.
type protectionTab struct {
	Address, Label string
	Count          int // of things that wait
}

// protectionTabs are the pages that the viewer may open.
func (v *Viewer) protectionTabs() []protectionTab {
	tabs := []protectionTab{
		{Address: ProtectionPath, Label: "Overview"},
		{Address: RiskyUsersPath, Label: "Risky users"},
		{Address: RiskySignInsPath, Label: "Risky sign-ins"},
		{Address: RiskyPrincipalsPath, Label: "Risky principals"},
		{Address: RiskyPrincipalSignInsPath, Label: "Sign-ins of principals"},
	}
	if v.MayDecide {
		tabs = append(tabs, protectionTab{Address: ProtectionReportedPath, Label: "Reported", Count: v.OpenReports})
	}
	return tabs
}
