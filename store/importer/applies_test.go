package importer

import (
	"slices"
	"testing"

	"signpost/store"
)

// staysInRaw are properties that real records of a log carry without a meaning there. A managed identity comes from no
// address and has no policies, and the sign-in of a user is no service principal's.
var staysInRaw = map[store.Log][]*store.Property{
	store.ManagedIdentity: {store.IPAddress, store.ConditionalAccessStatus, store.PolicySet, store.PolicyResultSet},
	store.Interactive:     {store.ServicePrincipalID},
	store.NonInteractive:  {store.ServicePrincipalID},
}

// Every value in the real records of a log can be filtered by there. A condition on a field that does not apply to the log is
// set aside, and nobody would learn of the value.
func TestFieldsApplyToTheLogsWhoseRecordsCarryThem(t *testing.T) {
	w := newFakeWriter()
	if _, err := New(w, Options{}).Paths(t.Context(), fixture(t, "")); err != nil {
		t.Fatal(err)
	}
	looked, told := map[store.Log]int{}, map[string]bool{}
	for _, versions := range w.rows {
		for _, v := range versions {
			s := v.SignIn()
			looked[s.Log]++
			info, _ := store.SignIns.Log(s.Log)
			for _, f := range store.SignIns.Fields() {
				carried := slices.ContainsFunc(f.Properties, func(p *store.Property) bool {
					alone := &store.Field{Properties: []*store.Property{p}}
					return !alone.IsEmptyIn(s) && !slices.Contains(staysInRaw[s.Log], p)
				})
				if name := f.Name + " " + string(s.Log); carried && !f.AppliesTo(info) && !told[name] {
					told[name] = true
					t.Errorf("%s is said not to apply to the log %s, and a record has %q: %s", f.Name, s.Log, f.EventValues(s), s.ID)
				}
			}
		}
	}
	for _, info := range store.SignIns.Logs {
		if looked[info.Log] < 5 {
			t.Errorf("%d records of the log %s", looked[info.Log], info.Log)
		}
	}
}
