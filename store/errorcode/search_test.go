package errorcode

import (
	"fmt"
	"slices"
	"strconv"
	"testing"

	"signpost/store"
)

func TestFind(t *testing.T) {
	for text, want := range map[string][]int64{
		"50126": {50126}, " #50126 ": {50126}, "AADSTS50126": {50126}, "aadsts0050126": {50126}, "AADSTS 50126": {50126}, "0": {0},
		"“AADSTS50126”":                                       {50126},
		"Error code: 0":                                       {0},
		"Sign-in error code 500121":                           {500121},
		"error 53003 and error 50058":                         {53003, 50058},
		"AADSTS53003 then AADSTS50058":                        {53003, 50058},
		"AADSTS50126: see error 99999":                        {50126},
		`"error_codes":[7000215]`:                             {7000215},
		`{"resultType": "50057"}`:                             {50057},
		"https://a.example/error?code=700":                    nil,
		"https://login.microsoftonline.com/error?code=700016": {700016},
		"invaliduserNameOrPassword":                           {50126},
		"InteractionRequired":                                 {16000, 700020},
		"InvalidRequest":                                      {90023, 9002313},
		"":                                                    nil, "error 404": nil, "abc": nil, "-5": nil, "9999999999999999999999": nil,
		`{"error":"invalid_grant","error_description":"AADSTS50126: Error validating credentials. Trace ID: 0a1b2c3d-1111-4222-8333-444444444444 Correlation ID: c0c0c0c0-1111-4222-8333-444444444444 Timestamp: 2026-11-23 14:05:09Z","error_codes":[50126],"error_uri":"https://login.microsoftonline.com/error?code=50126"}`: {50126},
	} {
		if got := Find(text); !slices.Equal(got, want) {
			t.Errorf("Find(%q) = %v, want %v", text, got, want)
		}
	}
}

func TestFindEveryCode(t *testing.T) {
	symbols := map[string][]int64{}
	entries := referenceCodes(t)
	for _, missing := range missingCodes(t) {
		entries = append(entries, referenceCode{Code: missing.Code})
	}
	for _, e := range entries {
		number := strconv.FormatInt(e.Code, 10)
		for _, text := range []string{
			number, "AADSTS" + number,
			"AADSTS" + number + ": Something went wrong.\r\nTrace ID: 0a1b2c3d-1111-4222-8333-444444444444\r\nCorrelation ID: c0c0c0c0-1111-4222-8333-444444444444\r\nTimestamp: 2026-11-23 14:05:09Z",
			fmt.Sprintf("Sign-in error code: %s Failure reason: it failed.", number),
		} {
			if got := Find(text); !slices.Equal(got, []int64{e.Code}) {
				t.Errorf("Find(%q) = %v", text, got)
			}
		}
		if e.Name != "" {
			symbols[e.Name] = append(symbols[e.Name], e.Code)
		}
	}
	for symbol, want := range symbols {
		if got := Find(symbol); !slices.Equal(got, want) {
			t.Errorf("Find(%q) = %v, want %v", symbol, got, want)
		}
	}
}

func TestSearch(t *testing.T) {
	for text, want := range map[string]int64{
		"wrong password": 50126, "5012": 50126, "lockout": 50053, "malicious ip": 50053, "device code": 70016, "secret expired": 7000222,
		"redirect": 50011, "keep me": 0, "temporary access pass used": 130505, "qr code": 29207, "passkey origin": 0, "passkey another website": 135008,
		"token protection": 530084, "certificate revoked": 500183, "guest disabled": 500571, "device code transferred": 530036, "stay signed in": 50140, "user name password invalid": 50126,
	} {
		found := Search(text)
		if want == 0 {
			continue
		}
		if !slices.ContainsFunc(found[:min(8, len(found))], func(e Info) bool { return e.Code == want }) {
			t.Errorf("Search(%q) does not begin with %d", text, want)
		}
	}
	for _, text := range []string{"", "  ", "!?", "zzzzqqq"} {
		if got := Search(text); len(got) > 0 {
			t.Errorf("Search(%q) finds %d codes", text, len(got))
		}
	}
	if got := Search("50126"); len(got) == 0 || got[0].Code != 50126 {
		t.Error("a number does not come first")
	}
}

// FuzzFind reads any text: what it finds are codes that there can be, without doubles and few.
func FuzzFind(f *testing.F) {
	for _, text := range []string{
		"AADSTS50126: no", "error_codes\":[50126]", "?code=1&code=22222", "AADSTS99999999999999999999999", "error: 0 error: 00 error 000", "\xff\xfeAADSTS5", "InvalidRequest",
		"AADSTS1 AADSTS2 AADSTS3 AADSTS4 AADSTS5 AADSTS6 AADSTS7 AADSTS8 AADSTS9",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		codes := Find(text)
		if len(codes) > store.MaxSearched {
			t.Errorf("%d codes", len(codes))
		}
		for i, code := range codes {
			if code < 0 || slices.Index(codes, code) != i {
				t.Errorf("found %v", codes)
			}
			if e := Of(code); e.Title == "" || (e.Family().Title != "") != e.Known() || (e.Texts().Meaning != "") != e.Known() {
				t.Errorf("%d has no title, or a family and texts without being known: %+v", code, e)
			}
			if got, ok := ParseNumber(strconv.FormatInt(code, 10)); !ok || got != code {
				t.Errorf("%d reads back as %d", code, got)
			}
		}
		for _, e := range Search(text) {
			if !e.Known() {
				t.Errorf("search finds %d, which is not in the list", e.Code)
			}
		}
	})
}
