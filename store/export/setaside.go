package export

import (
	"fmt"
	"strings"

	"signpost/store"
)

// SetAside is the conditions of a filter that narrow nothing in a log: its records, called Many, have no such field.
type SetAside struct {
	Log        store.Log
	Conditions store.Filter
	Many       string
}

// SetAside gives the conditions set aside in each log of the file; none where every condition counts.
func (r Request) SetAside(catalog store.Catalog) []SetAside {
	info, ok := catalog.Log(r.Query.Log)
	if !ok {
		return nil
	}
	var list []SetAside
	add := func(log store.Log, aside store.Filter) {
		if !aside.IsEmpty() {
			list = append(list, SetAside{log, aside, info.Kind().Many})
		}
	}
	switch r.Format {
	case ZIP:
		for _, info := range r.logs(info) {
			_, aside := r.Query.Filter.For(info)
			add(info.Log, aside)
		}
	case Evidence:
		_, aside := r.Query.Filter.For(info)
		add(info.Log, aside)
	default:
		add(r.Query.Log, r.Aside)
	}
	return list
}

// Params are the conditions in the form and order of the address, such as user.not=ada.
func (s SetAside) Params() []string {
	if s.Conditions.IsEmpty() {
		return []string{}
	}
	return strings.Split(s.Conditions.Values().Encode(), "&")
}

// String names the conditions in one sentence.
func (s SetAside) String() string {
	return fmt.Sprintf("set aside in the %s log, whose %s have no such field: %s", s.Log, s.Many, strings.Join(s.Params(), "&"))
}

// maxSetAsideHeader bounds the header with all values: servers refuse heads of more than some 8 KB.
const maxSetAsideHeader = 4000

// SetAsideHeader is the value of the header X-Signpost-Set-Aside. Each log has LOG="conditions", with the
// conditions as in an address, and commas between logs. If that is too long, the conditions have no values.
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

// asideOf gives the conditions set aside in one log.
func asideOf(list []SetAside, log store.Log) SetAside {
	for _, s := range list {
		if s.Log == log {
			return s
		}
	}
	return SetAside{Log: log}
}
