package ask

import (
	"errors"
	"strings"
	"testing"
	"time"

	"signpost/store"
)

// What is asked about an application by its name counts what it did by itself, too: those sign-ins have its ID alone.
func TestRemovalOfANamedApplication(t *testing.T) {
	workload := func(app, n int) store.SignIn {
		s := to(app, 0, signIn(n, 0))
		s.Log, s.AppDisplayName, s.UserID, s.UserPrincipalName, s.UserDisplayName = store.ServicePrincipal, "", "", "", ""
		s.ServicePrincipalID, s.ServicePrincipalName = testID(5000+app), "worker"
		return s
	}
	h := holding(t, to(1, 0, signIn(1, 0)), workload(1, 2), workload(2, 3), workload(3, 4))
	h.put(t, created(2, noon))
	for _, tt := range []struct {
		value string
		want  int64
		says  string
	}{
		{"app 1", 2, ""}, // known by the logs of users
		{"App 2", 1, ""}, // known by the directory
		{"Worker", 4, ""},
		{testID(3001), 2, ""},
		{"App 9", 0, "Give the application ID."},
	} {
		q := &InsightQuery{Range: day, Now: noon.Add(time.Hour), Location: time.UTC, Thing: removalThings[0], Value: tt.value, List: Removal.Lists[0], Sort: NumberUses, Limit: 10}
		s, err := summariseRemoval(t.Context(), h.Reader, q)
		_, listErr := q.List.Ask(t.Context(), h.Reader, q)
		if tt.says != "" {
			var bad store.BadParam
			if !errors.As(err, &bad) || !strings.Contains(bad.Problem, tt.says) || !errors.As(listErr, &bad) {
				t.Errorf("%s: %v and %v", tt.value, err, listErr)
			}
			continue
		}
		if err != nil || listErr != nil || s.Metrics[0].N != tt.want {
			t.Errorf("%s: %v and %v, %+v, want %d sign-ins", tt.value, err, listErr, s, tt.want)
		}
	}
}
