package web

import (
	"net/url"
	"slices"
	"time"

	"signpost/store"
	"signpost/views"
)

// These are the inputs of a custom range. Their times are in the page's zone, and are turned into from and to here.
const (
	fromLocal = "from-local"
	toLocal   = "to-local"
)

// fromDates gives the address that the form of a custom range means; ok is false where the form was not sent. A text that is
// no time stays as it was typed, so that the page refuses it. An end that was not touched stays as it was.
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

// instantOf reads the time in an input, with or without seconds. When the clocks go forward, a time in the skipped hour
// becomes an hour later. When they go back, a time in the repeated hour is the second one.
func instantOf(typed string, zone views.Zone) string {
	for _, layout := range []string{"2006-01-02 15:04", "2006-01-02 15:04:05.999999999", "2006-01-02T15:04", "2006-01-02T15:04:05.999999999"} {
		if t, err := time.ParseInLocation(layout, typed, zone.Location()); err == nil {
			return t.UTC().Format(time.RFC3339Nano)
		}
	}
	return typed
}
