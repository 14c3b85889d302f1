package main

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"unicode"
)

// hostileNames would break a line, hide a part of it or imitate another event if they were written unescaped.
var hostileNames = []string{
	"line\nbreak", "carriage\rreturn", "nul\x00", "escape\x1b[31m", "delete\x7f", "csi\u009b31m", "next\u0085line",
	"line\u2028separator", "paragraph\u2029separator", "bidi\u202egnp.exe", "zero\u200bwidth", "mark\ufeff", "tag\U000e0041",
	"not \xff utf-8", `quote","msg":"sign-in failed","address":"203.0.113.66","reason":"wrong password`,
	"\"}\n{\"time\":\"2026-11-23T09:00:00Z\",\"level\":\"WARN\",\"msg\":\"sign-in failed\",\"address\":\"203.0.113.66\",\"reason\":\"wrong password\"}",
}

// A name of any text makes one line of the log, which has the name and shows all of it.
func TestANameCannotForgeALine(t *testing.T) {
	for _, name := range hostileNames {
		checkLine(t, name)
	}
}

func FuzzLogLine(f *testing.F) {
	for _, name := range hostileNames {
		f.Add(name)
	}
	f.Fuzz(checkLine)
}

func checkLine(t *testing.T, name string) {
	t.Helper()
	var out bytes.Buffer
	newLog(&out, slog.LevelInfo).Info("signed in", "account", name)
	line, rest, ended := strings.Cut(out.String(), "\n")
	if !ended || rest != "" || strings.ContainsFunc(line, func(r rune) bool {
		return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
	}) {
		t.Errorf("%q: got %q, want one line that shows all of it", name, out.String())
	}
	var got struct{ Msg, Account string }
	if err := json.Unmarshal([]byte(line), &got); err != nil || got.Msg != "signed in" || got.Account != strings.ToValidUTF8(name, "\ufffd") {
		if strings.ToValidUTF8(name, "") == name || err != nil { // each invalid byte has a mark of its own
			t.Errorf("%q: got %+v, %v", name, got, err)
		}
	}
}
