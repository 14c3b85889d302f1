package web

import (
	"net/http"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"signpost/store/demo"
	"signpost/store/importer"
	"signpost/store/kinds"
	"signpost/store/storetest"
)

// Nobody can tell from the time of an answer whether somebody else's sign-in exists. An answer about an unknown ID takes
// as long. A test of the engine checks without a clock that both answers read the same.
func TestTimeOfAnothersSignIn(t *testing.T) {
	if !soak {
		t.Skip("clocks are for the soak: SIGNPOST_SOAK=1")
	}
	const unknown = "f47ac10b-58cc-4372-a567-0e02b2c3d479"
	folder := storetest.UnpackFolder(t, filepath.Join("..", "store", "sqlite", "testdata", "schema-8.tar.gz"))
	h := newHouseIn(t, folder, importer.Decoder(kinds.Catalog), nil)
	h.now = time.Date(2026, 11, 23, 14, 5, 0, 0, time.UTC)
	people := demo.Accounts()
	reader, user := h.visitor(), h.visitor()
	reader.signIn(people[0].Name)
	user.signIn(people[len(people)-1].Name)
	others := reader.linked("/logs/noninteractive?from=2026-11-20T00:00:00Z&to=2026-11-23T14:00:00Z", `"/logs/noninteractive/([0-9a-f-]{36})[?"]`, 20)
	const rounds = 3000
	var another, none []time.Duration
	ask := func(id string) time.Duration {
		began := time.Now()
		if r := user.get("/me/" + id); r.StatusCode != http.StatusNotFound {
			t.Fatalf("/me/%s: %d", id, r.StatusCode)
		}
		return time.Since(began)
	}
	for i := range rounds {
		another = append(another, ask(others[i%len(others)]))
		none = append(none, ask(unknown[:len(unknown)-2]+[]string{"79", "80", "81", "82"}[i%4]))
	}
	slices.Sort(another)
	slices.Sort(none)
	a, n := another[rounds/2], none[rounds/2]
	t.Logf("the median of another's is %v, of none %v", a, n)
	if difference := (a - n).Abs(); difference > n/20 {
		t.Errorf("they differ by %v", difference)
	}
}
