package main

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Who looks is seen by administrators at the next page, and by nobody else. A head that serve logged tells of a log that was cut
// off, also where the head in portal.db is gone with it.
func TestServeKeepsAnAccessLog(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	addPerson(t, data, "ada", "security-administrator")
	addPerson(t, data, "grace", "global-reader")
	if status, _, complaint := signpost(t, "import", "--data", data, smallExport(t)); status != 0 {
		t.Fatal(complaint)
	}
	p := serve(t, data)
	ada, grace := p.signIn("ada"), p.signIn("grace")
	if status, _ := grace.get("/logs/interactive?range=30d&city=Oslo"); status != http.StatusOK {
		t.Fatal(status)
	}
	for _, path := range []string{"/logs/access", "/logs/access/export.csv", "/logs/access/follow", "/logs/access/0b5a5f0e-6f4c-4a53-9a1e-0c6de0f2a009"} {
		if status := grace.status(path); status != http.StatusForbidden {
			t.Errorf("%s for a reader: %d", path, status)
		}
	}
	now := time.Now().UTC() // a relative range ends at the last whole minute
	between := "from=" + now.Add(-time.Hour).Format(time.RFC3339) + "&to=" + now.Add(time.Hour).Format(time.RFC3339)
	status, body := ada.get("/logs/access?account=grace&action=list&" + between)
	if status != http.StatusOK || strings.Count(body, `data-testid="row"`) != 1 || !strings.Contains(body, "Read rows of a log") {
		t.Errorf("the access log for an administrator: %d\n%s", status, body)
	}
	if status, body := ada.get("/logs/access/export.csv?" + between); status != http.StatusOK || !strings.Contains(body, "grace") {
		t.Errorf("its download: %d, %s", status, body)
	}
	p.kill()
	status, out, _ := signpost(t, "check", "--data", data)
	if status != 0 || !strings.Contains(out, "was not closed when Signpost ended") {
		t.Errorf("after a kill: %d, %s", status, out)
	}

	p = serve(t, data)
	p.says("access log head")
	logged := events(t, p.log.String(), "access log head")
	if len(logged) != 1 || logged[0]["at"] != "start" {
		t.Fatalf("logged is %v", logged)
	}
	head := strconv.FormatFloat(logged[0]["number"].(float64), 'f', 0, 64) + ":" + logged[0]["hash"].(string)
	if p.signIn("ada"); p.stop() != 0 {
		t.Errorf("serve ended with %d", p.code())
	}
	status, out, _ = signpost(t, "check", "--data", data, "--access-head", head)
	if status != 0 || strings.Contains(out, "was not closed") || !strings.Contains(out, "its head is ") {
		t.Errorf("after a stop: %d, %s", status, out)
	}
	if logged := events(t, p.log.String(), "access log head"); len(logged) != 2 || logged[1]["at"] != "stop" || !strings.Contains(out, logged[1]["hash"].(string)) {
		t.Errorf("logged is %v", logged)
	}
	inFile(t, data, "access.db", "DELETE FROM records WHERE number > 3")
	inFile(t, data, "portal.db", "DELETE FROM access_head")
	if status, out, _ = signpost(t, "check", "--data", data, "--access-head", head); status != exitFailed || !strings.Contains(out, "cut off at the end") {
		t.Errorf("cut: %d, %s", status, out)
	}
}
