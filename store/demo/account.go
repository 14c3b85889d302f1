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

// holders are the roles, each with its holder's place among the people of Bergen, who are the first people.
var holders = []struct {
	role   string
	person int
}{
	{"global-administrator", 0},
	{"security-administrator", 1},
	{"security-reader", 2},
	{"global-reader", 3},
	{"security-operator", 9},
	{"reports-reader", 4},
	{"conditional-access-administrator", 5},
	{"attribute-log-reader", 8},
	{"helpdesk", 7},
	{"user", userHolder},
}

// userHolder is who has an account without a role.
const userHolder = 6

// Accounts gives one account for each role. The plain user is Juniper Fernweather, who has the MFA fatigue story
// in her own sign-ins.
func Accounts() []Account {
	accounts := make([]Account, len(holders))
	for i, h := range holders {
		p := &theOrganisation().people[h.person]
		accounts[i] = Account{
			Name:        strings.ToLower(p.name[:strings.IndexByte(p.name, ' ')]),
			DisplayName: p.name, Roles: []string{h.role}, UserPrincipalName: p.upn, UserID: p.id,
		}
	}
	user, help := &accounts[len(accounts)-1], &accounts[len(accounts)-2]
	user.Story = "Prompts at night that were declined, and then one that was not."
	help.Story = "Somebody calls about prompts at night: look up " + user.UserPrincipalName + " for a ticket."
	for i := range accounts {
		if accounts[i].Roles[0] == "security-operator" {
			accounts[i].Story = "Risky users wait for somebody who decides: look at Identity Protection."
		}
	}
	return accounts
}

// hasAccount tells whether the person has an account of the portal.
func (p *person) hasAccount() bool {
	for _, h := range holders {
		if p.index == h.person {
			return true
		}
	}
	return false
}
