package demo

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// What Get-MgBetaAuditLogSignIn gives in Windows PowerShell 5, as UTF-8 with a byte order mark and Windows' line ends.

// dictionaryType is the type of AdditionalProperties, which every object of the module has.
const (
	dictionaryType = "System.Collections.Generic.Dictionary`2[System.String,System.Object]"
	modelType      = "Microsoft.Graph.PowerShell.Models.MicrosoftGraph"
)

// models are the types of the members that are objects, or lists of objects, in the module's names.
var models = map[string]string{
	"agent":                                    "AgenticAgentSignIn",
	"appliedConditionalAccessPolicies":         "AppliedConditionalAccessPolicy[]",
	"appliedEventListeners":                    "AppliedAuthenticationEventListener[]",
	"authenticationAppDeviceDetails":           "AuthenticationAppDeviceDetails",
	"authenticationAppPolicyEvaluationDetails": "AuthenticationAppPolicyDetails[]",
	"authenticationContextClassReferences":     "AuthenticationContext[]",
	"authenticationDetails":                    "AuthenticationDetail[]",
	"authenticationProcessingDetails":          "KeyValue[]",
	"authenticationRequirementPolicies":        "AuthenticationRequirementPolicy[]",
	"deviceDetail":                             "DeviceDetail",
	"location":                                 "SignInLocation",
	"managedServiceIdentity":                   "ManagedIdentity",
	"mfaDetail":                                "MfaDetail",
	"networkLocationDetails":                   "NetworkLocationDetail[]",
	"privateLinkDetails":                       "PrivateLinkDetails",
	"sessionLifetimePolicies":                  "SessionLifetimePolicy[]",
	"status":                                   "SignInStatus",
	"tokenProtectionStatusDetails":             "TokenProtectionStatusDetails",
}

// stringLists are the members that are lists of texts.
var stringLists = []string{"authenticationMethodsUsed", "conditionalAccessAudiences", "riskEventTypes_v2", "signInEventTypes"}

// pascal is a member's name in the module, as IPAddress and RiskEventTypesV2.
func pascal(name string) string {
	name = strings.ReplaceAll(strings.ReplaceAll(name, "_v2", "V2"), "IpAddress", "IPAddress")
	if strings.HasPrefix(name, "ip") {
		return "IP" + name[2:]
	}
	return strings.ToUpper(name[:1]) + name[1:]
}

// powerShellMembers are the members in the order in which PowerShell lists them.
var powerShellMembers = slices.SortedFunc(slices.Values(graphMembers), func(a, b string) int {
	return strings.Compare(strings.ToLower(a), strings.ToLower(b))
})

// powerShellDate is a date as ConvertTo-Json writes it: milliseconds since 1970.
type powerShellDate int64

// powerShellObject is the sign-in as the module has it. Objects without a value have members without values.
func powerShellObject(s *signIn) object {
	o := make(object, 0, len(powerShellMembers)+1)
	for _, name := range powerShellMembers {
		v := graphValue(s, name)
		if fields, ok := graphTypes[name]; v == nil && ok && !strings.HasSuffix(models[name], "[]") {
			empty := object{}
			for _, field := range fields {
				empty = append(empty, member{field, nil})
			}
			v = empty
		}
		if name == "createdDateTime" {
			v = powerShellDate(s.created.Unix() * 1000)
		}
		o = append(o, member{pascal(name), powerShellValue(v)})
	}
	return append(o, member{"AdditionalProperties", object{}})
}

// powerShellValue gives nested objects the module's names and AdditionalProperties.
func powerShellValue(v any) any {
	if list, ok := v.([]any); ok {
		made := make([]any, len(list))
		for i := range list {
			made[i] = powerShellValue(list[i])
		}
		return made
	}
	fields, ok := members(v)
	if !ok {
		return v
	}
	o := make(object, 0, len(fields)+1)
	for _, m := range fields {
		value := powerShellValue(m.value)
		if text, ok := m.value.(string); ok && m.name == "authenticationStepDateTime" {
			if at, err := parseGraphTime(text); err == nil {
				value = powerShellDate(at.Unix() * 1000)
			}
		}
		o = append(o, member{pascal(m.name), value})
	}
	return append(o, member{"AdditionalProperties", object{}})
}

// appendPowerShell writes a value as ConvertTo-Json does: two blanks after a colon, and what is inside begins four
// columns right of the bracket.
func appendPowerShell(b []byte, v any, column int) []byte {
	line := func(b []byte, column int) []byte { return append(append(b, "\r\n"...), strings.Repeat(" ", column)...) }
	if o, ok := members(v); ok {
		b = append(b, '{')
		for i, m := range o {
			if i > 0 {
				b = append(b, ',')
			}
			name := `"` + m.name + `":  `
			b = append(line(b, column+4), name...)
			b = appendPowerShell(b, m.value, column+4+len(name))
		}
		if len(o) == 0 {
			b = append(b, "\r\n"...)
		}
		return append(line(b, column), '}')
	}
	if list, ok := v.([]any); ok {
		b = append(b, '[')
		for i, element := range list {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendPowerShell(line(b, column+4), element, column+4)
		}
		if len(list) == 0 {
			b = append(b, "\r\n"...)
		}
		return append(line(b, column), ']')
	}
	switch v := v.(type) {
	case powerShellDate:
		return append(strconv.AppendInt(append(b, `"\/Date(`...), int64(v), 10), `)\/"`...)
	case string:
		return append(b, powerShellEscapes.Replace(string(appendScalar(nil, v)))...)
	}
	return appendScalar(b, v)
}

// powerShellEscapes are the characters that PowerShell 5 escapes in texts, beyond what JSON asks for.
var powerShellEscapes = strings.NewReplacer("'", `\u0027`, "<", `\u003c`, ">", `\u003e`, "&", `\u0026`)

func powerShellJSON(*Tenant) *rows {
	return &rows{
		names:   inLogs(func(log int) string { return "SignIns-" + eventTypes[log] + ".json" }),
		start:   func(int) string { return byteOrderMark + "[\r\n    " },
		between: ",\r\n    ", end: "\r\n]\r\n",
		row: func(b []byte, s *signIn) []byte { return appendPowerShell(b, powerShellObject(s), 4) },
	}
}

// powerShellCell writes a member as Export-Csv does: a nested value as the name of its type.
func powerShellCell(s *signIn, name string) string {
	if model, ok := models[name]; ok {
		return modelType + model
	}
	if slices.Contains(stringLists, name) {
		return "System.String[]"
	}
	if name == "createdDateTime" {
		return s.created.Format("1/2/2006 3:04:05 PM")
	}
	v := graphValue(s, name)
	if yes, ok := v.(bool); ok {
		return map[bool]string{true: "True", false: "False"}[yes]
	}
	return cellText(v)
}

// quotedLine is a line of Export-Csv: it quotes every cell.
func quotedLine(b []byte, cells []string) []byte {
	for i, cell := range cells {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '"')
		b = append(b, strings.ReplaceAll(cell, `"`, `""`)...)
		b = append(b, '"')
	}
	return append(b, "\r\n"...)
}

func powerShellCSV(*Tenant) *rows {
	names := make([]string, 0, len(powerShellMembers)+1)
	for _, name := range powerShellMembers {
		names = append(names, pascal(name))
	}
	names = append(names, "AdditionalProperties")
	return &rows{
		names: inLogs(func(log int) string { return "SignIns-" + eventTypes[log] + ".csv" }),
		start: func(int) string {
			return byteOrderMark + fmt.Sprintf("#TYPE %sSignIn\r\n%s", modelType, quotedLine(nil, names))
		},
		row: func(b []byte, s *signIn) []byte {
			list := make([]string, 0, len(names))
			for _, name := range powerShellMembers {
				list = append(list, powerShellCell(s, name))
			}
			return quotedLine(b, append(list, dictionaryType))
		},
	}
}

func powerShellCSVShown(int) []string {
	return slices.DeleteFunc(slices.Clone(graphMembers), func(name string) bool {
		_, nested := models[name]
		return nested || slices.Contains(stringLists, name)
	})
}
