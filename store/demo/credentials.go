package demo

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
	"time"
)

// secret is a password or a certificate of a program, as the directory describes it.
type secret struct {
	key, name, thumbprint string // a certificate has a thumbprint
	start, end            time.Time
}

// secretsOf gives the credentials of a program at a time: the one that it signs in with, and here and there one that nobody uses.
// The certificate with which the program of the bad assertion signs is registered nowhere.
func (o *organisation) secretsOf(i int, until time.Time) (list []secret) {
	w := &o.services[i]
	h := mix(idCredential, uint64(i), 3)
	today := until.UTC().Truncate(24 * time.Hour)
	ends := func(least, most int) time.Time { return today.AddDate(0, 0, least+share(scramble(h+9), most-least)) }
	lasting := func(s secret) secret { s.start = s.end.AddDate(-2, 0, 0); return s }
	switch {
	case w.name == exportJob:
		turn := exportTurn(tickOf(until))
		start := (turn*hoursPerTurn + mondayOfTurns) * ticksPerHour
		list = append(list, secret{
			key: exportKey(turn), name: "nightly export",
			start: timeOf(start - 21*ticksPerDay + secretEnd*ticksPerDay + 9*ticksPerHour), end: timeOf(start + secretDay*ticksPerDay),
		})
	case w.federated != "":
	case w.failing == badAssertion:
		list = append(list, lasting(secret{key: guidOf(mix(h, 1)).String(), name: "CN=" + w.name, thumbprint: thumbprint(mix(h, 2)), end: ends(60, 300)}))
	case i%9 == 4:
		list = append(list, lasting(secret{key: w.key, name: "ends soon", thumbprint: w.thumbprint, end: ends(3, 28)}))
	default:
		list = append(list, lasting(secret{key: w.key, name: "in use", thumbprint: w.thumbprint, end: ends(40, 360)}))
	}
	if i%5 == 2 {
		list = append(list, lasting(secret{key: guidOf(mix(h, 4)).String(), name: "old pipeline", end: ends(-200, -10)}))
	}
	if i%6 == 4 {
		list = append(list, lasting(secret{key: guidOf(mix(h, 5)).String(), name: "spare", end: ends(5, 200)}))
	}
	return list
}

func timeOf(tick int64) time.Time {
	return time.Unix(floorDiv(tick, ticksPerSecond), floorMod(tick, ticksPerSecond)*100).UTC()
}

// credentialMembers writes the passwordCredentials and keyCredentials of an object. As in Graph's lists, no key is among them.
func credentialMembers(list []secret) string {
	var passwords, keys []string
	for _, s := range list {
		about := `"keyId":"` + s.key + `","displayName":` + quoted(s.name) + `,"startDateTime":"` + s.start.Format(time.RFC3339) + `","endDateTime":"` + s.end.Format(time.RFC3339) + `"`
		if s.thumbprint == "" {
			passwords = append(passwords, `{"customKeyIdentifier":null,"hint":"`+s.key[:3]+`","secretText":null,`+about+`}`)
			continue
		}
		raw, err := hex.DecodeString(s.thumbprint)
		if err != nil {
			panic("demo: no thumbprint: " + s.thumbprint)
		}
		keys = append(keys, `{"customKeyIdentifier":"`+base64.StdEncoding.EncodeToString(raw)+`","key":null,"type":"AsymmetricX509Cert","usage":"Verify",`+about+`}`)
	}
	return `,"passwordCredentials":[` + strings.Join(passwords, ",") + `],"keyCredentials":[` + strings.Join(keys, ",") + `]`
}

// ownerMember writes the owners of an object. Some have none, and some have two.
func (o *organisation) ownerMember(h uint64) string {
	var list []string
	for i := range [...]int{0, 1, 1, 1, 1, 2, 2}[share(mix(h, 60), 7)] {
		p := &o.people[9+share(mix(h, 61, uint64(i)), 600)]
		list = append(list, `{"@odata.type":"#microsoft.graph.user","id":"`+p.id+`","displayName":`+quoted(p.name)+`,"userPrincipalName":"`+p.upn+`"}`)
	}
	return `,"owners":[` + strings.Join(list, ",") + `]`
}
