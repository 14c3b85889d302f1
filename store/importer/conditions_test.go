package importer

import (
	"encoding/json"
	"maps"
	"os"
	"strings"
	"testing"

	"signpost/store"
)

// TestConditionsOfFixtures: the numbers of real Azure Monitor exports are read as Graph's words. Entra looks at the
// conditions of a policy up to the first one that does not match.
func TestConditionsOfFixtures(t *testing.T) {
	seen := map[string]bool{}
	for _, name := range []string{"sign_in_logs.json", "non_interactive_user_sign_in_logs.json"} {
		file, err := os.Open(fixture(t, "DataDog_azure-log-forwarding-orchestration/"+name))
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		for docs := json.NewDecoder(file); docs.More(); {
			var doc json.RawMessage
			if err := docs.Decode(&doc); err != nil {
				t.Fatal(err)
			}
			s, err := Decoder(signInsOnly)("", doc)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			for _, p := range s.(*store.SignIn).AppliedConditionalAccessPolicies {
				seen[strings.Join(p.ConditionsSatisfied, "+")+"/"+strings.Join(p.ConditionsNotSatisfied, "+")] = true
			}
		}
	}
	if want := map[string]bool{"/": true, "application/users": true}; !maps.Equal(seen, want) {
		t.Errorf("conditions are %v, want %v", seen, want)
	}
}
