package store

import "strings"

// The field flow is how a token was asked for, whichever property says it. A sign-in may say several: what came of a device
// code goes on as refreshes of the same session, which name both. An engine finds it in the words of the properties, so a
// spelling that is added here finds what was stored before.

// Flows that this program itself asks for.
const (
	FlowDeviceCode = "devicecode"
	FlowTransfer   = "transfer"
)

const (
	flowAuthorizationCode = "authorizationcode"
	flowClientCredentials = "clientcredentials"
	flowImplicit          = "implicit"
	flowOnBehalfOf        = "onbehalfof"
	flowPrimaryRefresh    = "primaryrefresh"
	flowRefresh           = "refresh"
	flowSAML              = "saml"
)

// protocolFlows are the flows of Graph's protocolType and originalTransferMethods, of the portal's words for them and of
// misspellings in real records (rpoc), by their letters and digits in lower case. What says nothing is no flow.
var protocolFlows = map[string]string{
	"none": "", "unknownfuturevalue": "", "unknown": "", "notset": "", "notdefined": "",

	"devicecode": FlowDeviceCode, "devicecodeflow": FlowDeviceCode, "deviceauthorization": FlowDeviceCode, "deviceauthorizationgrant": FlowDeviceCode,
	"authenticationtransfer": FlowTransfer, "transfer": FlowTransfer,

	"ropc": "ropc", "rpoc": "ropc", "resourceownerpasswordcredential": "ropc", "resourceownerpasswordcredentials": "ropc",
	"clientcredentials": flowClientCredentials, "clientcredential": flowClientCredentials, "clientcredentialsgrant": flowClientCredentials,
	"authorizationcode": flowAuthorizationCode, "authorizationcodewithpkce": flowAuthorizationCode, "authorizationcodewithoutpkce": flowAuthorizationCode,
	"implicit": flowImplicit, "implicitaccesstokenandgetresponsemode": flowImplicit, "implicitidtokenandgetresponsemode": flowImplicit,
	"implicitaccesstokenandpostresponsemode": flowImplicit, "implicitidtokenandpostresponsemode": flowImplicit,
	"encryptedauthorizeresponse": "encryptedauthorizeresponse",
	"refreshtokengrant":          flowRefresh, "refreshtoken": flowRefresh, "refresh": flowRefresh,
	"onbehalfof": flowOnBehalfOf, "onbehalfofflow": flowOnBehalfOf, "samlonbehalfof": flowOnBehalfOf,
	"prtgrant": flowPrimaryRefresh, "prtbrokerbased": flowPrimaryRefresh, "prtnonbrokerbased": flowPrimaryRefresh, "prt": flowPrimaryRefresh,
	"primaryrefreshtoken": flowPrimaryRefresh, "primaryrefresh": flowPrimaryRefresh,
	"saml": flowSAML, "saml20": flowSAML, "saml11": flowSAML,
	"wsfederation": "wsfederation", "wsfed": "wsfederation", "wstrust": "wstrust",
	"oauth2": "oauth2", "oauth20": "oauth2", "oauth": "oauth2",
	"nativeauth": "nativeauth", "nativeauthentication": "nativeauth",
	"kerberos": "kerberos", "seamlesssso": "seamlesssso", "directusergrant": "directusergrant", "offices2s": "offices2s",
}

// tokenFlows are the flows of the tokens that were shown to ask for another. A SAML token is what a federated sign-in
// brings along: it does not say that the application speaks SAML.
var tokenFlows = map[string]string{
	"refreshtoken": flowRefresh, "primaryrefreshtoken": flowPrimaryRefresh,
	"saml11": "samltoken", "saml20": "samltoken", "remotedesktoptoken": "remotedesktop",
	"none": "", "unknownfuturevalue": "",
}

// lettersAndDigits leaves out what spellings of one word differ in: "Device code flow" and deviceCodeFlow.
func lettersAndDigits(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z', '0' <= r && r <= '9', r >= 0x80:
			return r
		}
		return -1
	}, FoldCase(text))
}

// flowsSaid gives the flows that a text of one of the field's properties says. A protocol that is not known is told as it
// stands: it is no absence.
func flowsSaid(p *Property, stored string) []string {
	switch p {
	case ClientCredentialType: // of a log without users: the client asked in its own name
		if flow, known := protocolFlows[lettersAndDigits(stored)]; known && flow == "" {
			return nil
		}
		return []string{flowClientCredentials}
	case IncomingTokenType:
		var flows []string
		for _, token := range listed(stored) {
			flow, known := tokenFlows[lettersAndDigits(token)]
			if !known {
				flow = token
			}
			flows = appendNew(flows, flow)
		}
		return flows
	}
	flow, known := protocolFlows[lettersAndDigits(stored)]
	if !known {
		flow = strings.TrimSpace(stored)
	}
	return appendNew(nil, flow)
}

// flowValue takes a flow in any spelling of a record.
func flowValue(value string) (canonical, problem string) {
	if flow := protocolFlows[lettersAndDigits(value)]; flow != "" {
		return flow, ""
	}
	return strings.TrimSpace(value), ""
}

// flowNames are the words of the flows whose name is none.
var flowNames = map[string]string{
	FlowDeviceCode: "Device code", FlowTransfer: "Authentication transfer", "ropc": "Password sent by the client (ROPC)",
	flowClientCredentials: "Client credentials", flowAuthorizationCode: "Authorization code", flowImplicit: "Implicit",
	"encryptedauthorizeresponse": "Encrypted authorize response", flowRefresh: "Refresh token", flowOnBehalfOf: "On behalf of",
	flowPrimaryRefresh: "Primary refresh token", flowSAML: "SAML", "samltoken": "SAML token", "remotedesktop": "Remote desktop token",
	"wsfederation": "WS-Federation", "wstrust": "WS-Trust", "oauth2": "OAuth 2.0", "nativeauth": "Native authentication",
	"kerberos": "Kerberos", "seamlesssso": "Seamless single sign-on", "directusergrant": "Direct user grant", "offices2s": "Office service to service",
}

// FlowName is a value of the field flow in words.
func FlowName(flow string) string { return firstNonEmpty(flowNames[FoldCase(flow)], flow) }

// HandedOver gives the flow by which the access that a person confirms goes to another device, which may be a stranger's:
// by a device code or by authentication transfer, as either property says; empty for any other.
func HandedOver(protocol, transferMethod string) string {
	for _, said := range []string{protocol, transferMethod} {
		switch flow := protocolFlows[lettersAndDigits(said)]; flow {
		case FlowDeviceCode, FlowTransfer:
			return flow
		}
	}
	return ""
}

// Flows gives how the sign-in asked for its token, in byte order; none where nothing says it.
func (s *SignIn) Flows() []string { return FlowField.EventValues(s) }
