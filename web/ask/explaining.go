package ask

import (
	"signpost/store"
	"signpost/store/audit"
)

// Explaining describes the audit records that can explain an error of a sign-in.
type Explaining struct {
	// About is their subject, in words for the middle of a sentence.
	About  string
	Filter store.Filter
	// byUser says that their target is the sign-in's user, not its application.
	byUser bool
}

// accessPolicies are the subject of records that concern everybody.
const accessPolicies = "Conditional Access policies"

// explaining lists the audit records by the code that they explain. The conditions of each filter are alternatives.
var explaining = func() map[int64]Explaining {
	activity := func(texts ...string) (f store.Filter) {
		for _, text := range texts {
			f = f.With(audit.ActivityField, store.OpHas, text)
		}
		return f
	}
	byCode := map[int64]Explaining{}
	for _, one := range []struct {
		Explaining
		codes []int64
	}{
		{
			Explaining{About: "consent and permissions", Filter: activity("consent", "delegated permission grant", "app role assignment")},
			[]int64{65001, 65002, 65004, 65005, 90008, 90092, 90093, 90094, 90095, 90097, 650051, 650052, 650053, 650056, 650057},
		},
		{Explaining{About: "assignments to the application", Filter: activity("app role assignment", "Add service principal", "Update service principal")}, []int64{50105, 50177, 501051}},
		{
			Explaining{About: "secrets and certificates", Filter: activity("certificates and secrets", "credentials")},
			[]int64{700016, 700023, 700024, 700027, 700030, 7000211, 7000212, 7000213, 7000214, 7000215, 7000216, 7000217, 7000218, 7000222, 7000229},
		},
		{Explaining{About: "the application's registration", Filter: activity("Update application", "Delete application")}, []int64{50011, 500011, 500113, 7000112}},
		{Explaining{About: "the account", Filter: activity("account", "Delete user", "Update user", "Restore user"), byUser: true}, []int64{50034, 50057, 51004}},
		{Explaining{About: "the password", Filter: activity("password"), byUser: true}, []int64{50055, 50056, 50126, 50144}},
		{Explaining{About: "authentication methods", Filter: activity("security info", "strong authentication", "authentication method"), byUser: true}, []int64{50072, 50074, 50076, 50079, 500121}},
		{Explaining{About: accessPolicies, Filter: activity("conditional access policy", "named location", "security defaults")}, []int64{50097, 53000, 53001, 53002, 53003, 53009, 530002, 530003}},
	} {
		for _, code := range one.codes {
			byCode[code] = one.Explaining
		}
	}
	return byCode
}()

// ExplainedBy gives the audit records that can explain an error code; ok is false for a code that none explains.
func ExplainedBy(code int64) (e Explaining, ok bool) {
	e, ok = explaining[code]
	return e, ok
}

// Of narrows them to the records about the sign-in's user or application. Policies concern everybody.
func (e Explaining) Of(s *store.SignIn) store.Filter {
	targets := []string{s.AppDisplayName, s.ServicePrincipalID}
	switch {
	case e.byUser:
		targets = []string{s.UserID}
	case e.About == accessPolicies:
		return e.Filter
	}
	f := e.Filter
	for _, target := range targets {
		if target != "" {
			f = f.With(audit.TargetField, store.OpIs, target)
		}
	}
	return f
}
