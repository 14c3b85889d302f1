package web

import (
	"strings"
	"testing"
)

// A number that a condition does not narrow says so next to it: the total, the totals of the other logs, the downloads.
func TestPagesSayWhatIsSetAside(t *testing.T) {
	p := newPortal(t, newFakeStore(interactiveSignIn(1, at("12:00:00")), principalSignIn(2, at("12:00:00")), identitySignIn(3, at("12:00:00"))), admin)
	a := p.get("/logs/serviceprincipal?user=ada-id&os=Linux&os.not=Windows&status=success")
	const want = "Not used here, because sign-ins of this log have no such field: Operating system, User"
	if got := squeeze(a.hook("set-aside").Text()); got != want {
		t.Errorf("beside the total: %q, want %q", got, want)
	}
	if got := squeeze(a.hook("download").Text()); !strings.Contains(got, want+".") || !strings.Contains(got, "(not used here: Service principal: Operating system, User; Managed identity: Operating system, User)") {
		t.Errorf("the downloads say %q", got)
	}
	for log, want := range map[string]string{
		"interactive": "", "noninteractive": "", "serviceprincipal": ", not narrowed by Operating system, User", "managedidentity": ", not narrowed by Operating system, User",
	} {
		if got := squeeze(a.hook("tab-" + log).Find(".hidden").Text()); got != want {
			t.Errorf("the tab of %s says %q, want %q", log, got, want)
		}
	}
	whole := p.get("/logs/interactive?user=ada-id&status=success")
	if whole.hook("set-aside").Length() != 0 || strings.Contains(whole.hook("download").Text(), "Not used here") {
		t.Error("a list says that something is set aside where nothing is")
	}
}
