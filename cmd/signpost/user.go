package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"signpost/auth"
	"signpost/store"
	"signpost/store/portal"
)

// UserCmd is `signpost user`. It manages accounts, also while serve runs on the same folder.
type UserCmd struct {
	Add         UserAddCmd         `cmd:"" help:"Add a person."`
	List        UserListCmd        `cmd:"" help:"List the people."`
	SetRole     UserSetRoleCmd     `cmd:"" help:"Change what a person may do; ends their sessions."`
	SetPassword UserSetPasswordCmd `cmd:"" help:"Give a person a new password; ends their sessions."`
	SetUserID   UserSetUserIDCmd   `cmd:"" name:"set-user-id" help:"Say by which user ID a person's own sign-ins count; ends their sessions."`
	SetMail     UserSetMailCmd     `cmd:"" name:"set-mail" help:"Say where a person gets mails about their own sign-ins; ends their sessions."`
	SetScope    UserSetScopeCmd    `cmd:"" help:"Limit a person to the members of some directory groups and to some applications; ends their sessions."`
	Disable     UserDisableCmd     `cmd:"" help:"Keep a person from signing in; ends their sessions."`
	Enable      UserEnableCmd      `cmd:"" help:"Let a person sign in again."`
	Remove      UserRemoveCmd      `cmd:"" help:"Remove a person; ends their sessions."`
}

// UserAddCmd is `user add`.
type UserAddCmd struct {
	accountFolder
	Name          string   `arg:"" help:"Name to sign in with."`
	Role          []string `required:"" help:"What the person may do; repeat for several: global-administrator, security-administrator, security-reader, global-reader, security-operator, reports-reader, conditional-access-administrator, attribute-log-reader, helpdesk, user." placeholder:"ROLE"`
	UPN           string   `name:"upn" help:"User principal name in Entra ID: it finds the user ID once, if it is one person's alone."`
	UserID        string   `help:"Object ID in Entra ID: the person's own sign-ins count by it, under whatever name." placeholder:"ID"`
	Mail          string   `help:"Mail address for mails about their own sign-ins, which they turn on themselves." placeholder:"ADDRESS"`
	PasswordStdin bool     `required:"" help:"Read the password from standard input: one line, without its end."`
}

// Run adds the person.
func (cmd *UserAddCmd) Run() error {
	roles, err := auth.ParseRoles(cmd.Role)
	if err != nil {
		return usageError{err}
	}
	password, err := readPassword(os.Stdin)
	if err != nil {
		return err
	}
	return cmd.make(func(ctx context.Context, accounts *auth.Accounts) error {
		_, err := accounts.Add(ctx, auth.NewAccount{
			Name: cmd.Name, Password: password, Roles: roles, UserPrincipalName: cmd.UPN, UserID: cmd.UserID, Mail: cmd.Mail,
		})
		return err
	})
}

// UserListCmd is `user list`.
type UserListCmd struct {
	accountFolder
	JSON bool `help:"Print an array of objects instead of a table."`
}

// Run prints the people, by name.
func (cmd *UserListCmd) Run() error {
	return cmd.change(func(ctx context.Context, accounts *auth.Accounts) error {
		list, err := accounts.List(ctx)
		if err != nil {
			return err
		}
		if cmd.JSON {
			return writeAccountsJSON(os.Stdout, list)
		}
		return writeAccountsTable(os.Stdout, list)
	})
}

// UserSetRoleCmd is `user set-role`.
type UserSetRoleCmd struct {
	accountFolder
	Name string   `arg:"" help:"Whose roles."`
	Role []string `required:"" help:"The roles from now on; repeat for several: global-administrator, security-administrator, security-reader, global-reader, security-operator, reports-reader, conditional-access-administrator, attribute-log-reader, helpdesk, user." placeholder:"ROLE"`
}

// Run changes the roles.
func (cmd *UserSetRoleCmd) Run() error {
	roles, err := auth.ParseRoles(cmd.Role)
	if err != nil {
		return usageError{err}
	}
	return cmd.change(func(ctx context.Context, accounts *auth.Accounts) error {
		return accounts.SetRoles(ctx, cmd.Name, roles)
	})
}

// UserSetPasswordCmd is `user set-password`.
type UserSetPasswordCmd struct {
	accountFolder
	Name          string `arg:"" help:"Whose password."`
	PasswordStdin bool   `required:"" help:"Read the password from standard input: one line, without its end."`
}

// Run changes the password.
func (cmd *UserSetPasswordCmd) Run() error {
	password, err := readPassword(os.Stdin)
	if err != nil {
		return err
	}
	return cmd.change(func(ctx context.Context, accounts *auth.Accounts) error {
		return accounts.SetPassword(ctx, cmd.Name, password)
	})
}

// UserSetUserIDCmd is `user set-user-id`.
type UserSetUserIDCmd struct {
	accountFolder
	Name   string `arg:"" help:"Whose user ID."`
	UserID string `arg:"" name:"id" help:"Object ID in Entra ID; an empty one leaves the one that was found by the user principal name."`
}

// Run sets the user ID.
func (cmd *UserSetUserIDCmd) Run() error {
	return cmd.change(func(ctx context.Context, accounts *auth.Accounts) error {
		return accounts.SetUserID(ctx, cmd.Name, cmd.UserID)
	})
}

// UserSetMailCmd is `user set-mail`.
type UserSetMailCmd struct {
	accountFolder
	Name string `arg:"" help:"Whose mail address."`
	Mail string `arg:"" name:"address" help:"Mail address; an empty one for no mails."`
}

// Run sets the mail address.
func (cmd *UserSetMailCmd) Run() error {
	return cmd.change(func(ctx context.Context, accounts *auth.Accounts) error {
		return accounts.SetMail(ctx, cmd.Name, cmd.Mail)
	})
}

// UserSetScopeCmd is `user set-scope`.
type UserSetScopeCmd struct {
	accountFolder
	Name  string   `arg:"" help:"Whose scope."`
	Group []string `help:"Object ID of a directory group whose members the person may see; repeat for several. Without --group and --app there is no limit." placeholder:"ID"`
	App   []string `help:"Application ID that the person may see; repeat for several." placeholder:"ID"`
}

// Run sets the scope, or lifts it.
func (cmd *UserSetScopeCmd) Run() error {
	scope, err := auth.NewScope(cmd.Group, cmd.App)
	if err != nil {
		return usageError{err}
	}
	return cmd.change(func(ctx context.Context, accounts *auth.Accounts) error {
		return accounts.SetScope(ctx, cmd.Name, scope)
	})
}

// UserDisableCmd is `user disable`.
type UserDisableCmd struct {
	accountFolder
	Name string `arg:"" help:"Who is not to sign in any more."`
}

// Run disables the account.
func (cmd *UserDisableCmd) Run() error {
	return cmd.change(func(ctx context.Context, accounts *auth.Accounts) error {
		return accounts.Disable(ctx, cmd.Name)
	})
}

// UserEnableCmd is `user enable`.
type UserEnableCmd struct {
	accountFolder
	Name string `arg:"" help:"Who may sign in again."`
}

// Run enables the account.
func (cmd *UserEnableCmd) Run() error {
	return cmd.change(func(ctx context.Context, accounts *auth.Accounts) error {
		return accounts.Enable(ctx, cmd.Name)
	})
}

// UserRemoveCmd is `user remove`.
type UserRemoveCmd struct {
	accountFolder
	Name string `arg:"" help:"Who is to be removed."`
}

// Run removes the account.
func (cmd *UserRemoveCmd) Run() error {
	return cmd.change(func(ctx context.Context, accounts *auth.Accounts) error {
		return accounts.Remove(ctx, cmd.Name)
	})
}

// accountFolder is the data folder of the commands about accounts.
type accountFolder struct {
	Data string `help:"Data folder." default:"./data" type:"path" placeholder:"DIR"`
}

// make runs an action on the folder's accounts, and makes the folder where it is missing.
func (f accountFolder) make(work func(context.Context, *auth.Accounts) error) error {
	ctx := auth.WithActor(context.Background(), onCommandLine())
	log := newLog(os.Stderr, slog.LevelInfo)
	people, err := portal.Open(ctx, f.Data, portal.WithLog(log))
	if err != nil {
		return err
	}
	accounts := auth.NewAccounts(people, time.Now, false)
	accounts.LogTo(log)
	notes := &accountNotes{folder: f.Data, people: people, log: newLog(os.Stderr, slog.LevelWarn)}
	accounts.OnEvent(notes.note)
	return errors.Join(work(ctx, accounts), notes.end(), people.Close())
}

// change is make for a folder that has accounts. A mistyped folder is not made.
func (f accountFolder) change(work func(context.Context, *auth.Accounts) error) error {
	if _, err := os.Stat(filepath.Join(f.Data, "portal.db")); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there are no accounts in %s: give another --data, or add the first with user add", f.Data)
	}
	return f.make(work)
}

// readPassword reads one line without its line end, which may be missing.
func readPassword(from io.Reader) (string, error) {
	line, err := bufio.NewReader(io.LimitReader(from, 1<<16)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read the password: %w", err)
	}
	return strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r"), nil
}

// listedAccount is an account as `user list --json` prints it.
type listedAccount struct {
	Name  string      `json:"name"`
	Roles []auth.Role `json:"roles"`
	UPN   string      `json:"upn"`
	// UserID is the ID that own sign-ins count by. UserIDFrom is its source: given, directory or logs.
	UserID     string `json:"user_id"`
	UserIDFrom string `json:"user_id_from"`
	Mail       string `json:"mail"`
	// NeedsUserID means that no one user was found for the UPN.
	NeedsUserID bool `json:"needs_user_id"`
	// Scope is what the person is limited to; nil for no limit.
	Scope    *auth.Scope `json:"scope,omitempty"`
	Disabled bool        `json:"disabled"`
	Demo     bool        `json:"demo"`
	Created  time.Time   `json:"created"`
}

func writeAccountsJSON(to io.Writer, accounts []auth.Account) error {
	list := make([]listedAccount, len(accounts))
	for i, a := range accounts {
		list[i] = listedAccount{a.Name, a.Roles, a.UserPrincipalName, a.PersonID(), userIDFrom(a), a.Mail, a.NeedsUserID(), nil, a.Disabled, a.Demo, a.Created}
		if !a.Scope.IsZero() {
			list[i].Scope = &a.Scope
		}
	}
	encoder := json.NewEncoder(to)
	encoder.SetIndent("", "  ")
	return encoder.Encode(list)
}

func writeAccountsTable(to io.Writer, accounts []auth.Account) error {
	table := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "NAME\tROLES\tUPN\tUSER ID\tSTATE\tCREATED")
	for _, a := range accounts {
		roles := make([]string, len(a.Roles))
		for i, role := range a.Roles {
			roles[i] = string(role)
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", store.VisibleText(a.Name), strings.Join(roles, ","), orDash(store.VisibleText(a.UserPrincipalName)),
			store.VisibleText(listedUserID(a)), accountState(a), a.Created.Format(time.RFC3339))
	}
	return table.Flush()
}

// userIDFrom names the source of an account's user ID; empty where it has none.
func userIDFrom(a auth.Account) string {
	switch a.PersonID() {
	case "":
		return ""
	case a.UserID:
		return "given"
	}
	return a.Found.From
}

// listedUserID is the user ID in the table: "needed" where the account sees no sign-ins until it gets one.
func listedUserID(a auth.Account) string {
	if a.NeedsUserID() {
		return "needed"
	}
	return orDash(a.PersonID())
}

func accountState(a auth.Account) string {
	switch {
	case a.Disabled:
		return "disabled"
	case a.Demo:
		return "demo"
	}
	return "enabled"
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}
