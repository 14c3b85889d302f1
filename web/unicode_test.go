package web

import (
	"net/url"
	"slices"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

// A name with accents is found in any encoding of its letters, in the record and in the query.
func TestTextIsComparedInOneForm(t *testing.T) {
	directory := `{"@odata.context": "https://graph.microsoft.com/v1.0/$metadata#users", "value": [
		{"id": "22222222-0000-4000-8000-000000000001", "displayName": "Zoe\u0308 Mac", "userPrincipalName": "zoe@fernhollow.example"}]}`
	v := newFilledHouse(t, []string{"c41_unicode.ndjson"}, directory)
	const jose, lukasz, istanbul = "e2740339-d879-5870-b7ba-9073252a904c", "3947ac3a-c0a6-5d88-9a5b-9d1cb825d856", "0c754c75-ac0a-535c-9b6f-1b38afc3edca"
	for _, tt := range []struct {
		param, value string
		want         string
	}{
		{"user", "José Nuñez", jose},
		{"user", "Jose\u0301 Nun\u0303ez", jose},
		{"user", "JOSÉ NUÑEZ", jose},
		{"user.starts", "josé", jose},
		{"user.has", "nuñ", jose},
		{"user", "Łukasz Żółć", lukasz},
		{"user", "Łukasz Z\u0307o\u0301łc\u0301", lukasz},
		{"user.has", "żół", lukasz},
		{"user", "łukasz@fernhollow.example", lukasz},
		{"user", "Straße I\u0307stanbul", istanbul},
		{"user.has", "山田", "1e60db83-3633-513c-972d-6973e0f72bcc"},
		{"user", "Jose Nunez", ""},
	} {
		page := v.page("/logs/interactive?range=7d&" + url.Values{tt.param: {tt.value}}.Encode())
		var ids []string
		page.Find("[data-testid=row]").Each(func(_ int, row *goquery.Selection) { ids = append(ids, row.AttrOr("data-id", "")) })
		if want := nonEmptyTexts(tt.want); !slices.Equal(ids, want) {
			t.Errorf("%s=%+q finds %q, want %q", tt.param, tt.value, ids, want)
		}
	}
	for _, text := range []string{"zoë", "ZOE\u0308 M"} {
		if got := v.page("/users?" + url.Values{"q": {text}}.Encode()).Find("[data-testid=row]").Length(); got != 1 {
			t.Errorf("the directory finds %d users for %+q, want 1", got, text)
		}
	}
}

func nonEmptyTexts(text string) []string {
	if text == "" {
		return nil
	}
	return []string{text}
}
