package store

import (
	"strconv"
	"strings"
	"time"
)

// The checks of a filter value. Each gives the value's canonical spelling, or the problem with it.

func oneOf(options ...string) func(string) (string, string) {
	return func(value string) (string, string) {
		for _, o := range options {
			if strings.EqualFold(o, value) {
				return o, ""
			}
		}
		return "", "is none of " + strings.Join(options, ", ") + "."
	}
}

func number(value string) (string, string) {
	n, err := strconv.ParseInt(strings.TrimSpace(value), 10, 64)
	if err != nil || n < 0 {
		return "", "is not a number. Write it with digits only."
	}
	return strconv.FormatInt(n, 10), ""
}

// yesOrNo also takes true and false, the words of records and exports.
func yesOrNo(value string) (string, string) {
	switch strings.ToLower(value) {
	case "yes", "true":
		return "yes", ""
	case "no", "false":
		return "no", ""
	}
	return "", "is none of yes, no."
}

func instant(value string) (string, string) {
	t, ok := parseTime(value)
	t = t.Truncate(time.Microsecond) // the precision of engines
	if !ok {
		return "", "is not a time. Write it like 2026-11-23T14:05:09Z."
	}
	return t.Format("2006-01-02T15:04:05.999999999Z07:00"), ""
}

// groupID takes any text: only the imported directory can tell whether the group exists.
func groupID(value string) (string, string) { return FoldCase(strings.TrimSpace(value)), "" }

// departmentName takes any text, for the same reason.
func departmentName(value string) (string, string) { return strings.TrimSpace(value), "" }

// plainID writes a GUID in lower case and leaves every other ID as it is.
func plainID(value string) (string, string) {
	if IsGUID(value) {
		return strings.ToLower(value), ""
	}
	return value, ""
}

var yesNoOptions = []string{"yes", "no"}
