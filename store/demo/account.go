package demo

import "strings"

// Account is a person of the tenant with a role in the portal, for the demo's sign-in page.
type Account struct {
	Name              string   // to sign in with
	DisplayName       string   // the person's
	Roles             []string // as `signpost user add --role` takes them
	UserPrincipalName string
	UserID            string
	Story             string // why it is worth signing in as this person; empty for most
}

// Accounts gives one account for each role. The plain user is Juniper Fernweather, whose own sign-ins
// hold the MFA fatigue story.
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
