package importer

import (
	"strings"

	"signpost/store"
	"signpost/store/rawjson"
)

// Sign-ins of Microsoft Defender XDR's advanced hunting: the tables EntraIdSignInEvents and EntraIdSpnSignInEvents, and the
// tables AADSignInEventsBeta and AADSpnSignInEventsBeta before them. Their enumerations are Defender's own.

// isDefenders says whether the headings of a file are Defender's.
func isDefenders(keys keySet) bool {
	return keys["timestamp"] && keys.any([]string{"logontype", "endpointcall", "reportid", "accountupn", "accountobjectid"})
}

var defenderRows = &rowFormat{
	format: DefenderCSV,
	noID:   "the row has no RequestId: it cannot be told from another copy of itself. Add the column RequestId to the query.",
	settle: (*decoder).settleDefender,
	columns: map[string]rowColumn{
		"timestamp":           {read: (*decoder).setCellTime},
		"application":         cellsOf(store.AppDisplayName),
		"applicationid":       cellsOf(store.AppID),
		"logontype":           {read: (*decoder).setCellLogonType},
		"errorcode":           cellsOf(store.ErrorCode),
		"correlationid":       cellsOf(store.CorrelationID),
		"sessionid":           cellsOf(store.SessionID),
		"accountdisplayname":  cellsOf(store.UserDisplayName),
		"accountobjectid":     cellsOf(store.UserID),
		"accountupn":          cellsOf(store.UserPrincipalName),
		"isguestuser":         inOtherWords(store.UserType, map[string]string{"true": "guest", "1": "guest", "false": "member", "0": "member"}),
		"alternatesigninname": cellsOf(store.SignInIdentifier),
		"resourcedisplayname": cellsOf(store.ResourceDisplayName),
		"resourceid":          cellsOf(store.ResourceID),
		"resourcetenantid":    cellsOf(store.ResourceTenantID),
		"devicename":          cellsOf(store.DeviceDisplayName),
		"aaddeviceid":         cellsOf(store.DeviceID),
		"entraiddeviceid":     cellsOf(store.DeviceID),
		"osplatform":          cellsOf(store.OperatingSystem),
		"devicetrusttype":     inOtherWords(store.TrustType, map[string]string{"workplace": "Azure AD registered", "azuread": "Azure AD joined", "serverad": "Hybrid Azure AD joined"}),
		"ismanaged":           numberedTruth(store.IsManaged),
		"iscompliant":         numberedTruth(store.IsCompliant),
		"authenticationprocessingdetails": {read: func(d *decoder, cell string) {
			d.into.Collections.Note(store.CollectionProcessingDetails, d.readProcessing([]byte(cell)))
		}},
		"authenticationrequirement":   cellsOf(store.AuthenticationRequirement),
		"tokenissuertype":             numbered(store.TokenIssuerType, "AzureAD", "ADFederationServices"),
		"risklevelaggregated":         numberedRisk(store.RiskLevelAggregated),
		"riskdetails":                 numbered(store.RiskDetail, riskDetails...),
		"riskstate":                   numbered(store.RiskState, "none", "confirmedSafe", "remediated", "dismissed", "atRisk", "confirmedCompromised"),
		"useragent":                   cellsOf(store.UserAgent),
		"clientappused":               cellsOf(store.ClientAppUsed),
		"browser":                     cellsOf(store.Browser),
		"conditionalaccesspolicies":   {read: (*decoder).setCellPolicies},
		"conditionalaccessstatus":     numbered(store.ConditionalAccessStatus, "success", "failure", "notApplied"),
		"ipaddress":                   cellsOf(store.IPAddress),
		"country":                     cellsOf(store.CountryOrRegion),
		"state":                       cellsOf(store.State),
		"city":                        cellsOf(store.City),
		"latitude":                    {read: func(d *decoder, cell string) { d.latitude = cell }},
		"longitude":                   {read: func(d *decoder, cell string) { d.longitude = cell }},
		"networklocationdetails":      {read: (*decoder).setCellNetworks},
		"requestid":                   cellsOf(store.RequestID),
		"uniquetokenid":               cellsOf(store.UniqueTokenID),
		"isthroughglobalsecureaccess": numberedTruth(store.IsThroughGlobalSecureAccess),
		"serviceprincipalid":          cellsOf(store.ServicePrincipalID),
		"serviceprincipalname":        cellsOf(store.ServicePrincipalName),
		"ismanagedidentity":           {read: (*decoder).setCellManagedIdentity},
		"gatewayjobid":                {},
		"reportid":                    {},
	},
}

// riskDetails is Graph's enumeration riskDetail in its order, which Defender numbers.
var riskDetails = []string{
	"none", "adminGeneratedTemporaryPassword", "userPerformedSecuredPasswordChange", "userPerformedSecuredPasswordReset",
	"adminConfirmedSigninSafe", "aiConfirmedSigninSafe", "userPassedMFADrivenByRiskBasedPolicy", "adminDismissedAllRiskForUser",
	"adminConfirmedSigninCompromised", "hidden", "adminConfirmedUserCompromised", "unknownFutureValue",
}

// numbered reads the number of a value, from 0. A cell that is no such number is read as a word.
func numbered(p *store.Property, values ...string) rowColumn {
	as := cellsOf(p)
	return worded(p, func(d *decoder, cell string) {
		if n := d.integer([]byte(cell)); n.Set && n.N >= 0 && n.N < int64(len(values)) {
			cell = values[n.N]
		}
		d.setCell(as, cell)
	})
}

// numberedRisk reads a level of risk. 0 says that there is none yet.
func numberedRisk(p *store.Property) rowColumn {
	return inOtherWords(p, map[string]string{"0": "", "1": "none", "10": "low", "50": "medium", "100": "high"})
}

// numberedTruth reads 0, 1 and -1, which stands for not known.
func numberedTruth(p *store.Property) rowColumn {
	return inOtherWords(p, map[string]string{"0": "false", "1": "true", "-1": ""})
}

// inOtherWords reads a property whose values the source calls by other words, in lower case. Other words stay.
func inOtherWords(p *store.Property, words map[string]string) rowColumn {
	as := cellsOf(p)
	return worded(p, func(d *decoder, cell string) {
		if word, ok := words[strings.ToLower(cell)]; ok {
			cell = word
		}
		d.setCell(as, cell)
	})
}

func worded(p *store.Property, read func(d *decoder, cell string)) rowColumn {
	return rowColumn{read: read, tells: []*store.Property{p}}
}

// setCellLogonType reads the kind of sign-in, such as ["interactiveUser"].
func (d *decoder) setCellLogonType(cell string) {
	lower := strings.ToLower(cell)
	switch {
	case strings.Contains(lower, "noninteractive"):
		d.into.SignInEventTypes = []string{"nonInteractiveUser"}
	case strings.Contains(lower, "interactive"):
		d.into.SignInEventTypes = []string{"interactiveUser"}
	}
}

func (d *decoder) setCellPolicies(cell string) {
	if !isNothing(cell) {
		d.into.Collections.Note(store.CollectionPolicies, d.readPolicies(rawjson.AppendQuoted(nil, cell)))
	}
}

func (d *decoder) setCellNetworks(cell string) {
	if !isNothing(cell) {
		d.into.Collections.Note(store.CollectionNetworks, d.readNetworks(rawjson.AppendQuoted(nil, cell)))
	}
}

func (d *decoder) setCellManagedIdentity(cell string) {
	if cell == "1" || strings.EqualFold(cell, "true") {
		d.into.SignInEventTypes = []string{"managedIdentity"}
	} else {
		d.into.SignInEventTypes = []string{"servicePrincipal"}
	}
}

// settleDefender puts the coordinates together.
func (d *decoder) settleDefender() {
	latitude, hasLatitude := d.float([]byte(d.latitude))
	longitude, hasLongitude := d.float([]byte(d.longitude))
	d.latitude, d.longitude = "", ""
	if hasLatitude && hasLongitude {
		d.setPlace(latitude, longitude)
	}
}
