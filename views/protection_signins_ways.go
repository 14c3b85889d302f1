package views

import (
	"strings"

	"signpost/store"
	"signpost/web/ask"
)

// riskyWay leads to the same sign-ins in a log.
type riskyWay struct {
	Label, Address string
	Log            store.Log
	N              int64
	Told           string // instead of the number, where that is not known
}

var riskyWhyWords = map[ask.RiskyWhy]string{ask.RiskyByState: "by state", ask.RiskyByLevel: "by level alone", ask.RiskyHidden: "hidden"}

// ways lead to the sign-ins of the list in the logs. Together they have each once, unless one is said to have others too.
func (p RiskySignInsPage) ways() (ways []riskyWay) {
	if p.Asked.Principals {
		return p.principalWays()
	}
	if p.hasManyVerdicts() {
		return nil
	}
	asked := ask.RiskyUsers{Log: p.Asked.Log, Why: p.Asked.Why}
	for _, part := range p.Users.Parts {
		if !asked.Lists(part.RiskyPart) || part.Total.N == 0 && part.Trouble == ask.NoTrouble {
			continue
		}
		number := riskyNumber{Total: part.Total, Trouble: part.Trouble}
		label := logShort(part.Query.Log) + ", " + riskyWhyWords[part.Why]
		if part.Masked && part.Why != ask.RiskyHidden {
			label += ", level hidden"
		}
		ways = append(ways, riskyWay{
			Label: label, Log: part.Query.Log, N: part.Total.N, Told: number.text(),
			Address: List{Log: part.Query.Log}.URL(store.Query{Range: part.Query.Range, Filter: part.Query.Filter}.Values()),
		})
	}
	return ways
}

func (p RiskySignInsPage) principalWays() (ways []riskyWay) {
	log := List{Log: store.ServicePrincipal}
	if n := len(p.Principals.NamedIDs); p.Asked.Why != ask.RiskyNearOne && n > 0 {
		f := p.Asked.Filter.WithAny(store.RequestField, p.Principals.NamedIDs)
		label := "All that a detection names"
		if p.Asked.Open {
			label = "All that are open here"
		}
		ways = append(ways, riskyWay{Label: label, Log: log.Log, N: int64(n), Told: Number(int64(n)), Address: log.URL(store.Query{Range: p.Asked.Range, Filter: f}.Values())})
	}
	if p.Asked.Why == ask.RiskyByDetection {
		return ways
	}
	for i := range p.Principals.Stretches {
		s := &p.Principals.Stretches[i]
		way := riskyWay{
			Label: p.stretchWords(s), Log: log.Log, N: s.Total.N, Told: riskyNumber{Total: s.Total}.text(),
			Address: log.URL(store.Query{Range: s.Range, Filter: s.Query.Filter}.Values()),
		}
		if s.Named > 0 {
			way.Told += ", of them " + Number(s.Named) + " named by a detection"
		}
		ways = append(ways, way)
	}
	return ways
}

// stretchWords names the service principal and the time of a stretch.
func (p RiskySignInsPage) stretchWords(s *ask.RiskyStretch) string {
	who := s.Principal
	for _, row := range p.Rows() {
		if name := row.SignIn().ServicePrincipalName; name != "" && strings.EqualFold(row.SignIn().ServicePrincipalID, who) {
			who = name
			break
		}
	}
	words := "Near a detection: " + who + ", " + p.Shell.Zone.Minute(s.Range.From) + " to " + p.Shell.Zone.Minute(s.Range.To)
	if !s.AnyKey {
		words += ", key " + s.Key
	}
	return words
}

// without says which ways into the log are missing; empty where none is.
func (p RiskySignInsPage) withoutWays() string {
	switch {
	case p.hasManyVerdicts():
		return "The log has no filter for the verdicts of this portal. The files have the whole list."
	case !p.Asked.Principals || p.number().Total.N == 0:
		return ""
	}
	var named, near int64
	for _, way := range p.ways() {
		if strings.HasPrefix(way.Label, "All") {
			named += way.N
		} else {
			near += way.N
		}
	}
	if p.Asked.Why != ask.RiskyNearOne && named < p.Principals.Named.N || p.Asked.Why != ask.RiskyByDetection && near < p.Principals.Stretched {
		return "The log has no filter for the whole list: these links lead to parts of it. The files have all of it."
	}
	return ""
}

// hasManyVerdicts says that the list leaves out more sign-ins because of a verdict than an address can name.
func (p RiskySignInsPage) hasManyVerdicts() bool {
	return !p.Asked.Principals && p.Open != nil && p.Open.Closed() > ask.RiskyNamedMost
}
