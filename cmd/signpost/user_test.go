package main

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"

	"signpost/auth"
	"signpost/store/portal"
)

// user runs `signpost user` with these arguments and this standard input, and gives its output.
func user(t *testing.T, input string, args ...string) (string, error) {
	t.Helper()
	var commands struct {
		User UserCmd `cmd:""`
	}
	parser, err := kong.New(&commands, kong.DefaultEnvars("SIGNPOST"))
	if err != nil {
		t.Fatal(err)
	}
	command, err := parser.Parse(append([]string{"user"}, args...))
	if err != nil {
		return "", usageError{err}
	}
	folder := t.TempDir()
	in, out := filepath.Join(folder, "in"), filepath.Join(folder, "out")
	if err := os.WriteFile(in, []byte(input), 0o600); err != nil {
		t.Fatal(err)
	}
	stdin, stdout := os.Stdin, os.Stdout
	defer func() { os.Stdin, os.Stdout = stdin, stdout }()
	if os.Stdin, err = os.Open(in); err != nil {
		t.Fatal(err)
	}
	defer os.Stdin.Close()
	if os.Stdout, err = os.Create(out); err != nil {
		t.Fatal(err)
	}
	defer os.Stdout.Close()
	failure := command.Run()
	printed, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return string(printed), failure
}

func TestUserCommands(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	t.Setenv("SIGNPOST_DATA", data)
	const password = "correct horse battery"
	for _, step := range []struct {
		input string
		args  string
		want  string // part of the error; empty for none
		usage bool
	}{
		{"", "list", "there are no accounts in", false},
		{password + "\n", "add ada --role root --password-stdin", "is not a role", true},
		{password + "\n", "add ada --password-stdin", "--role", true},
		{password + "\n", "add ada --role user", "--password-stdin", true},
		{"short\n", "add ada --role user --password-stdin", "at least 10 characters", false},
		{"", "add ada --role user --password-stdin", "at least 10 characters", false},
		{password + "\r\nsecond line\n", "add ada --role global-administrator --password-stdin", "", false},
		{password, "add Grace --role user --role reports-reader --upn grace@example.com --user-id 42 --password-stdin", "", false},
		{password, "add ADA --role user --password-stdin", "already an account", false},
		{"", "disable ada", "last enabled Global Administrator", false},
		{"", "remove ada", "last enabled Global Administrator", false},
		{"", "set-role ada --role user", "last enabled Global Administrator", false},
		{"", "set-role grace --role global-administrator", "", false},
		{"", "disable ada", "", false},
		{"", "enable ada", "", false},
		{"", "disable ada", "", false},
		{"", "enable nobody", "no account of that name", false},
		{"", "disable nobody", "no account of that name", false},
		{"another password\n", "set-password grace --password-stdin", "", false},
		{"", "remove grace", "last enabled Global Administrator", false},
		{password, "add hedda --role reports-reader --password-stdin", "", false},
		{"", "set-scope hedda --group G1 --group g2 --app A", "", false},
		{"", "set-scope grace --group g1", "administrator cannot be limited", false},
		{"", "set-scope nobody", "no account of that name", false},
		{"", "set-role hedda --role security-administrator", "administrator cannot be limited", false},
	} {
		_, err := user(t, step.input, strings.Fields(step.args)...)
		var usage usageError
		switch {
		case step.want == "" && err != nil:
			t.Errorf("user %s: got %v, want no error", step.args, err)
		case step.want != "" && (err == nil || !strings.Contains(err.Error(), step.want) || strings.Contains(err.Error(), "\n")):
			t.Errorf("user %s: got %v, want one line with %q", step.args, err, step.want)
		case errors.As(err, &usage) != step.usage:
			t.Errorf("user %s: got wrong usage %v, want %v", step.args, !step.usage, step.usage)
		}
	}

	portal, err := portal.Open(t.Context(), data)
	if err != nil {
		t.Fatal(err)
	}
	defer portal.Close()
	accounts := auth.NewAccounts(portal, time.Now, false)
	for _, test := range []struct {
		name, password string
		want           error
	}{
		{"ada", password, auth.ErrDisabled}, // without its line end
		{"grace", "another password", nil},
		{"grace", password, auth.ErrWrongPassword},
		{"hedda", password, nil},
	} {
		if _, err := accounts.SignIn(t.Context(), test.name, test.password); !errors.Is(err, test.want) {
			t.Errorf("%s signs in: got %v, want %v", test.name, err, test.want)
		}
	}
	hedda, err := portal.AccountByName(t.Context(), "hedda")
	if want := (auth.Scope{Groups: []string{"g1", "g2"}, Apps: []string{"a"}}); err != nil || !hedda.Scope.Equal(want) {
		t.Errorf("hedda's scope: %v, %v, want %v", hedda.Scope, err, want)
	}
	if list, err := user(t, "", "list", "--json"); err != nil || !strings.Contains(list, `"g2"`) || strings.Count(list, `"scope"`) != 1 {
		t.Errorf("the list tells of scopes: %v, %s", err, list)
	}
}

func TestUserList(t *testing.T) {
	t.Setenv("SIGNPOST_DATA", t.TempDir())
	for _, args := range []string{
		"add grace --role user --role reports-reader --upn grace@example.com --user-id 42 --password-stdin",
		"add ada --role global-administrator --password-stdin", "add bob --role user --password-stdin", "disable bob",
		"add zoe --role user --upn zoe@example.com --password-stdin", "add yan --role user --upn yan@example.com --password-stdin", "set-user-id yan 43",
	} {
		if _, err := user(t, "correct horse battery\n", strings.Fields(args)...); err != nil {
			t.Fatal(err)
		}
	}
	printed, err := user(t, "", "list")
	if err != nil {
		t.Fatal(err)
	}
	var got [][]string
	for line := range strings.Lines(printed) {
		got = append(got, strings.Fields(line))
	}
	for i, want := range []string{"NAME ROLES UPN", "ada global-administrator - - enabled", "bob user - - disabled", "grace reports-reader,user grace@example.com 42 enabled", "yan user yan@example.com 43 enabled", "zoe user zoe@example.com needed enabled"} {
		if i >= len(got) || !strings.HasPrefix(strings.Join(got[i], " "), want) {
			t.Errorf("line %d of\n%s\nwant %q", i, printed, want)
		}
	}

	printed, err = user(t, "", "list", "--json")
	if err != nil {
		t.Fatal(err)
	}
	var list []map[string]any
	if err := json.Unmarshal([]byte(printed), &list); err != nil || len(list) != 5 {
		t.Fatalf("--json: got %v, %s, want five accounts", err, printed)
	}
	for key, want := range map[string]any{"name": "grace", "upn": "grace@example.com", "user_id": "42", "user_id_from": "given", "needs_user_id": false, "disabled": false} {
		if got := list[2][key]; got != want {
			t.Errorf("--json %s: got %v, want %v", key, got, want)
		}
	}
	if zoe := list[4]; zoe["needs_user_id"] != true || zoe["user_id"] != "" || zoe["user_id_from"] != "" {
		t.Errorf("--json: an account of a name alone is %v", zoe)
	}
	if _, err := user(t, "", "set-user-id", "zoe", "00000000-0000-0000-0000-000000000000"); err == nil || !strings.Contains(err.Error(), "No user has this ID") {
		t.Errorf("the ID of nobody: %v", err)
	}
	if strings.Contains(printed, "argon2") {
		t.Error("--json prints password hashes")
	}
}
