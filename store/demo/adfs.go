package demo

import (
	"io"
	"strings"
	"time"
)

// party is a relying party of the tenant's AD FS: an application of its own there. Some stand in the directory too.
type party struct {
	app
	resource  resource
	protocol  string
	reply     string
	migration string
	checks    [][3]string // name, result and message
}

// brokenParty is the place of the party to which half of the people are not assigned.
const brokenParty = 3

// partyOf gives the party of a sign-in. The last one is never used.
func partyOf(attempt uint64) int {
	at := share(scramble(attempt+5), 20)
	return [20]int{0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 3, 3, 4, 4}[at]
}

// makeParties gives the relying parties. That of Lantern Travel has the identifier of an application of the directory, and that
// of Quay Stock the reply address of one.
func makeParties() []party {
	const ready, review, more = "ready", "needsReview", "additionalStepsRequired"
	claims := [3]string{"ClaimRules", "pass", "All claim rules can be moved."}
	list := []party{
		{protocol: "saml20", migration: ready, checks: [][3]string{claims, {"TokenLifetime", "pass", "The lifetime is the default."}}},
		{protocol: "saml20", migration: review, checks: [][3]string{claims, {"AdditionalAuthenticationRules", "warning", "A rule asks for more proof outside the office: use a Conditional Access policy."}}},
		{protocol: "wsFederation", migration: ready, checks: [][3]string{claims}},
		{protocol: "wsFederation", migration: more, checks: [][3]string{{"IssuanceAuthorizationRules", "fail", "A rule lets one group in: assign the group to the application."}, claims}},
		{protocol: "saml20", migration: review, checks: [][3]string{{"EncryptionCertificate", "warning", "Tokens are encrypted with a certificate that ends soon."}}},
		{protocol: "saml20", migration: ready, checks: [][3]string{claims}},
	}
	for i, name := range []string{"Lantern Travel", "Quay Stock", "Beacon Charts", "Rope Locker", "Tide Tables Archive", "Pilot Roster"} {
		p, plain := &list[i], strings.ToLower(strings.ReplaceAll(name, " ", "-"))
		id := "urn:tidewater:" + plain
		p.app, p.resource = newApp(name, id, tenantID), newResource(name, id, tenantID, uint64(2000+i))
		p.app.target, p.reply = nil, replyOf(name)
	}
	return list
}

// replyOf is the reply address of an application.
func replyOf(name string) string {
	return "https://" + strings.ToLower(strings.ReplaceAll(name, " ", "-")) + "." + domain + "/signin"
}

// writeParties writes the report of AD FS. It has no counts: they would be of another range than the logs.
func (o *organisation) writeParties(w io.Writer, _ time.Time) error {
	return answer(w, "Collection(microsoft.graph.relyingPartyDetailedSummary)", func(put func(string)) {
		for i := range o.parties {
			p := &o.parties[i]
			var checks []string
			for _, c := range p.checks {
				checks = append(checks, `{"name":`+quoted(c[0])+`,"value":`+quoted(`{"result":`+quoted(c[1])+`,"message":`+quoted(c[2])+`}`)+`}`)
			}
			put(`{"id":"` + guidOf(mix(idReport, uint64(i))).String() + `","relyingPartyId":"` + p.id + `","relyingPartyName":` + quoted(p.name) + `,"serviceId":"adfs.` + domain +
				`","replyUrls":["` + p.reply + `"],"uniqueUserCount":null,"successfulSignInCount":null,"failedSignInCount":null,"totalSignInCount":null,"signInSuccessRate":null,"migrationStatus":"` +
				p.migration + `","migrationValidationDetails":[` + strings.Join(checks, ",") + `]}`)
		}
	})
}
