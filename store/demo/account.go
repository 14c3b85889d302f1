package demo

import "strings"

// Account is a person of the tenant with a role in the portal, for the demo's sign-in page.
type Account struct {
	Name              string   // the name to sign in with
	DisplayName       string   // of the person
	Roles             []string // in the form of `signpost user add --role`
	UserPrincipalName string
	UserID            string
	Story             string // reason to sign in as this person; empty for most
}

// Accounts gives one account for each role. The plain user is Juniper Fernweather, who has the MFA fatigue story
// in her own sign-ins.
func Accounts() []Account {
	roles := []string{
		"global-administrator", "security-administrator", "security-reader", "global-reader",
		"reports-reader", "conditional-access-administrator", "user",
	}
	accounts := make([]Account, len(roles))
	for i, role := range roles {
		p := &theOrganisation().people[i]
		accounts[i] = Account{
			Name:        strings.ToLower(named["Bergen"][i][0]),
			DisplayName: p.name, Roles: []string{role}, UserPrincipalName: p.upn, UserID: p.id,
		}
	}
	accounts[len(accounts)-1].Story = "Prompts at night that were declined, and then one that was not."
	return accounts
}
