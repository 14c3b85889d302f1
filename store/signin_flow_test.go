package store

import (
	"slices"
	"testing"
)

// protocolTypes are the values of Graph's protocolType, originalTransferMethods and clientCredentialType.
var protocolTypes = []string{
	"none", "oAuth2", "ropc", "wsFederation", "saml20", "deviceCode", "unknownFutureValue", "authenticationTransfer", "nativeAuth",
	"implicitAccessTokenAndGetResponseMode", "implicitIdTokenAndGetResponseMode", "implicitAccessTokenAndPostResponseMode",
	"implicitIdTokenAndPostResponseMode", "authorizationCodeWithoutPkce", "authorizationCodeWithPkce", "clientCredentials", "refreshTokenGrant",
	"encryptedAuthorizeResponse", "directUserGrant", "kerberos", "prtGrant", "seamlessSso", "prtBrokerBased", "prtNonBrokerBased", "onBehalfOf",
	"samlOnBehalfOf", "officeS2S", "wsTrust", "deviceCodeFlow",
}

func TestFlows(t *testing.T) {
	for _, test := range []struct {
		name   string
		signIn SignIn
		want   []string
	}{
		{"nothing said", SignIn{}, nil},
		{"words that say nothing", SignIn{AuthenticationProtocol: "none", OriginalTransferMethod: "unknownFutureValue", IncomingTokenType: "none"}, nil},
		{"by the protocol alone", SignIn{AuthenticationProtocol: "deviceCode", OriginalTransferMethod: "none"}, []string{"devicecode"}},
		{"by the transfer method alone", SignIn{AuthenticationProtocol: "none", OriginalTransferMethod: "deviceCodeFlow"}, []string{"devicecode"}},
		{"by both", SignIn{AuthenticationProtocol: "deviceCode", OriginalTransferMethod: "deviceCodeFlow"}, []string{"devicecode"}},
		{"in the portal's words", SignIn{OriginalTransferMethod: "Device code flow"}, []string{"devicecode"}},
		{"in other casing", SignIn{AuthenticationProtocol: "DEVICE_CODE"}, []string{"devicecode"}},
		{"a transfer", SignIn{AuthenticationProtocol: "Authentication transfer"}, []string{"transfer"}},
		{"later refreshes of a device code", SignIn{AuthenticationProtocol: "none", IncomingTokenType: "refreshToken", OriginalTransferMethod: "deviceCodeFlow"}, []string{"devicecode", "refresh"}},
		{"fields that differ", SignIn{AuthenticationProtocol: "oAuth2", OriginalTransferMethod: "authenticationTransfer"}, []string{"oauth2", "transfer"}},
		{"several tokens", SignIn{IncomingTokenType: "primaryRefreshToken, refreshToken"}, []string{"primaryrefresh", "refresh"}},
		{"a misspelling of real records", SignIn{AuthenticationProtocol: "rpoc"}, []string{"ropc"}},
		{"SAML", SignIn{AuthenticationProtocol: "saml20"}, []string{"saml"}},
		{"a federated sign-in, whose application may speak anything", SignIn{IncomingTokenType: "saml20"}, []string{"samltoken"}},
		{"with a proof of possession or without", SignIn{AuthenticationProtocol: "authorizationCodeWithoutPkce"}, []string{"authorizationcode"}},
		{"a protocol that nobody knows yet", SignIn{AuthenticationProtocol: "oAuth2.1Brand"}, []string{"oAuth2.1Brand"}},
		{"a client in its own name", SignIn{Log: ServicePrincipal, ClientCredentialType: "certificate"}, []string{"clientcredentials"}},
		{"a managed identity", SignIn{Log: ManagedIdentity, ClientCredentialType: "managedIdentity"}, []string{"clientcredentials"}},
		{"a client without a credential", SignIn{Log: ServicePrincipal, ClientCredentialType: "none"}, nil},
		{"a client with a credential on behalf of a user", SignIn{Log: NonInteractive, ClientCredentialType: "clientSecret", IncomingTokenType: "refreshToken"}, []string{"refresh"}},
		{"blanks", SignIn{Log: ServicePrincipal, AuthenticationProtocol: "  ", ClientCredentialType: " ", IncomingTokenType: " , "}, nil},
	} {
		if got := test.signIn.Flows(); !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
		if f := field(t, "flow"); f.IsEmptyIn(&test.signIn) != (len(test.want) == 0) {
			t.Errorf("%s: empty: %t", test.name, f.IsEmptyIn(&test.signIn))
		}
	}
}

// Every protocol of the enumeration has a name of its own or says nothing; in words it reads otherwise than it is spelled.
func TestFlowsOfEveryProtocol(t *testing.T) {
	silent := []string{"none", "unknownFutureValue"}
	for _, protocol := range protocolTypes {
		s := SignIn{AuthenticationProtocol: protocol}
		flows := s.Flows()
		if want := 1; slices.Contains(silent, protocol) {
			if len(flows) != 0 {
				t.Errorf("%s says %q", protocol, flows)
			}
		} else if len(flows) != want || flowNames[flows[0]] == "" {
			t.Errorf("%s says %q, which has no words", protocol, flows)
		}
		if !slices.Contains(silent, protocol) && !parsed(t, "flow="+protocol).Match(&s) {
			t.Errorf("flow=%s does not find it", protocol)
		}
	}
	for flow := range flowNames {
		if got, problem := flowValue(flow); got != flow || problem != "" {
			t.Errorf("flow=%s is read as %s, %s", flow, got, problem)
		}
	}
}

func TestHandedOver(t *testing.T) {
	for _, test := range []struct{ protocol, transfer, want string }{
		{"deviceCode", "none", FlowDeviceCode},
		{"none", "Device code flow", FlowDeviceCode},
		{"oAuth2", "authenticationTransfer", FlowTransfer},
		{"", "", ""},
		{"oAuth2", "none", ""},
		{"refreshTokenGrant", "", ""},
	} {
		if got := HandedOver(test.protocol, test.transfer); got != test.want {
			t.Errorf("%q and %q: %q, want %q", test.protocol, test.transfer, got, test.want)
		}
	}
}

func TestFlowOperators(t *testing.T) {
	code := SignIn{AuthenticationProtocol: "deviceCode", IncomingTokenType: "refreshToken"}
	federated := SignIn{AuthenticationProtocol: "none", IncomingTokenType: "saml11"}
	for query, want := range map[string][3]bool{ // what has a device code, a federated sign-in, nothing
		"flow=device+code":                 {true, false, false},
		"flow=devicecode&flow=samltoken":   {true, true, false},
		"flow.not=devicecode":              {false, true, true},
		"flow.not=saml":                    {true, true, true},
		"flow.starts=saml":                 {false, true, false},
		"flow.starts=Device":               {true, false, false},
		"flow.has=code":                    {true, false, false},
		"flow.empty=yes":                   {false, false, true},
		"flow.empty=no":                    {true, true, false},
		"flow=devicecode&flow.not=refresh": {false, false, false},
	} {
		filter := parsed(t, query)
		if got := [3]bool{filter.Match(&code), filter.Match(&federated), filter.Match(&SignIn{AuthenticationProtocol: "none"})}; got != want {
			t.Errorf("%s: %t, want %t", query, got, want)
		}
	}
	if p, ok := SignIns.Column("flow"); ok {
		t.Errorf("a field of several values is the column %s", p.Name)
	}
}
