package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// failRegex reads the fail2ban expression from the README.
func failRegex(t *testing.T) *regexp.Regexp {
	t.Helper()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	line := regexp.MustCompile(`(?m)^failregex = (.*)$`).FindSubmatch(readme)
	if line == nil {
		t.Fatal("README gives no failregex")
	}
	return regexp.MustCompile(strings.Replace(string(line[1]), "<HOST>", `([0-9A-Fa-f:.]+)`, 1))
}

// The line of a failed sign-in is fixed, because filters against guessing read it. The test has its text but for
// time and request.
func TestTheLineOfAFailedSignIn(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	s := serve(t, data, "--trusted-proxy", "127.0.0.1/32")
	visitor := s.visitor()
	post := func(address, path string, form url.Values) int {
		t.Helper()
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+path, strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		request.Header.Set("X-Forwarded-For", address)
		response, err := visitor.client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		return response.StatusCode
	}
	signIn := func(address, name, password string) int {
		t.Helper()
		return post(address, "/signin", url.Values{"name": {name}, "password": {password}})
	}
	post("198.51.100.1", "/setup", url.Values{"code": {"AAAA-AAAA-AAAA-AAAA"}, "name": {"eve"}, "password": {servedPassword}, "repeat": {servedPassword}})
	addPerson(t, data, "Ada", "user")
	addPerson(t, data, "gone", "user")
	addPerson(t, data, "root", "global-administrator")
	if code, _, complaint := signpost(t, "user", "disable", "gone", "--data", data); code != 0 {
		t.Fatal(complaint)
	}
	signIn("198.51.100.2", "ada", "wrong password")
	signIn("2001:db8::7", "my secret password", "ada")
	signIn("198.51.100.3", "gone", servedPassword)
	looked := 0
	for signIn("198.51.100.4", "nobody", "x") != http.StatusTooManyRequests { // after ten failures, or some more on a slow machine
		looked++
	}
	for _, name := range hostileNames {
		signIn("198.51.100.5", name, "x")
	}
	signIn("198.51.100.6", "ada", servedPassword)

	var want []string
	for _, line := range []string{
		`"address":"198.51.100.1","reason":"wrong setup code"`,
		`"address":"198.51.100.2","reason":"wrong password","account":"Ada"`,
		`"address":"2001:db8::7","reason":"no such account"`,
		`"address":"198.51.100.3","reason":"account disabled","account":"gone"`,
		strings.Repeat(`"address":"198.51.100.4","reason":"no such account"`+"\n", looked),
		`"address":"198.51.100.4","reason":"too many attempts"`,
		strings.Repeat(`"address":"198.51.100.5","reason":"no such account"`+"\n", len(hostileNames)),
	} {
		for one := range strings.Lines(line) {
			want = append(want, `{"time":"T","level":"WARN","msg":"sign-in failed",`+strings.TrimSuffix(one, "\n")+`,"id":"I"}`)
		}
	}
	s.signal(syscall.SIGTERM)
	s.code()
	var got []string
	isFailure, fail2ban := regexp.MustCompile(`"msg":"sign-in failed"`), failRegex(t)
	variable := regexp.MustCompile(`("time":")[^"]+|("id":")[^"]+`)
	for line := range strings.Lines(s.log.String()) {
		line = strings.TrimSuffix(line, "\n")
		matched := fail2ban.FindStringSubmatch(line)
		if (matched != nil) != isFailure.MatchString(line) {
			t.Errorf("the filter of README matches %t: %s", matched != nil, line)
		}
		if matched == nil {
			continue
		}
		got = append(got, strings.NewReplacer(`"time":""`, `"time":"T"`, `"id":""`, `"id":"I"`).Replace(variable.ReplaceAllString(line, "${1}${2}")))
		if !strings.Contains(line, `"address":"`+matched[1]+`"`) {
			t.Errorf("the filter finds the address %q in %s", matched[1], line)
		}
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if list := events(t, s.log.String(), "signed in"); len(list) != 1 || list[0]["account"] != "Ada" || list[0]["address"] != "198.51.100.6" {
		t.Errorf("signed in: got %v", list)
	}
}

// Every change of accounts is in the log with its author, from pages and from commands. No secret is in it.
func TestEventsOfAccounts(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	s := serve(t, data)
	s.says("setup code") // serve prints its address on another stream
	setup := regexp.MustCompile(`setup code (\S+)`).FindStringSubmatch(s.log.String())
	if setup == nil {
		t.Fatalf("no setup code: %s", s.log)
	}
	root := s.visitor()
	secrets := []string{servedPassword, "another horse battery", "a third horse battery"}
	post := func(path string, status int, pairs ...string) {
		t.Helper()
		form := url.Values{}
		for i := 0; i < len(pairs); i += 2 {
			form.Add(pairs[i], pairs[i+1])
		}
		if got, text := root.post(path, form); got != status {
			t.Fatalf("%s: got %d: %s", path, got, text)
		}
	}
	post("/setup", http.StatusSeeOther, "code", setup[1], "name", "root", "password", secrets[0], "repeat", secrets[0])
	post("/settings/people/new", http.StatusSeeOther, "name", "ada", "role", "user", "password", secrets[0], "repeat", secrets[0])
	_, page := root.get("/settings/people")
	ada := regexp.MustCompile(`href="(/settings/people/[0-9]+)"[^>]*>ada<`).FindStringSubmatch(page)
	if ada == nil {
		t.Fatalf("ada is not on the page: %s", page)
	}
	post(ada[1], http.StatusSeeOther, "role", "user", "role", "reports-reader")
	post(ada[1], http.StatusSeeOther, "role", "user", "role", "reports-reader") // changes nothing
	post(ada[1], http.StatusSeeOther, "role", "reports-reader", "role", "user", "upn", "ada@example.com")
	post(ada[1]+"/password", http.StatusSeeOther, "password", secrets[1], "repeat", secrets[1])
	post(ada[1]+"/disable", http.StatusSeeOther)
	post(ada[1]+"/enable", http.StatusSeeOther)
	post(ada[1]+"/remove", http.StatusSeeOther)
	post("/settings/account/password", http.StatusSeeOther, "present", secrets[0], "password", secrets[2], "repeat", secrets[2])

	s.says(`"msg":"password changed","account":"root"`) // the last administrator
	var got []string
	for line := range strings.Lines(s.log.String()) {
		got = append(got, accountEvent(t, line)...)
	}
	checkEvents(t, "pages", got, []string{
		`account added account=root roles=[global-administrator] address=127.0.0.1`,
		`signed in account=root address=127.0.0.1`,
		`account added account=ada roles=[user] by=root address=127.0.0.1`,
		`roles changed account=ada from=[user] to=[reports-reader user] by=root address=127.0.0.1`,
		`identity changed account=ada from_upn= to_upn=ada@example.com from_user_id= to_user_id= by=root address=127.0.0.1`,
		`password changed account=ada by=root address=127.0.0.1`,
		`account disabled account=ada by=root address=127.0.0.1`,
		`account enabled account=ada by=root address=127.0.0.1`,
		`account removed account=ada by=root address=127.0.0.1`,
		`password changed account=root by=root address=127.0.0.1`,
	})

	who := onCommandLine().Name
	var commands string
	for _, args := range []string{
		"add bob --role user --password-stdin", "set-role BOB --role global-reader", "set-password bob --password-stdin", "disable bob",
		"disable bob", "enable bob", "remove Bob", "list",
	} {
		code, _, complaint := signpostReading(t, secrets[1]+"\n", append(append([]string{"user"}, strings.Fields(args)...), "--data", data)...)
		if code != 0 {
			t.Fatalf("user %s: %s", args, complaint)
		}
		commands += complaint
	}
	got = nil
	for line := range strings.Lines(commands) {
		got = append(got, accountEvent(t, line)...)
	}
	checkEvents(t, "commands", got, []string{
		`account added account=bob roles=[user] by=` + who,
		`roles changed account=bob from=[user] to=[global-reader] by=` + who,
		`password changed account=bob by=` + who,
		`account disabled account=bob by=` + who,
		`account enabled account=bob by=` + who,
		`account removed account=bob by=` + who,
	})

	cookies := root.client.Jar.Cookies(mustParse(t, s.url))
	if len(cookies) != 1 {
		t.Fatalf("got %d cookies", len(cookies))
	}
	_, inLog, _ := strings.Cut(s.log.String(), "\n") // the first line gives the setup code to the person who started the program
	for _, secret := range append(secrets, setup[1], cookies[0].Value) {
		if strings.Contains(inLog+commands, secret) {
			t.Errorf("the log holds the secret %q", secret)
		}
	}
}

func mustParse(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// accountEvent writes an event of an account with its parts in one order; an empty text for other lines.
func accountEvent(t *testing.T, line string) []string {
	t.Helper()
	var event map[string]any
	if json.Unmarshal([]byte(line), &event) != nil || event["account"] == nil || event["msg"] == "request" {
		return nil
	}
	text := fmt.Sprint(event["msg"])
	for _, key := range []string{"account", "roles", "from", "to", "from_upn", "to_upn", "from_user_id", "to_user_id", "by", "address"} {
		if value, ok := event[key]; ok {
			text += fmt.Sprintf(" %s=%v", key, value)
		}
	}
	return []string{text}
}

func checkEvents(t *testing.T, from string, got, want []string) {
	t.Helper()
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("events from %s: got\n%s\nwant\n%s", from, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// Every command that opens the store logs the repairs it makes there.
func TestCommandsLogWhatTheyMend(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	file := data + "/a.json"
	if err := os.WriteFile(file, []byte(manyRecords(0, 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, complaint := signpost(t, "import", "--data", data, file); code != 0 || complaint != "" {
		t.Fatalf("exit status %d, %q", code, complaint)
	}
	for _, args := range [][]string{
		{"export", "--log", "interactive", "--format", "csv", "--query", "from=2026-11-01&to=2026-12-01"},
		{"import", file},
		{"check"},
		{"reindex"},
	} {
		if err := os.WriteFile(data+"/cols.db", []byte(strings.Repeat("no database ", 1000)), 0o600); err != nil {
			t.Fatal(err)
		}
		code, _, complaint := signpost(t, append(args, "--data", data)...)
		if code != 0 {
			t.Errorf("%s: exit status %d: %s", args[0], code, complaint)
		}
		mended := 0
		for line := range strings.Lines(complaint) {
			if args[0] == "export" && strings.HasPrefix(line, "The log is complete to ") {
				continue // what imported files cover
			}
			var event struct{ Level, Msg string }
			if err := json.Unmarshal([]byte(line), &event); err != nil {
				t.Errorf("%s: no line of the log: %s", args[0], line)
			}
			if event.Level == "WARN" && strings.Contains(event.Msg, "made anew from the rows") {
				mended++
			}
		}
		if mended == 0 {
			t.Errorf("%s mends cols.db without a line: %q", args[0], complaint)
		}
	}
}
