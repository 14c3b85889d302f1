package export

import (
	"fmt"
	"strings"

	"signpost/store"
)

// SetAside is the conditions of a filter that narrow nothing in a log: its sign-ins have no such field.
type SetAside struct {
	Log        store.Log
	Conditions store.Filter
}

// SetAside gives what is set aside in each log that the file has sign-ins of; none where every condition counts.
func (r Request) SetAside() []SetAside {
	var list []SetAside
	add := func(log store.Log, aside store.Filter) {
		if !aside.IsEmpty() {
			list = append(list, SetAside{log, aside})
		}
	}
	switch r.Format {
	case ZIP:
		for _, info := range store.Logs() {
			_, aside := r.Query.Filter.For(info)
			add(info.Log, aside)
		}
	case Evidence:
		info, _ := r.Query.Log.Info()
		_, aside := r.Query.Filter.For(info)
		add(info.Log, aside)
	default:
		add(r.Query.Log, r.Aside)
	}
	return list
}

// Params are the conditions as an address has them, such as user.not=ada, in its order.
func (s SetAside) Params() []string {
	if s.Conditions.IsEmpty() {
		return []string{}
	}
	return strings.Split(s.Conditions.Values().Encode(), "&")
}

// String says what is set aside in one sentence.
func (s SetAside) String() string {
	return fmt.Sprintf("set aside in the %s log, whose sign-ins have no such field: %s", s.Log, strings.Join(s.Params(), "&"))
}

// maxSetAsideHeader is how long the header with all values may be: servers refuse heads of more than some 8 KB.
const maxSetAsideHeader = 4000

// SetAsideHeader is the value of the header X-Signpost-Set-Aside: for each log LOG="conditions", with commas between, and the
// conditions as an address has them. Where that is too long the conditions stand without their values.
func SetAsideHeader(list []SetAside) string {
	write := func(params func(SetAside) []string) string {
		var logs []string
		for _, s := range list {
			logs = append(logs, string(s.Log)+`="`+strings.Join(params(s), "&")+`"`)
		}
		return strings.Join(logs, ", ")
	}
	header := write(SetAside.Params)
	if len(header) <= maxSetAsideHeader {
		return header
	}
	return write(func(s SetAside) (names []string) {
		for _, c := range s.Conditions.Conditions() {
			names = append(names, c.Param())
		}
		return names
	})
}

// asideOf gives what is set aside in one log.
func asideOf(list []SetAside, log store.Log) SetAside {
	for _, s := range list {
		if s.Log == log {
			return s
		}
	}
	return SetAside{Log: log}
}
