package store

import (
	"slices"
	"testing"
)

// Every property has its row: a new one must say which field asks for its values.
var fieldOfProperty = map[string]string{
	"id": "request", "correlationId": "correlation", "sessionId": "session", "uniqueTokenIdentifier": "token", "originalRequestId": "originalrequestid",
	"userId": "user", "userPrincipalName": "user", "userDisplayName": "user", "userType": "usertype",
	"signInIdentifier": "identifier", "signInIdentifierType": "signinidentifiertype",
	"appId": "app", "appDisplayName": "app", "appOwnerTenantId": "appowner",
	"resourceId": "resource", "resourceDisplayName": "resource", "resourceServicePrincipalId": "resourceserviceprincipalid",
	"resourceTenantId": "resourcetenant", "resourceOwnerTenantId": "resourceowner",
	"homeTenantId": "hometenant", "homeTenantName": "hometenant", "tenantId": "tenant", "crossTenantAccessType": "crosstenant",
	"status": "status", "status.errorCode": "error", "status.failureReason": "reason", "status.additionalDetails": "reason",
	"conditionalAccessStatus": "ca", "appliedConditionalAccessPolicies": "policy", "appliedConditionalAccessPolicies.result": "policyresult",
	"authenticationRequirement": "requirement", "authenticationProtocol": "protocol", "incomingTokenType": "tokentype",
	"originalTransferMethod": "transfer", "clientAppUsed": "client", "clientCredentialType": "credential", "userAgent": "agent",
	"authenticationMethodsUsed": "method", "mfa": "mfa",
	"deviceDetail.deviceId": "device", "deviceDetail.displayName": "devicename", "deviceDetail.operatingSystem": "os",
	"deviceDetail.browser": "browser", "deviceDetail.browserId": "devicedetailbrowserid", "deviceDetail.isCompliant": "compliant",
	"deviceDetail.isManaged": "managed", "deviceDetail.trustType": "trust",
	"ipAddress": "ip", "ipAddressFromResourceProvider": "ipresource", "autonomousSystemNumber": "asn",
	"location.city": "city", "location.state": "state", "location.countryOrRegion": "country", "networkLocationDetails": "network",
	"isThroughGlobalSecureAccess": "gsa", "globalSecureAccessIpAddress": "globalsecureaccessipaddress", "isInteractive": "isinteractive", "flaggedForReview": "flagged",
	"isTenantRestricted": "istenantrestricted", "isCaeToken": "cae", "tokenIssuerName": "issuername", "tokenIssuerType": "issuer",
	"processingTimeInMilliseconds": "processingtimeinmilliseconds", "riskDetail": "riskdetail", "riskLevelAggregated": "risk",
	"riskLevelDuringSignIn": "risksignin", "riskState": "riskstate", "riskEventTypes_v2": "riskevent",
	"servicePrincipalId": "sp", "servicePrincipalName": "sp", "servicePrincipalCredentialKeyId": "key",
	"servicePrincipalCredentialThumbprint": "thumbprint", "federatedCredentialId": "federatedcredential",
	"managedServiceIdentity.msiType": "mitype", "managedServiceIdentity.associatedResourceId": "managedserviceidentityassociatedresourceid",
	"managedServiceIdentity.federatedTokenId": "managedserviceidentityfederatedtokenid", "managedServiceIdentity.federatedTokenIssuer": "managedserviceidentityfederatedtokenissuer", "azureResourceId": "azureresourceid",
	"agent.agentType": "agenttype", "agent.parentAppId": "agentparentappid",
	"appTokenProtectionStatus": "tokenprotection", "signInTokenProtectionStatus": "tokenprotection",
	"tokenProtectionStatusDetails.signInSessionStatus": "tokenprotection", "tokenProtectionStatusDetails.signInSessionStatusCode": "tokenprotectionstatusdetailssigninsessionstatuscode",
	"mfaDetail.authMethod": "mfadetailauthmethod", "mfaDetail.authDetail": "mfadetailauthdetail",
	"appliedConditionalAccessPolicies.enforcedGrantControls": "policycontrol", "authenticationDetails.succeeded": "methodresult",
	"networkLocationDetails.networkType": "networktype",
	"authenticationDetails.source":       "methodsource", "authenticationDetails.authenticationStepRequirement": "methodstep",
	"sessionLifetimePolicies.expirationRequirement": "sessionpolicy",
	// The items of a list are asked for by their parts.
	"appliedConditionalAccessPolicies.items": "", "authenticationDetails.items": "", "networkLocationDetails.items": "",
	"agent.agentSubjectType": "agentagentsubjecttype", "clientSessionId": "clientsessionid", "callerIpAddress": "ip", "microsoft": "microsoft",
}

func TestFieldOf(t *testing.T) {
	for _, p := range SignIns.Properties {
		want, listed := fieldOfProperty[p.Name]
		if !listed {
			t.Errorf("%s has no row in this test", p.Name)
			continue
		}
		f, ok := SignIns.FieldOf(p)
		switch {
		case !ok && p.List != nil: // a part of it is asked for
		case !ok:
			t.Errorf("no field asks for %s", p.Name)
		case f.Name != want:
			t.Errorf("%s: field %s, want %s", p.Name, f.Name, want)
		}
	}
	if got, want := len(fieldOfProperty), len(SignIns.Properties); got != want {
		t.Errorf("%d rows in this test, want %d", got, want)
	}
}

func TestPropertyValues(t *testing.T) {
	tests := []struct {
		name     string
		property *Property
		signIn   SignIn
		want     []string
	}{
		{"a user by ID", UserDisplayName, SignIn{UserID: "U-1", UserPrincipalName: "ada@example.com", UserDisplayName: "Ada"}, []string{"u-1"}},
		{"a user without an ID by UPN", UserDisplayName, SignIn{UserPrincipalName: "ada@example.com", UserDisplayName: "Ada"}, []string{"ada@example.com"}},
		{"a user by name", UserDisplayName, SignIn{UserDisplayName: "Ada"}, []string{"Ada"}},
		{"a UPN is itself", UserPrincipalName, SignIn{UserID: "u-1", UserPrincipalName: "ada@example.com"}, []string{"ada@example.com"}},
		{"an application by ID", AppDisplayName, SignIn{AppID: "a-1", AppDisplayName: "Travel Desk"}, []string{"a-1"}},
		{"an application by name", AppDisplayName, SignIn{AppDisplayName: "Travel Desk"}, []string{"Travel Desk"}},
		{"a resource by ID", ResourceDisplayName, SignIn{ResourceID: "r-1", ResourceDisplayName: "Graph"}, []string{"r-1"}},
		{"a principal by ID", ServicePrincipalName, SignIn{ServicePrincipalID: "s-1", ServicePrincipalName: "backup"}, []string{"s-1"}},
		{"a tenant's name is itself", HomeTenantName, SignIn{HomeTenantID: "t-1", HomeTenantName: "Contoso"}, []string{"Contoso"}},
		{"a stated status", StatedStatus, SignIn{StatedStatus: "Failure"}, []string{"failure"}},
		{"a derived status", StatedStatus, SignIn{ErrorCode: IntOf(50126)}, []string{"failure"}},
		{"no status", StatedStatus, SignIn{}, nil},
		{"an error code", ErrorCode, SignIn{ErrorCode: IntOf(50126)}, []string{"50126"}},
		{"no error code", ErrorCode, SignIn{}, nil},
		{"yes", IsCompliant, SignIn{IsCompliant: True}, []string{"yes"}},
		{"neither yes nor no", IsCompliant, SignIn{}, nil},
		{"a client app's option", ClientAppUsed, SignIn{ClientAppUsed: "Other clients; IMAP"}, []string{"IMAP4"}},
		{"a list in one text", IncomingTokenType, SignIn{IncomingTokenType: "primaryRefreshToken, refreshToken"}, []string{"primaryRefreshToken", "refreshToken"}},
		{"an address in its one spelling", IPAddress, SignIn{IPAddress: "::ffff:192.0.2.7"}, []string{"192.0.2.7"}},
		{"what is no address", IPAddress, SignIn{IPAddress: "hidden"}, nil},
		{"none of the field's list", ConditionalAccessStatus, SignIn{ConditionalAccessStatus: "unknownFutureValue"}, nil},
		{"a set", RiskEventSet, SignIn{RiskEventTypes: []string{"b", "a"}}, []string{"a", "b"}},
		{"nothing", City, SignIn{}, nil},
	}
	for _, test := range tests {
		f, ok := SignIns.FieldOf(test.property)
		if !ok {
			t.Fatalf("%s: no field", test.name)
		}
		got := f.PropertyValues(test.property, &test.signIn)
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
		for _, value := range got { // each finds what it stands for
			if !(Filter{}.With(f, OpIs, value)).Match(&test.signIn) {
				t.Errorf("%s: %s=%s does not find the sign-in", test.name, f.Name, value)
			}
		}
	}
}

func TestIsEmptyIn(t *testing.T) {
	tests := []struct {
		field  string
		signIn SignIn
		want   bool
	}{
		{"user", SignIn{}, true},
		{"user", SignIn{UserID: "u-1"}, false},
		{"city", SignIn{}, true},
		{"city", SignIn{City: " "}, false},
		{"status", SignIn{}, true},
		{"status", SignIn{ErrorCode: IntOf(0)}, false},
		{"compliant", SignIn{IsCompliant: False}, false},
	}
	for _, test := range tests {
		f, _ := SignIns.Field(test.field)
		if got := f.IsEmptyIn(&test.signIn); got != test.want {
			t.Errorf("%s in %+v: got %t, want %t", test.field, test.signIn, got, test.want)
		}
	}
}
