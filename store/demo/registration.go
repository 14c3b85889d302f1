package demo

import (
	"io"
	"strings"
	"time"
)

// writeRegistrations writes the report of registered authentication methods. A person has the methods that the sign-ins show.
func (o *organisation) writeRegistrations(w io.Writer, until time.Time) error {
	updated := until.UTC().Add(-7 * time.Hour).Truncate(time.Hour).Format(time.RFC3339)
	return answer(w, "reports/authenticationMethods/userRegistrationDetails", func(put func(string)) {
		for i := range o.people {
			p := &o.people[i]
			put(registrationRow(p.id, p.directoryName(), p.name, p.guest, p.isAdmin(), p.registered(), updated))
		}
		for _, s := range sleeperList() {
			put(registrationRow(s.id, s.upn, s.name, s.note == "invited", false, nil, updated))
		}
	})
}

// directoryName is the username that the directory and its reports have: of a guest the one with #EXT#.
func (p *person) directoryName() string {
	if p.guest {
		return strings.ReplaceAll(p.upn, "@", "_") + "#EXT#@" + domain
	}
	return p.upn
}

// isAdmin tells who looks after the tenant, and the account for emergencies.
func (p *person) isAdmin() bool {
	return p.habits[9].app.name == "Azure Portal" || p.hasAccount() && p.index != userHolder || p == theOrganisation().emergency
}

// registered are the person's methods by the report's names.
func (p *person) registered() (list []string) {
	if p == theOrganisation().emergency {
		return []string{p.key()}
	}
	if !p.single {
		list = append(list, "microsoftAuthenticatorPush", "softwareOneTimePasscode")
		switch methods[p.method].name {
		case "Text message", "Phone call":
			list = append(list, "mobilePhone")
		}
	}
	if p.strong {
		list = append(list, p.key())
	}
	if p.index%3 == 0 && !p.guest {
		list = append(list, "email")
	}
	return list
}

// key is the strong method of a person who has one.
func (p *person) key() string {
	return [...]string{"windowsHelloForBusiness", "fido2SecurityKey", "passKeyDeviceBoundAuthenticator"}[p.index%3]
}

// registrationRow writes a row of the report.
func registrationRow(id, username, name string, guest, admin bool, list []string, updated string) string {
	has := func(names ...string) bool {
		for _, method := range list {
			for _, name := range names {
				if method == name {
					return true
				}
			}
		}
		return false
	}
	strong := has("windowsHelloForBusiness", "fido2SecurityKey", "passKeyDeviceBoundAuthenticator")
	mfa := strong || has("microsoftAuthenticatorPush", "mobilePhone")
	reset := len(list) > 1
	kind, preferred := "member", "none"
	if guest {
		kind = "guest"
	}
	switch {
	case has("mobilePhone"):
		preferred = "sms"
	case has("microsoftAuthenticatorPush"):
		preferred = "push"
	}
	methodsText := "[]"
	if len(list) > 0 {
		methodsText = `["` + strings.Join(list, `","`) + `"]`
	}
	return `{"id":"` + id + `","userPrincipalName":` + quoted(username) + `,"userDisplayName":` + quoted(name) + `,"isAdmin":` + boolText(admin) +
		`,"isSsprRegistered":` + boolText(reset) + `,"isSsprEnabled":` + boolText(!guest) + `,"isSsprCapable":` + boolText(reset && !guest) +
		`,"isMfaRegistered":` + boolText(mfa) + `,"isMfaCapable":` + boolText(mfa) + `,"isPasswordlessCapable":` + boolText(strong) +
		`,"lastUpdatedDateTime":"` + updated + `","methodsRegistered":` + methodsText + `,"isSystemPreferredAuthenticationMethodEnabled":true,"systemPreferredAuthenticationMethods":[],` +
		`"userPreferredMethodForSecondaryAuthentication":"` + preferred + `","userType":"` + kind + `"}`
}
