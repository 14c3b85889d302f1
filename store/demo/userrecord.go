package demo

import "strconv"

// appendUser writes a user's record, interactive or not, with the keys in the order of real records.
func (c *recorder) appendUser(b []byte, n *entry) []byte {
	category, identity := "NonInteractiveUserSignInLogs", n.person.identityMixed
	if n.interactive {
		category, identity = "SignInLogs", n.person.identity
	}
	b = appendEnvelope(b, n, category, n.person.name, n.place.country)
	b = append(b, identity...)
	b = append(b, n.app.fragment...)
	b = append(b, `"ipAddress":"`...)
	b = append(b, n.address...)
	b = append(b, `","status":`...)
	b = append(b, n.outcome.status...)
	b = appendText(b, `,"clientAppUsed":"`, n.client)
	switch {
	case n.device.agent != "":
		b = appendText(b, `"userAgent":"`, n.device.agent)
	case n.interactive:
		b = appendText(b, `"userAgent":"`, n.device.window)
	}
	b = append(b, `"deviceDetail":`...)
	b = append(b, n.device.detail...)
	b = append(b, `,"location":`...)
	b = append(b, n.place.fragment...)
	b = appendGUIDField(b, `,"correlationId":"`, n.correlation)
	b = c.appendConditionalAccess(b, n)
	b = appendGUIDField(b, `"originalRequestId":"`, n.original)
	b = append(b, `"isInteractive":`...)
	b = strconv.AppendBool(b, n.interactive)
	if n.bornADFS {
		b = append(b, `,"tokenIssuerName":"http://adfs.tidewater-lantern.example/adfs/services/trust","tokenIssuerType":"ADFederationServices",`...)
	} else {
		b = append(b, `,"tokenIssuerName":"","tokenIssuerType":"AzureAD",`...)
	}
	b = c.appendProcessing(b, n)
	b = append(b, n.risk.fragment...)
	b = append(b, n.target.fragment...)
	b = append(b, n.crossing.tenants...)
	b = c.appendAuthentication(b, n)
	return c.appendUserEnd(b, n)
}

// appendConditionalAccess writes the outcome and the result of each policy.
func (c *recorder) appendConditionalAccess(b []byte, n *entry) []byte {
	says := [policyCount]result{policyTerms: notEnabled, policyWarehouse: n.terminal, policyRisk: reportNotApplied}
	status := "notApplied"
	switch n.outcome.verdict {
	case satisfied:
		says[policyMFA], status = passed, "success"
		if n.app.finance && n.person.finance && n.device.joined {
			says[policyFinance] = passed
		}
	case mfaMissing:
		says[policyMFA], status = failed, "failure"
	case legacyClient:
		says[policyLegacy], status = failed, "failure"
	case deviceMissing:
		says[policyFinance], status = failed, "failure"
	}
	if n.risk != noRisk && n.risk != hiddenRisk {
		switch {
		case n.outcome.verdict == satisfied && n.interactive:
			says[policyRisk] = reportSuccess
		case n.interactive:
			says[policyRisk] = reportInterrupted
		default: // a refresh has nobody to prompt
			says[policyRisk] = reportFailure
		}
	}
	b = appendText(b, `"conditionalAccessStatus":"`, status)
	b = append(b, `"appliedConditionalAccessPolicies":[`...)
	for i, r := range says {
		// Refreshes list fewer of the policies without a result, which keeps the record near its usual 4 KB.
		if !n.interactive && quietPolicy[i] && (r == notApplied || r == reportNotApplied) {
			continue
		}
		b = append(b, c.org.policies[i].results[r]...)
		b = append(b, ',')
	}
	b = b[:len(b)-1]
	if n.luck.below(120) == 0 {
		return append(b, `],"authenticationContextClassReferences":[{"id":"c1","detail":"required"}],`...)
	}
	return append(b, `],"authenticationContextClassReferences":[],`...)
}

// scopes are the scopes that applications request, as the processing details have them.
var scopes = [...]string{
	`[\"User.Read\"]`, `[\"Mail.ReadWrite\",\"Calendars.ReadWrite\"]`, `[\"Files.ReadWrite.All\",\"Sites.Read.All\"]`, `[\"PresenceRW\"]`,
}

func (c *recorder) appendProcessing(b []byte, n *entry) []byte {
	b = append(b, `"authenticationProcessingDetails":[`...)
	if n.client == modernApp {
		b = append(b, `{"key":"Azure AD App Authentication Library","value":"Family: MSAL Library: MSAL.NetCore 4.61.3.0 Platform: Desktop"},`...)
	}
	if n.interactive && n.luck.below(4) == 0 {
		b = append(b, `{"key":"Login Hint Present","value":"True"},`...)
	}
	b = append(b, `{"key":"Legacy TLS (TLS 1.0, 1.1, 3DES)","value":"False"},`...)
	if !n.interactive {
		b = append(b, `{"key":"Oauth Scope Info","value":"`...)
		b = append(b, scopes[n.luck.below(len(scopes))]...)
		b = append(b, `"},`...)
	}
	if n.client == modernApp && n.luck.below(4) == 0 {
		b = append(b, `{"key":"Is CAE Token","value":"True"}],"networkLocationDetails":`...)
	} else {
		b = append(b, `{"key":"Is CAE Token","value":"False"}],"networkLocationDetails":`...)
	}
	b = append(b, n.named...)
	b = append(b, `,"clientCredentialType":"`...)
	if !n.interactive && n.app.owner == tenantID {
		b = append(b, `clientSecret`...)
	} else {
		b = append(b, `none`...)
	}
	b = append(b, `","processingTimeInMilliseconds":`...)
	b = strconv.AppendInt(b, int64(38+n.luck.below(220)), 10)
	return append(b, ',')
}

// appendUserEnd writes the part after the authentication details, with rarer fields where they occur.
func (c *recorder) appendUserEnd(b []byte, n *entry) []byte {
	b = appendText(b, `"servicePrincipalId":"","userType":"`, n.crossing.userType)
	if n.interactive && n.outcome.code != 0 && n.luck.below(40) == 0 || n.flagged {
		b = append(b, `"flaggedForReview":true,`...)
	} else {
		b = append(b, `"flaggedForReview":false,`...)
	}
	b = append(b, `"isTenantRestricted":false,"autonomousSystemNumber":`...)
	b = append(b, n.asn...)
	b = appendText(b, `,"crossTenantAccessType":"`, n.crossing.access)
	if n.luck.below(400) == 0 {
		b = append(b, privateLink...)
	} else {
		b = append(b, `"privateLinkDetails":{},`...)
	}
	b = append(b, `"ssoExtensionVersion":"","uniqueTokenIdentifier":"`...)
	b = appendTokenID(b, n.id)
	b = appendText(b, `","authenticationStrengths":[],"incomingTokenType":"`, n.tokenType)
	b = appendText(b, `"authenticationProtocol":"`, n.protocol)
	b = appendText(b, `"appServicePrincipalId":null,"resourceServicePrincipalId":"`, n.target.principal)
	b = append(b, `"rngcStatus":0,`...)
	b = append(b, n.device.bound...)
	b = appendText(b, `"originalTransferMethod":"`, n.transfer)
	if n.throughGSA {
		b = append(b, `"isThroughGlobalSecureAccess":true,"globalSecureAccessIpAddress":"`...)
		b = append(b, n.address...)
		b = append(b, `",`...)
	} else {
		b = append(b, `"isThroughGlobalSecureAccess":false,`...)
	}
	b = append(b, `"conditionalAccessAudiences":`...)
	b = append(b, n.target.audiences...)
	b = appendGUIDField(b, `,"sessionId":"`, n.session)
	b = c.appendRare(b, n)
	b = appendText(b, `"appOwnerTenantId":"`, n.app.owner)
	b = append(b, `"resourceOwnerTenantId":"`...)
	b = append(b, n.target.owner...)
	return append(b, "\"}}\n"...)
}

var (
	privateLink = `"privateLinkDetails":{"policyId":"` + guidOf(mix(idPolicy, 90)).String() + `","policyName":"Private link of the vault","policyTenantId":"` + tenantID +
		`","resourceId":"/subscriptions/` + guidOf(mix(idWorkload, 2000)).String() + `/resourcegroups/rg-northeurope/providers/microsoft.aadiam/privatelinkforazuread/vault"},`
	listeners = `"appliedEventListeners":[{"eventType":"tokenIssuanceStart","executedListenerId":"` + guidOf(mix(idPolicy, 91)).String() + `","handlerResult":"success"}],`
	azurePath = `"azureResourceId":"/subscriptions/` + guidOf(mix(idWorkload, 2000)).String() + `/resourcegroups/rg-norwayeast/providers/Microsoft.Compute/virtualMachines/vm-build",`
)

func (c *recorder) appendRare(b []byte, n *entry) []byte {
	if !n.interactive {
		if n.target == &c.org.resources[1] || n.target == &c.org.resources[2] { // Exchange and SharePoint report the address that they see
			if n.luck.below(3) == 0 {
				b = append(b, `"ipAddressFromResourceProvider":"`...)
				b = append(b, n.address...)
				b = append(b, `",`...)
			}
		}
		if n.luck.below(300) == 0 {
			b = append(b, `"agent":{"agentType":"agenticApp","agentSubjectType":"agentIDuser","parentAppId":"`...)
			b = append(b, c.org.apps[30].id...)
			b = append(b, `"},"clientSessionId":"`...)
			b = appendGUID(b, n.correlation)
			b = append(b, `",`...)
		}
		return b
	}
	if n.luck.below(3) != 0 {
		b = appendText(b, `"signInIdentifier":"`, n.person.upn)
		b = append(b, `"signInIdentifierType":"userPrincipalName",`...)
	}
	switch n.luck.below(200) {
	case 0:
		b = append(b, listeners...)
	case 1:
		b = append(b, azurePath...)
	}
	return b
}
