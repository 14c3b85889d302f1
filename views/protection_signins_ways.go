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
	asked := ask.RiskyUsers{Log: p.Asked.Log, Why: p.Asked.Why}
	for _, part := range p.Users.Parts {
		if !asked.Lists(part.RiskyPart) || part.Total.N == 0 && part.Trouble == ask.NoTrouble {
			continue
		}
		number := riskyNumber{Total: part.Total, Trouble: part.Trouble}
		ways = append(ways, riskyWay{
			Label: logShort(part.Query.Log) + ", " + riskyWhyWords[part.Why], Log: part.Query.Log, N: part.Total.N, Told: number.text(),
			Address: List{Log: part.Query.Log}.URL(store.Query{Range: part.Query.Range, Filter: part.Query.Filter}.Values()),
		})
	}
	return ways
}

// Bounds of the links to the log of service principals: an address has so many request IDs at most, and the page has so many links.
const (
	riskyWaysIDs  = 60
	riskyWaysMost = 12
)

func (p RiskySignInsPage) principalWays() (ways []riskyWay) {
	log := List{Log: store.ServicePrincipal}
	if n := len(p.Principals.NamedIDs); p.Asked.Why != ask.RiskyNearOne && n > 0 && n <= riskyWaysIDs {
		f := p.Asked.Filter.WithAny(store.RequestField, p.Principals.NamedIDs)
		ways = append(ways, riskyWay{Label: "All that a detection names", Log: log.Log, N: int64(n), Told: Number(int64(n)), Address: log.URL(store.Query{Range: p.Asked.Range, Filter: f}.Values())})
	}
	if p.Asked.Why == ask.RiskyByDetection {
		return ways
	}
	for i := range p.Principals.Stretches {
		s := &p.Principals.Stretches[i]
		if !s.ByID || len(ways) >= riskyWaysMost || len(s.Principals)+len(s.Keys) > riskyWaysIDs {
			continue
		}
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

// stretchWords names the service principals and the time of a stretch.
func (p RiskySignInsPage) stretchWords(s *ask.RiskyStretch) string {
	who := Count(int64(len(s.Principals)), "service principal", "service principals")
	if len(s.Principals) == 1 {
		who = s.Principals[0]
		for _, row := range p.Rows() {
			if name := row.SignIn().ServicePrincipalName; name != "" && strings.EqualFold(row.SignIn().ServicePrincipalID, who) {
				who = name
				break
			}
		}
	}
	words := "Near a detection: " + who + ", " + p.Shell.Zone.Minute(s.Range.From) + " to " + p.Shell.Zone.Minute(s.Range.To)
	if s.Keys != nil {
		words += ", " + Count(int64(len(s.Keys)), "key", "keys")
	}
	return words
}

// without says which ways into the log are missing; empty where none is.
func (p RiskySignInsPage) withoutWays() string {
	if !p.Asked.Principals || p.number().Total.N == 0 {
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
	var all int64
	for _, s := range p.Principals.Stretches {
		all += s.Total.N
	}
	if p.Asked.Why != ask.RiskyNearOne && named < p.Principals.Named.N || p.Asked.Why != ask.RiskyByDetection && near < all {
		return "The log has no filter for the whole list: these links lead to parts of it. The files have all of it."
	}
	return ""
}
