package importer

import (
	"testing"

	"signpost/store"
)

func TestIntegersBeyondWhatJSONKeeps(t *testing.T) {
	for text, want := range map[string]store.Int{
		"50126": store.IntOf(50126), `"50126"`: store.IntOf(50126), "-1": store.IntOf(-1), "5e1": store.IntOf(50),
		"9007199254740992": store.IntOf(1 << 53), "9007199254740993": {}, "-9223372036854775808": {}, "9223372036854775807": {}, "1e300": {}, "1.5": {},
	} {
		if got := newDecoder(tableOf(signInsOnly)).integer([]byte(text)); got != want {
			t.Errorf("%s: %+v, want %+v", text, got, want)
		}
	}
}
