package ask

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"signpost/store"
)

// These are of all parts of the report about authentication methods.
const (
	authenticationName  = "authentication"
	authenticationTitle = "Authentication methods"
	registrationTab     = "registration"
)

// Authentication is the report about authentication methods. Its first part is what people have registered, which only an
// imported report tells.
var Authentication = &Insight{
	Name: authenticationName, Tab: registrationTab, TabTitle: "Registration", Title: authenticationTitle,
	Question: "Who can use multifactor authentication, sign in without a password and reset a password, and with which methods.",
	Needs:    "The report of registration details (Graph's userRegistrationDetails). Sign-ins do not tell what people have registered.",
	Switches: []*Switch{SwitchReport, SwitchMFA, SwitchPasswordless, SwitchReset, SwitchWho, SwitchMethod, SwitchBegins},
	Numbers:  []*Number{NumberRegistered, NumberMFACapable, NumberPasswordless, NumberResetCapable, NumberMFARegistered},
	Telling:  NumberMFACapable, Tell: tellMFACapable,
	Summary: summariseRegistrations,
	Tabs:    []*Insight{AuthenticationUsage, AuthenticationEvents},
	Lists: []*InsightList{{
		Title: "Users", One: "user", Many: "users", Object: store.ObjectUser, Unsorted: true, Undated: true,
		Definition: "The rows of the report that the choices leave, by name.",
		Columns: []*Number{
			NumberPerson, NumberRegisteredMethods, NumberIsMFACapable, NumberIsPasswordless, NumberIsResetCapable, NumberIsAdmin, NumberUserKind, NumberPreferred, NumberRowDate,
		},
		Sort: NumberPerson, Ask: listRegistrations, Graph: graphRegistration, Resource: "userRegistrationDetails",
	}, recentRegistrations, goneRegistrations},
}

// The choices of the report.
var (
	SwitchReport       = &Switch{Param: "report", Label: "Report", Options: []SwitchOption{{"present", "Present report"}, {"older", "Older report"}}}
	SwitchMFA          = yesNo("mfa", "Multifactor authentication", "MFA: all", "MFA capable", "Not MFA capable")
	SwitchPasswordless = yesNo("passwordless", "Without a password", "Passwordless: all", "Passwordless capable", "Not passwordless capable")
	SwitchReset        = yesNo("reset", "Self-service reset", "Self-service reset: all", "Can reset", "Cannot reset")
	SwitchWho          = &Switch{Param: "who", Label: "Who", Long: true, Options: []SwitchOption{{"", "All users"}, {"admins", "Administrators"}, {"others", "No administrators"}, {"members", "Members"}, {"guests", "Guests"}}}
	SwitchMethod       = &Switch{Param: "method", Label: "Method", Long: true, Open: true, Options: methodOptions(registeredMethods)}
	SwitchBegins       = &Switch{Param: "begins", Label: "Name begins with", Long: true, Typed: true, Options: []SwitchOption{{"", "Name or username"}}}
)

func yesNo(param, label, all, yes, no string) *Switch {
	return &Switch{Param: param, Label: label, Long: true, Options: []SwitchOption{{"", all}, {"yes", yes}, {"no", no}}}
}

// registeredMethods are the methods of the reports, in words. A method that is not among them is shown by its name.
var registeredMethods = [][2]string{
	{"microsoftAuthenticatorPush", "Authenticator notification"},
	{"microsoftAuthenticatorPasswordless", "Authenticator phone sign-in"},
	{"softwareOneTimePasscode", "Code of an app"},
	{"hardwareOneTimePasscode", "Code of a token"},
	{"mobilePhone", "Mobile phone"},
	{"alternateMobilePhone", "Alternate mobile phone"},
	{"officePhone", "Office phone"},
	{"email", "Email"},
	{"windowsHelloForBusiness", "Windows Hello for Business"},
	{"fido2SecurityKey", "FIDO2 security key"},
	{"passKeyDeviceBound", "Passkey on a device"},
	{"passKeyDeviceBoundAuthenticator", "Passkey in Authenticator"},
	{"passKeyDeviceBoundWindowsHello", "Passkey in Windows Hello"},
	{"passKeySynced", "Synced passkey"},
	{"macOsSecureEnclaveKey", "Key of a Mac"},
	{"temporaryAccessPass", "Temporary Access Pass"},
	{"qrCode", "QR code"},
	{"securityQuestion", "Security questions"},
}

// usedMethods are those of the older report and of events.
var usedMethods = [][2]string{
	{"mobileSMS", "Text message"},
	{"mobileCall", "Phone call"},
	{"officePhone", "Office phone"},
	{"email", "Email"},
	{"appNotification", "Notification of an app"},
	{"appCode", "Code of an app"},
	{"appPassword", "App password"},
	{"alternateMobileCall", "Call to the alternate phone"},
	{"securityQuestion", "Security questions"},
	{"fido", "FIDO key"},
}

// methodOptions are the choices of a method.
func methodOptions(methods [][2]string) []SwitchOption {
	list := []SwitchOption{{"", "Any method"}}
	for _, m := range methods {
		list = append(list, SwitchOption{m[0], m[1]})
	}
	return list
}

// methodWords are a method in words, and its name as the report spells it.
func methodWords(method string) (words, name string) {
	for _, m := range slices.Concat(registeredMethods, usedMethods) {
		if strings.EqualFold(m[0], method) {
			return m[1], m[0]
		}
	}
	return method, method
}

// The numbers and columns.
var (
	NumberRegistered        = &Number{Name: "users", Label: "Users", Unit: InCount, Definition: "Rows of the report that the choices leave, one for each user."}
	NumberMFACapable        = &Number{Name: "mfacapable", Label: "MFA capable", Unit: InCount, Definition: "Users with isMfaCapable: a strong method is registered, and the policy allows it. The older report does not tell it."}
	NumberPasswordless      = &Number{Name: "passwordless", Label: "Passwordless capable", Unit: InCount, Definition: "Users with isPasswordlessCapable: a FIDO2 key, Windows Hello for Business or phone sign-in with Authenticator is registered and allowed. The older report does not tell it."}
	NumberResetCapable      = &Number{Name: "resetcapable", Label: "Reset capable", Unit: InCount, Definition: "Users with isSsprCapable (isCapable in the older report): enough methods are registered for a self-service reset, and the user is in the scope of its policy."}
	NumberMFARegistered     = &Number{Name: "mfaregistered", Label: "MFA registered", Unit: InCount, Definition: "Users with isMfaRegistered: a strong method is registered, whatever the policy allows."}
	NumberPerson            = &Number{Name: "user", Label: "User", Unit: InText, Definition: "The username is that of the report: of guests the one with #EXT#, unlike in sign-ins."}
	NumberRegisteredMethods = &Number{Name: "methods", Label: "Methods", Unit: InText, Definition: "The registered methods by the report."}
	NumberIsMFACapable      = &Number{Name: "mfa", Label: "MFA capable", Unit: InText}
	NumberIsPasswordless    = &Number{Name: "withoutpassword", Label: "Passwordless", Unit: InText}
	NumberIsResetCapable    = &Number{Name: "reset", Label: "Can reset", Unit: InText}
	NumberIsAdmin           = &Number{Name: "admin", Label: "Administrator", Unit: InText, Definition: "Users with isAdmin: they have an administrative role. The older report does not tell it."}
	NumberUserKind          = &Number{Name: "kind", Label: "Kind", Unit: InText}
	NumberPreferred         = &Number{Name: "preferred", Label: "Preferred", Unit: InText, Definition: "The method that the user prefers as the second factor (userPreferredMethodForSecondaryAuthentication, defaultMfaMethod)."}
	NumberRowDate           = &Number{Name: "updated", Label: "Date of the row", Unit: InTime, Definition: "lastUpdatedDateTime of the row. The older report tells none."}
	numberImported          = &Number{Name: "imported", Label: "Imported", Unit: InTime}
)

// registrationsQuery is what the choices ask of the report.
func registrationsQuery(q *InsightQuery) store.RegistrationsQuery {
	asked := store.RegistrationsQuery{Former: q.Chosen[SwitchReport.Param] == "older", Method: q.Chosen[SwitchMethod.Param], Prefix: q.Chosen[SwitchBegins.Param], Limit: q.Limit}
	for param, state := range map[string]store.RegistrationState{SwitchMFA.Param: store.MFACapable, SwitchPasswordless.Param: store.PasswordlessCapable, SwitchReset.Param: store.SSPRCapable} {
		if value := q.Chosen[param]; value != "" {
			asked.States = append(asked.States, store.RegistrationCondition{State: state, Is: store.BoolOf(value == "yes")})
		}
	}
	slices.SortFunc(asked.States, func(a, b store.RegistrationCondition) int { return cmp.Compare(a.State, b.State) })
	switch q.Chosen[SwitchWho.Param] {
	case "admins", "others":
		asked.States = append(asked.States, store.RegistrationCondition{State: store.IsAdmin, Is: store.BoolOf(q.Chosen[SwitchWho.Param] == "admins")})
	case "members":
		asked.UserType = "member"
	case "guests":
		asked.UserType = "guest"
	}
	asked.Of = store.PeopleOfFilter(q.Filter)
	return asked
}

// tellMFACapable counts the users who are capable of MFA.
func tellMFACapable(ctx context.Context, r Reader, q *InsightQuery) (Cell, error) {
	counts, err := r.CountRegistrations(ctx, registrationsQuery(q))
	if err != nil || counts.Rows == 0 {
		return Cell{Unknown: true}, err
	}
	return CountCell(counts.States[store.MFACapable].True, nil), nil
}

// summariseRegistrations counts the report by state and by method, administrators and guests apart.
func summariseRegistrations(ctx context.Context, r Reader, q *InsightQuery) (*InsightSummary, error) {
	asked := registrationsQuery(q)
	var all, admins, guests, gone store.RegistrationCounts
	var fresh [2]map[string]int64
	var told map[store.StateKind]store.StateTold
	with := func(into *store.RegistrationCounts, change func(*store.RegistrationsQuery)) func(context.Context) error {
		return func(ctx context.Context) (err error) {
			narrowed := asked
			narrowed.States = slices.Clone(asked.States)
			change(&narrowed)
			*into, err = r.CountRegistrations(ctx, narrowed)
			return err
		}
	}
	newSince := func(i, days int) func(context.Context) error {
		return func(ctx context.Context) (err error) {
			fresh[i], err = r.NewRegistrations(ctx, q.Now.AddDate(0, 0, -days), asked)
			return err
		}
	}
	questions := []func(context.Context) error{
		with(&all, func(*store.RegistrationsQuery) {}),
		with(&admins, func(n *store.RegistrationsQuery) {
			n.States = append(n.States, store.RegistrationCondition{State: store.IsAdmin, Is: store.True})
		}),
		with(&gone, func(n *store.RegistrationsQuery) { n.Gone = true }),
		newSince(0, 7), newSince(1, 30),
		func(ctx context.Context) (err error) {
			told, err = r.StatesTold(ctx, nil)
			return err
		},
	}
	if asked.UserType != "member" { // nobody is both
		questions = append(questions, with(&guests, func(n *store.RegistrationsQuery) { n.UserType = "guest" }))
	}
	if err := Together(ctx, questions...); err != nil {
		return nil, err
	}
	s := &InsightSummary{Complete: true}
	for _, state := range []store.RegistrationState{store.MFACapable, store.PasswordlessCapable, store.SSPRCapable, store.MFARegistered} {
		s.Metrics = append(s.Metrics, stateCell(&all, state))
	}
	s.Metrics = append([]Cell{CountCell(all.Rows, nil)}, s.Metrics...)
	if all.Rows == 0 {
		s.Notes = []Note{{Text: "No row of this report was imported that the choices leave. Import the answers of Graph's reports/authenticationMethods/userRegistrationDetails, page after page."}}
		return s, nil
	}
	s.Notes = []Note{{Text: "The report tells what is registered at its date: the range of the page changes nothing here."}}
	s.Notes = append(s.Notes, partNotes(told[asked.Kind()])...)
	if gone.Rows > 0 {
		s.Notes = append(s.Notes, goneNote(gone.Rows, "user", "users", registrationAddress(q, "list", goneName)))
	}
	if all.Untold > 0 {
		s.Notes = append(s.Notes, Note{Text: strconv.FormatInt(all.Untold, 10) + " of the rows do not tell the methods: they were exported without methodsRegistered."})
	}
	groups := []countedUsers{{"All users", "", &all}, {"Administrators", "admins", &admins}, {"Guests", "guests", &guests}}
	s.Cards = []InsightCard{
		stateCard(q, "mfa", "Capable of multifactor authentication", NumberMFACapable, store.MFACapable, SwitchMFA, groups),
		stateCard(q, "passwordless", "Capable of signing in without a password", NumberPasswordless, store.PasswordlessCapable, SwitchPasswordless, groups),
		stateCard(q, "reset", "Capable of a self-service reset", NumberResetCapable, store.SSPRCapable, SwitchReset, groups),
		newMethodsCard(q, fresh, all.Told),
	}
	for _, method := range byCount(all.Methods) {
		words, name := methodWords(method)
		bar := InsightBar{Label: words, N: all.Methods[method]}
		if q.leavesTo(SwitchMethod, name) {
			bar.Address = registrationAddress(q, SwitchMethod.Param, name)
		}
		s.Bars = append(s.Bars, bar)
	}
	return s, nil
}

// stateCell counts the users with a state; it is not known where no row tells the state.
func stateCell(counts *store.RegistrationCounts, state store.RegistrationState) Cell {
	of := counts.States[state]
	cell := CountCell(of.True, nil)
	cell.Unknown = of.True+of.False == 0
	return cell
}

// countedUsers are some users of the report. who is the value of SwitchWho that leads to them.
type countedUsers struct {
	label, who string
	counts     *store.RegistrationCounts
}

// leavesTo says that a link may choose a value: the choices of the page do not choose another one. Its list would have other users
// than the page counts.
func (q *InsightQuery) leavesTo(w *Switch, value string) bool {
	chosen := q.Chosen[w.Param]
	return chosen == "" || strings.EqualFold(chosen, value)
}

// stateCard counts the users with a state among all, the administrators and the guests. A line leads to the users, where a list has
// them alone.
func stateCard(q *InsightQuery, name, title string, number *Number, state store.RegistrationState, choice *Switch, groups []countedUsers) InsightCard {
	card := InsightCard{Name: name, Title: title, Definition: number.Definition}
	for _, g := range groups {
		of := g.counts.States[state]
		if of.True+of.False == 0 {
			continue
		}
		line := CardLine{Label: g.label, Share: &Cell{N: of.True, Of: of.True + of.False}}
		switch {
		case !q.leavesTo(choice, "yes"):
		case g.who == "":
			line.Address = registrationAddress(q, choice.Param, "yes")
		case q.leavesTo(SwitchWho, g.who):
			line.Address = registrationAddress(q, choice.Param, "yes", SwitchWho.Param, g.who)
		}
		card.Lines = append(card.Lines, line)
	}
	if card.None = "No row of the report tells it."; len(card.Lines) > 0 {
		card.Lines = append(card.Lines, dateLines(groups[0].counts.Told)...)
	}
	return card
}

// dateLines are the dates of the report.
func dateLines(told store.StateTold) (lines []CardLine) {
	if !told.LastDate.IsZero() {
		lines = append(lines, CardLine{Label: "Newest row of the report", Number: NumberRowDate, Cell: &Cell{Time: told.LastDate}})
	}
	return append(lines, CardLine{Label: "Last import", Number: numberImported, Cell: &Cell{Time: told.LastSeen}})
}

// byCount gives the keys of counts, the most first, equal ones by name.
func byCount(counts map[string]int64) (keys []string) {
	for key := range counts {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b string) int { return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b)) })
	return keys
}

// registrationAddress is the address of the list with some choices more.
func registrationAddress(q *InsightQuery, choices ...string) string {
	v := url.Values{"tab": {registrationTab}}
	for param, value := range q.Chosen {
		v.Set(param, value)
	}
	of := store.PeopleOfFilter(q.Filter)
	for param, values := range map[string][]string{store.GroupField.Name: of.Groups, store.DepartmentField.Name: of.Departments} {
		if len(values) > 0 {
			v[param] = values
		}
	}
	for i := 0; i+1 < len(choices); i += 2 {
		v.Set(choices[i], choices[i+1])
	}
	return "/insights/" + authenticationName + "?" + v.Encode()
}

// listRegistrations gives a page of the report's rows.
func listRegistrations(ctx context.Context, r Reader, q *InsightQuery) (*InsightRows, error) {
	asked := registrationsQuery(q)
	asked.Gone = q.List.Name == goneName
	if q.inFile {
		asked.Limit = min(asked.Limit, recordsOfFile)
	}
	if q.After != nil {
		place, err := store.ParseEntityPlace(q.After.Value)
		if err != nil {
			return nil, store.BadParam{Param: "after", Problem: "does not lead to a page of this list. Start again from its first page."}
		}
		asked.After = &place
	}
	list, err := r.Registrations(ctx, asked)
	if err != nil {
		return nil, err
	}
	page := &InsightRows{Total: list.Total, Complete: true}
	for i := range list.Rows {
		row := &list.Rows[i]
		preferred := cmp.Or(row.PreferredMethod, row.DefaultMethod)
		page.Rows = append(page.Rows, InsightRow{ID: row.ID, Name: row.Name, Username: row.Username, Source: row, Cells: []Cell{
			methodsCell(row.Methods), boolCell(row.MFACapable), boolCell(row.PasswordlessCapable), boolCell(row.SSPRCapable), boolCell(row.Admin), wordedCell(row.UserType, userTypeWords), wordedCell(preferred, preferredWords), timeCell(row.Updated), timeCell(row.Gone),
		}})
	}
	if list.Next != nil {
		page.Next = &store.TablePlace{Value: list.Next.String()}
	}
	return page, nil
}

// methodsCell names registered methods. A nil list was not told.
func methodsCell(methods []string) Cell {
	if methods != nil && len(methods) == 0 {
		return Cell{Text: "none", Words: "None"}
	}
	var words []string
	for _, method := range methods {
		of, _ := methodWords(method)
		words = append(words, of)
	}
	cell := textCell(strings.Join(methods, ", "))
	cell.Words = strings.Join(words, ", ")
	return cell
}

// userTypeWords and preferredWords are words of the report.
var (
	userTypeWords  = map[string]string{"member": "Member", "guest": "Guest"}
	preferredWords = map[string]string{
		"push": "Authenticator notification", "oath": "Code of an app or token", "voicemobile": "Call to the mobile phone",
		"voicealternatemobile": "Call to the alternate phone", "voiceoffice": "Call to the office phone", "sms": "Text message", "none": "None",
	}
)

func boolCell(b store.Bool) Cell {
	return wordedCell(map[store.Bool]string{store.True: "yes", store.False: "no"}[b], map[string]string{"yes": "Yes", "no": "No"})
}

// graphRegistration is a row as Graph's userRegistrationDetails.
func graphRegistration(_ *InsightList, row *InsightRow) any {
	r, ok := row.Source.(*store.Registration)
	if !ok {
		return nil
	}
	type details struct {
		ID           string     `json:"id"`
		Username     string     `json:"userPrincipalName"`
		Name         string     `json:"userDisplayName"`
		Type         string     `json:"userType,omitempty"`
		Admin        *bool      `json:"isAdmin,omitempty"`
		SSPR         *bool      `json:"isSsprRegistered,omitempty"`
		SSPREnabled  *bool      `json:"isSsprEnabled,omitempty"`
		SSPRCapable  *bool      `json:"isSsprCapable,omitempty"`
		MFA          *bool      `json:"isMfaRegistered,omitempty"`
		MFACapable   *bool      `json:"isMfaCapable,omitempty"`
		Passwordless *bool      `json:"isPasswordlessCapable,omitempty"`
		Updated      *time.Time `json:"lastUpdatedDateTime,omitempty"`
		Methods      []string   `json:"methodsRegistered"`
		SystemOn     *bool      `json:"isSystemPreferredAuthenticationMethodEnabled,omitempty"`
		System       []string   `json:"systemPreferredAuthenticationMethods,omitempty"`
		Preferred    string     `json:"userPreferredMethodForSecondaryAuthentication,omitempty"`
		Default      string     `json:"defaultMfaMethod,omitempty"`
	}
	told := func(b store.Bool) *bool {
		if b == store.Unset {
			return nil
		}
		is := b == store.True
		return &is
	}
	d := details{
		ID: r.ID, Username: r.Username, Name: r.Name, Type: r.UserType, Admin: told(r.Admin), SSPR: told(r.SSPRRegistered), SSPREnabled: told(r.SSPREnabled), SSPRCapable: told(r.SSPRCapable),
		MFA: told(r.MFARegistered), MFACapable: told(r.MFACapable), Passwordless: told(r.PasswordlessCapable), Methods: r.Methods, SystemOn: told(r.SystemPreferredOn), System: r.SystemPreferred,
		Preferred: r.PreferredMethod, Default: r.DefaultMethod,
	}
	if !r.Updated.IsZero() {
		d.Updated = &r.Updated
	}
	return d
}
