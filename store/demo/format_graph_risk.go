package demo

import (
	"bufio"
	"context"
	"slices"
)

// graphRiskSets are the sets of Graph that have risk, each with its file. Graph's v1.0 has no agents.
var graphRiskSets = []struct {
	kind   int
	name   string
	isBeta bool
}{
	{riskUserEvents, "riskDetections", false},
	{riskyUsers, "riskyUsers", false},
	{riskPrincipalEvents, "servicePrincipalRiskDetections", false},
	{riskyPrincipals, "riskyServicePrincipals", false},
	{riskAgentEvents, "agentRiskDetections", true},
	{riskyAgents, "riskyAgents", true},
}

// monitorOnly are members of detections that Azure Monitor alone has, and betaRisk those that v1.0 lacks.
var (
	monitorOnly = []string{"resourceTenantId", "homeTenantId", "userType", "crossTenantAccessType"}
	betaRisk    = []string{"riskType", "mitreTechniqueId"}
)

// graphRisk writes what Graph answers about risk at the end of the tenant's range: each detection in its latest state, and risky users
// with their history.
func graphRisk(version string) func(ctx context.Context, t *Tenant, o *output) error {
	return func(ctx context.Context, t *Tenant, o *output) error {
		latest, order, history := [riskCount]map[string]object{}, [riskCount][]string{}, map[string][]any{}
		err := t.eachRisk(ctx, func(r *riskRecord) error {
			told := graphRiskObject(r, version)
			if r.kind == riskyUserHistory {
				history[r.id] = append(history[r.id], told)
				return nil
			}
			if latest[r.kind] == nil {
				latest[r.kind] = map[string]object{}
			}
			if latest[r.kind][r.id] == nil {
				order[r.kind] = append(order[r.kind], r.id)
			}
			latest[r.kind][r.id] = told
			return nil
		})
		if err != nil {
			return err
		}
		for _, set := range graphRiskSets {
			if set.isBeta && version != "beta" {
				continue
			}
			f, err := o.create(set.name + ".json")
			if err != nil {
				return err
			}
			list := make([]object, 0, len(order[set.kind]))
			for _, id := range order[set.kind] {
				told := latest[set.kind][id]
				if set.kind == riskyUsers {
					told = append(told, member{"history", history[id]})
				}
				list = append(list, told)
			}
			if err := writeGraphRisk(f.Writer, version, set.name, list); err != nil {
				return err
			}
		}
		return nil
	}
}

func writeGraphRisk(f *bufio.Writer, version, set string, list []object) error {
	_, err := f.WriteString(`{"@odata.context":"https://graph.microsoft.com/` + version + `/$metadata#identityProtection/` + set + `","value":[`)
	for i, told := range list {
		start := ",\n"
		if i == 0 {
			start = "\n"
		}
		if err == nil {
			_, err = f.Write(appendJSON([]byte(start), told))
		}
	}
	if err == nil {
		_, err = f.WriteString("\n]}\n")
	}
	return err
}

// graphRiskObject is a record as Graph has it.
func graphRiskObject(r *riskRecord, version string) object {
	var told object
	for _, m := range r.properties {
		switch {
		case slices.Contains(monitorOnly, m.name), version != "beta" && slices.Contains(betaRisk, m.name):
			continue
		case m.name == "activityDateTime":
			m.value = riskTime(r.of)
		}
		told = append(told, m)
	}
	return told
}
