package store

import "testing"

func TestTokensAreRequestIDs(t *testing.T) {
	for token, id := range map[string]string{
		"JgW9XEOQM0WNakyHMghCAA":                           "5cbd0526-9043-4533-8d6a-4c8732084200",
		"NTA2YjNlYWYtMTAwNi00NGFiLWI1NTctY2MxMTZjNmQ2ZjAw": "506b3eaf-1006-44ab-b557-cc116c6d6f00",
	} {
		if got := RequestOfToken(token); got != id {
			t.Errorf("%s is %s, want %s", token, got, id)
		}
		found := false
		for _, spelled := range TokensOfRequest(id) {
			found = found || spelled == token
		}
		if !found {
			t.Errorf("%s is %v, want %s among them", id, TokensOfRequest(id), token)
		}
	}
	for _, none := range []string{"", "AAAAAAAAAAAAAAAAAAAAAA", "JgW9XEOQM0WNakyHMghCA", "JgW9XEOQM0WNakyHMghCA!", "JgW9XEOQM0WNakyHMghCAB", "eWVzeWVzeWVzeWVzeWVzeWVzeWVzeWVzeWVzeWVzeWVzeWVz"} {
		if got := RequestOfToken(none); got != "" {
			t.Errorf("%q is %s, want none", none, got)
		}
	}
	for _, none := range []string{"", "00000000-0000-0000-0000-000000000000", "5cbd0526-9043-4533-8d6a-4c873208420", "5cbd0526x9043-4533-8d6a-4c8732084200", "made-up-id"} {
		if got := TokensOfRequest(none); got != nil {
			t.Errorf("%q has the tokens %v, want none", none, got)
		}
	}
}

// FuzzTokens: a token that stands for a request ID is one of its tokens.
func FuzzTokens(f *testing.F) {
	f.Add("JgW9XEOQM0WNakyHMghCAA")
	f.Add("NTA2YjNlYWYtMTAwNi00NGFiLWI1NTctY2MxMTZjNmQ2ZjAw")
	f.Fuzz(func(t *testing.T, token string) {
		id := RequestOfToken(token)
		if id == "" {
			return
		}
		for _, spelled := range TokensOfRequest(id) {
			if RequestOfToken(spelled) != id {
				t.Errorf("%q is %s, and its token %q is %s", token, id, spelled, RequestOfToken(spelled))
			}
		}
	})
}
