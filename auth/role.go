package auth

import (
	"fmt"
	"slices"
	"strings"
)

// Role is a set of rights under a name that the command line takes. An account may have several; its rights are
// their union.
type Role string

// The roles. All but the last two are named after roles of Entra ID. RoleSecurityOperator has only a part of the rights of its
// namesake. RoleHelpdesk looks up one person at a time. RoleUser reads only their own sign-ins.
const (
	RoleGlobalAdministrator            Role = "global-administrator"
	RoleSecurityAdministrator          Role = "security-administrator"
	RoleSecurityReader                 Role = "security-reader"
	RoleGlobalReader                   Role = "global-reader"
	RoleSecurityOperator               Role = "security-operator"
	RoleReportsReader                  Role = "reports-reader"
	RoleConditionalAccessAdministrator Role = "conditional-access-administrator"
	RoleAttributeLogReader             Role = "attribute-log-reader"
	RoleHelpdesk                       Role = "helpdesk"
	RoleUser                           Role = "user"
)

// Roles gives every role, the mightiest first.
func Roles() []Role {
	return []Role{
		RoleGlobalAdministrator, RoleSecurityAdministrator, RoleSecurityReader, RoleGlobalReader, RoleSecurityOperator,
		RoleReportsReader, RoleConditionalAccessAdministrator, RoleAttributeLogReader, RoleHelpdesk, RoleUser,
	}
}

// Label is the role as pages name it. An unknown role is its own label.
func (r Role) Label() string {
	switch r {
	case RoleGlobalAdministrator:
		return "Global Administrator"
	case RoleSecurityAdministrator:
		return "Security Administrator"
	case RoleSecurityReader:
		return "Security Reader"
	case RoleGlobalReader:
		return "Global Reader"
	case RoleSecurityOperator:
		return "Security Operator"
	case RoleReportsReader:
		return "Reports Reader"
	case RoleConditionalAccessAdministrator:
		return "Conditional Access Administrator"
	case RoleAttributeLogReader:
		return "Attribute Log Reader"
	case RoleHelpdesk:
		return "Helpdesk"
	case RoleUser:
		return "User"
	}
	return string(r)
}

// Note tells the purpose of the role, in half a sentence.
func (r Role) Note() string {
	switch r {
	case RoleGlobalAdministrator:
		return "Everything, and the others' accounts"
	case RoleSecurityAdministrator:
		return "The logs, import, settings and the others' accounts, except those of Global Administrators"
	case RoleSecurityReader, RoleGlobalReader:
		return "Reads the logs whole"
	case RoleSecurityOperator:
		return "Reads the logs, reports and risk without Conditional Access data; decides about risk and reported sign-ins in this portal"
	case RoleReportsReader:
		return "Reads the logs without Conditional Access data and risk detections"
	case RoleConditionalAccessAdministrator:
		return "Adds Conditional Access data to another role; opens no log alone"
	case RoleAttributeLogReader:
		return "Reads the log of custom security attributes, and no other log"
	case RoleHelpdesk:
		return "Looks up one person at a time, by exact name or ID and with a ticket number; opens no log and no list"
	case RoleUser:
		return "Reads own sign-ins only"
	}
	return ""
}

// ParseRoles reads role names into a set in the order of Roles. Its error names the words that are no roles, and
// lists the roles.
func ParseRoles(names []string) ([]Role, error) {
	all := Roles()
	for _, name := range names {
		if !slices.Contains(all, Role(name)) {
			return nil, fmt.Errorf("%q is not a role; a role is one of %s", name, join(all, Role.name))
		}
	}
	var roles []Role
	for _, role := range all {
		if slices.Contains(names, string(role)) {
			roles = append(roles, role)
		}
	}
	if len(roles) == 0 {
		return nil, fmt.Errorf("a role is needed: one of %s", join(all, Role.name))
	}
	return roles, nil
}

// RoleLabels gives the roles in words, "A, B or C".
func RoleLabels(roles []Role) string {
	if len(roles) < 2 {
		return join(roles, Role.Label)
	}
	last := len(roles) - 1
	return join(roles[:last], Role.Label) + " or " + roles[last].Label()
}

func (r Role) name() string { return string(r) }

func join(roles []Role, text func(Role) string) string {
	texts := make([]string, len(roles))
	for i, role := range roles {
		texts[i] = text(role)
	}
	return strings.Join(texts, ", ")
}
