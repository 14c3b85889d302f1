package web

import (
	"fmt"
	"time"

	"signpost/store"
)

// These functions build sign-ins for the pages' tests: obviously made up.

func at(clock string) time.Time {
	t, err := time.Parse("2006-01-02 15:04:05", "2026-11-23 "+clock)
	if err != nil {
		panic(err)
	}
	return t
}

func testID(n int) string { return fmt.Sprintf("%08x-1111-4222-8333-%012x", n, n) }

// interactiveSignIn is a whole sign-in of Ada's at the given time, with Conditional Access data in it.
func interactiveSignIn(n int, t time.Time) store.SignIn {
	return store.SignIn{
		Log: store.Interactive, ID: testID(n), Time: t, Ingested: t.Add(3 * time.Minute),
		CorrelationID: "c0c0c0c0-1111-4222-8333-444444444444", TenantID: "7e7e7e7e-0000-4000-8000-000000000001",
		UserID: "ada-id", UserPrincipalName: "ada@example.com", UserDisplayName: "Ada Example",
		AppID: "a9a9a9a9-0000-4000-8000-000000000001", AppDisplayName: "Travel Desk",
		ResourceID: "00000003-0000-0000-c000-000000000000", ResourceDisplayName: "Microsoft Graph",
		ErrorCode: store.IntOf(0), IPAddress: "192.0.2.7", City: "Oslo", State: "Oslo", CountryOrRegion: "NO",
		ConditionalAccessStatus: "success", AuthenticationRequirement: "multiFactorAuthentication",
		AppliedConditionalAccessPolicies: []store.AppliedPolicy{
			{ID: "p1", DisplayName: "Secret policy: MFA for all", Result: "success", GrantControls: []string{"Mfa"}},
			{ID: "p2", DisplayName: "Warehouse rehearsal", Result: "reportOnlyFailure", GrantControls: []string{"Block"}},
		},
		ClientAppUsed: "Browser", OperatingSystem: "Windows 11", Browser: "Edge 130.0.0", UserAgent: "Mozilla/5.0",
		RiskState: "atRisk", RiskLevelDuringSignIn: "hidden",
		AuthenticationDetails: []store.AuthenticationStep{
			{Time: t, Method: "Password", MethodDetail: "Password in the cloud", Succeeded: store.True, ResultDetail: "Correct password", Requirement: "Primary authentication"},
			{Time: t, Method: "OATH verification code", Succeeded: store.True, ResultDetail: "MFA completed in Azure AD", Requirement: "Multi-factor authentication"},
		},
	}
}

// refresh is a non-interactive sign-in of Ada's; those with the same resource make a group.
func refresh(n int, t time.Time, resource string) store.SignIn {
	s := interactiveSignIn(n, t)
	s.Log, s.ResourceID, s.ResourceDisplayName = store.NonInteractive, resource, "Mail "+resource
	return s
}

func principalSignIn(n int, t time.Time) store.SignIn {
	return store.SignIn{
		Log: store.ServicePrincipal, ID: testID(n), Time: t, ServicePrincipalID: "sp-" + testID(1), ServicePrincipalName: "nightly-backup",
		AppID: "app-of-sp", ErrorCode: store.IntOf(7000222), FailureReason: "The provided client secret keys are expired.",
		IPAddress: "198.51.100.4", ResourceID: "vault-id", ResourceDisplayName: "Key Vault", ConditionalAccessStatus: "notApplied",
	}
}

func identitySignIn(n int, t time.Time) store.SignIn {
	return store.SignIn{
		Log: store.ManagedIdentity, ID: testID(n), Time: t, ServicePrincipalID: "mi-" + testID(2), ServicePrincipalName: "vm-orders",
		ErrorCode: store.IntOf(0), ResourceID: "arm-id", ResourceDisplayName: "Azure Resource Manager",
		ConditionalAccessStatus: "notApplied", ManagedIdentityType: "systemAssigned",
	}
}
