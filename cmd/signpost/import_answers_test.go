package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// portalRows is a file of the Entra admin center with one sign-in of a date.
func portalRows(date string) string {
	return "Date (UTC),Request ID,Username,Application,IP address,Status,Sign-in error code\n" +
		date + ",6d7d1a4f-0000-4000-8000-000000000001,ada@example.com,Portal,192.0.2.1,Success,0\n"
}

func TestImportAnswers(t *testing.T) {
	const day, open = "2026-11-28T08:00:00Z", "3/11/2026, 8:00:00 AM"
	const analytics = "TimeGenerated [Local Time],Category,CorrelationId,Identity,UserPrincipalName,AppDisplayName,IPAddress,ResultType,Id\n" +
		"2026-11-28T08:00:00,SignInLogs,c,Ada,ada@example.com,Portal,192.0.2.1,0,6d7d1a4f-0000-4000-8000-000000000002\n"
	for _, test := range []struct {
		name, file, content string
		cmd                 ImportCmd
		code                int
		out, err            string
	}{
		{name: "no log", file: "export.csv", content: portalRows(day), code: exitRejected, out: "does not say of which log", err: "1 file left out until a question is answered: --log"},
		{name: "log", file: "export.csv", content: portalRows(day), cmd: ImportCmd{Log: "noninteractive"}, out: "User sign-ins (non-interactive): 1"},
		{name: "the name tells", file: "InteractiveSignIns_2026-11-28_2026-11-28 (1).csv", content: portalRows(day), out: "User sign-ins (interactive): 1"},
		{
			name: "the name wins", file: "InteractiveSignIns_2026-11-28_2026-11-28.csv", content: portalRows(day), cmd: ImportCmd{Log: "noninteractive"},
			out: `The file's name tells the log "User sign-ins (interactive)", so the answer "User sign-ins (non-interactive)" does not count for it.`,
		},
		{name: "no order", file: "InteractiveSignIns.csv", content: portalRows(`"` + open + `"`), code: exitRejected, out: "--dates dmy", err: "answered: --dates"},
		{name: "order", file: "InteractiveSignIns.csv", content: portalRows(`"` + open + `"`), cmd: ImportCmd{Dates: "dmy"}, out: "User sign-ins (interactive): 1"},
		{name: "no zone", file: "query.csv", content: analytics, code: exitRejected, out: "--zone", err: "answered: --zone"},
		{name: "zone", file: "query.csv", content: analytics, cmd: ImportCmd{Zone: "+02:00"}, out: "User sign-ins (interactive): 1"},
		{name: "bad log", file: "export.csv", content: portalRows(day), cmd: ImportCmd{Log: "audit"}, code: exitUsage, err: "interactive, noninteractive, serviceprincipal, managedidentity"},
		{name: "bad order", file: "export.csv", content: portalRows(day), cmd: ImportCmd{Dates: "ymd"}, code: exitUsage, err: "dmy"},
		{name: "bad zone", file: "export.csv", content: portalRows(day), cmd: ImportCmd{Zone: "CEST+2"}, code: exitUsage, err: "Europe/Zurich"},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), test.file)
			if err := os.WriteFile(path, []byte(test.content), 0o600); err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			test.cmd.Paths = []string{path}
			err := test.cmd.Run(t.Context(), seen{}.open, Streams{Out: &out, Err: io.Discard})
			code := codeOf(err)
			if errors.As(err, new(usageError)) {
				code = exitUsage
			}
			if code != test.code {
				t.Errorf("got exit code %d (%v), want %d", code, err, test.code)
			}
			if text := fmt.Sprint(err); !strings.Contains(text, test.err) {
				t.Errorf("got error %q, want %q in it", text, test.err)
			}
			if !strings.Contains(out.String(), test.out) {
				t.Errorf("got output\n%s\nwant %q in it", out.String(), test.out)
			}
		})
	}
}
