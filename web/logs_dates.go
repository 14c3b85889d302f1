package web

import (
	"net/url"
	"slices"
	"time"

	"signpost/store"
	"signpost/views"
)

// The inputs of a custom range. What is typed there is of the page's zone, and is turned into from and to here.
const (
	fromLocal = "from-local"
	toLocal   = "to-local"
)

// fromDates gives the address that the form of a custom range means; ok is false where it was not sent. What is no time
// stays as it was typed, for the page to refuse. An end that was not touched stays as it was.
func fromDates(list views.List, params url.Values, zone views.Zone) (address string, ok bool) {
	if !params.Has(fromLocal) && !params.Has(toLocal) {
		return "", false
	}
	target := url.Values{}
	for name, values := range params {
		if !slices.Contains([]string{fromLocal, toLocal, "range", "wide"}, name) {
			target[name] = values
		}
	}
	for param, local := range map[string]string{"from": fromLocal, "to": toLocal} {
		parse := store.ParseInstant
		if param == "to" { // a bare date there is the end of that day
			parse = store.ParseRangeEnd
		}
		shown, known := parse(params.Get(param))
		target.Del(param)
		for _, typed := range params[local] {
			if known && typed == zone.Input(shown) {
				target.Add(param, params.Get(param))
			} else {
				target.Add(param, instantOf(typed, zone))
			}
		}
	}
	return list.URL(target), true
}

// instantOf reads a time as an input has it, with and without seconds. In the hour that is skipped when the clocks go forward
// it is an hour later. In the hour that comes twice it is the second.
func instantOf(typed string, zone views.Zone) string {
	for _, layout := range []string{"2006-01-02 15:04", "2006-01-02 15:04:05.999999999", "2006-01-02T15:04", "2006-01-02T15:04:05.999999999"} {
		if t, err := time.ParseInLocation(layout, typed, zone.Location()); err == nil {
			return t.UTC().Format(time.RFC3339Nano)
		}
	}
	return typed
}
