package main

import (
	"os"
	"testing"
)

// The flow filter finds device codes in every spelling that records have for them.
func TestFlowFindsEverySpelling(t *testing.T) {
	for path, wants := range map[string]map[string]int64{
		"../../../shared/cases/g3_devcode.ndjson": {
			"": 1, "flow=devicecode": 1, "flow.not=devicecode": 0, "flow.empty=yes": 0, "transfer=deviceCodeFlow": 0,
		},
		"../../../shared/cases/c12_proto.ndjson": {
			"": 7, "flow=devicecode": 3, "flow=deviceCodeFlow": 3, "flow=Device+code": 3, "flow=transfer": 2, "flow=authorizationcode": 1,
			"flow=oAuth2.1Brand": 1, "flow=devicecode&flow=transfer": 5, "flow.not=devicecode&flow.not=transfer": 2, "flow.empty=yes": 0,
			"flow.starts=device": 3, "flow=refresh": 0,
		},
	} {
		if _, err := os.Stat(path); err != nil {
			t.Skip("the made-up records of real questions are not at hand: ", err)
		}
		count := pairCounts(t, path)
		for query, want := range wants {
			if got := count(query); got != want {
				t.Errorf("%s, %s: %d sign-ins, want %d", path, query, got, want)
			}
		}
	}
}
