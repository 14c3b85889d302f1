package demo

import (
	"io"
	"slices"
	"strings"
	"time"
)

// registeredBefore are the person's methods some weeks ago: some people have registered their strong method since then.
func (p *person) registeredBefore() []string {
	list := p.registered()
	if p.index%11 == 5 && p.strong && len(list) > 1 {
		list = slices.DeleteFunc(list, func(method string) bool { return method == p.key() })
	}
	return list
}

// writeEarlierRegistrations writes the registration details as they were some weeks before.
func (o *organisation) writeEarlierRegistrations(w io.Writer, until time.Time) error {
	updated := until.UTC().Add(-7*time.Hour).Truncate(time.Hour).AddDate(0, 0, -registrationsDays).Format(time.RFC3339)
	return answer(w, "reports/authenticationMethods/userRegistrationDetails", func(put func(string)) {
		for i := range o.people {
			p := &o.people[i]
			put(registrationRow(p.id, p.directoryName(), p.name, p.guest, p.isAdmin(), p.registeredBefore(), updated))
		}
		for _, s := range sleeperList() {
			put(registrationRow(s.id, s.upn, s.name, s.note == "invited", false, nil, updated))
		}
	})
}

// formerNames are the methods by the names of the older report. It knows no passkeys.
var formerNames = map[string]string{
	"microsoftAuthenticatorPush": "appNotification", "softwareOneTimePasscode": "appCode", "mobilePhone": "mobileSMS", "email": "email", "fido2SecurityKey": "fido",
}

// writeFormerRegistrations writes Graph's older report of registrations. Its IDs are no user IDs, and it tells no date.
func (o *organisation) writeFormerRegistrations(w io.Writer, _ time.Time) error {
	return answer(w, "Collection(microsoft.graph.credentialUserRegistrationDetails)", func(put func(string)) {
		for i := range o.people {
			p := &o.people[i]
			var methods []string
			for _, method := range p.registeredBefore() {
				if name := formerNames[method]; name != "" {
					methods = append(methods, `"`+name+`"`)
				}
			}
			registered := boolText(len(methods) > 1)
			put(`{"id":"` + guidOf(mix(idPerson, uint64(i), 70)).String() + `","userPrincipalName":` + quoted(p.directoryName()) + `,"userDisplayName":` + quoted(p.name) +
				`,"authMethods":[` + strings.Join(methods, ",") + `],"isRegistered":` + registered + `,"isEnabled":` + boolText(!p.guest) +
				`,"isCapable":` + boolText(len(methods) > 1 && !p.guest) + `,"isMfaRegistered":` + boolText(len(methods) > 0 && !p.single) + `}`)
		}
	})
}
