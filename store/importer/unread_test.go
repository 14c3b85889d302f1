package importer

import (
	"slices"
	"testing"

	"signpost/store"
)

func TestUnread(t *testing.T) {
	tests := []struct {
		name, doc         string
		envelope, unknown []store.KeyValue
	}{
		{"nothing", azure("", created+`,"deviceDetail":{"browser":"Edge"},"status":{"errorCode":0,"failureReason":"Other."},"location":{"city":"Oslo","geoCoordinates":{"latitude":1,"longitude":2}}`), []store.KeyValue{{Key: "category", Value: "SignInLogs"}, {Key: "time", Value: "2026-11-02T09:00:00Z"}}, nil},
		{"a newer field", `{"createdDateTime":"2026-11-02T08:00:00Z","id":"x","MoonPhase":"w\u0061xing","tides":{"high":[1,2]},"n":1.50}`, nil, []store.KeyValue{{Key: "MoonPhase", Value: "waxing"}, {Key: "tides", Value: `{"high":[1,2]}`}, {Key: "n", Value: "1.50"}}},
		{"what is empty", `{"id":"x","a":null,"b":"","c":[],"d":{}}`, nil, nil},
		{"a newer member", `{"id":"x","deviceDetail":{"browser":"Edge","wheels":4}}`, nil, []store.KeyValue{{Key: "deviceDetail.wheels", Value: "4"}}},
		{"a newer member in a string", `{"id":"x","DeviceDetail":"{\"wheels\":4}"}`, nil, []store.KeyValue{{Key: "DeviceDetail.wheels", Value: "4"}}},
		{"a list in a shape that is not read", `{"id":"x","authenticationDetails":"[{\"authenticationMethod\":\"Pass"}`, nil, []store.KeyValue{{Key: "authenticationDetails", Value: `[{"authenticationMethod":"Pass`}}},
		{"a lone object is a list of one", `{"id":"x","authenticationDetails":{"authenticationMethod":"Password"}}`, nil, nil},
		{"no JSON", `{"id":`, nil, nil},
		{"no object", `[1]`, nil, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			envelope, unknown := Unread(signInsOnly)([]byte(test.doc))
			if !slices.Equal(envelope, test.envelope) || !slices.Equal(unknown, test.unknown) {
				t.Errorf("got %q and %q, want %q and %q", envelope, unknown, test.envelope, test.unknown)
			}
		})
	}
}
