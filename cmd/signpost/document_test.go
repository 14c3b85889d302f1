package main

import (
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"signpost/auth"
)

// valuesIn gives the values of elements by their names.
func valuesIn(page *goquery.Document, selector, name, value string) map[string]string {
	found := map[string]string{}
	page.Find(selector).Each(func(_ int, e *goquery.Selection) {
		found[e.AttrOr(name, "")] = e.AttrOr(value, strings.Join(strings.Fields(e.Text()), " "))
	})
	return found
}

// A document of a report has the numbers and definitions of its page, and all rows. No document needs a script or another file.
func TestDocumentsSayWhatPagesSay(t *testing.T) {
	t.Parallel()
	m := newDispatchMatrix(t)
	read := func(address string) *goquery.Document {
		answer := m.get(auth.RoleGlobalAdministrator, address)
		if answer.Code != http.StatusOK {
			t.Fatalf("%s: %d", address, answer.Code)
		}
		page, err := goquery.NewDocumentFromReader(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return page
	}
	numbers := 0
	for _, item := range matrixItems(time.Now()) {
		file := m.download(auth.RoleGlobalAdministrator, item, "html")
		document, err := goquery.NewDocumentFromReader(strings.NewReader(string(file)))
		if err != nil {
			t.Fatal(err)
		}
		if document.Find("script, link, img, form, iframe").Length() > 0 || document.Find("style").Length() != 1 || document.Find("h1").Length() != 1 {
			t.Errorf("the document of %s needs other files, or has not one style and one heading", item.address)
		}
		page := read(item.address)
		total := page.Find(`[data-testid="total"]`).First().AttrOr("data-value", "")
		if got := document.Find(`[data-testid="total"]`).AttrOr("data-value", "none"); got != total {
			t.Errorf("the document of %s has a total of %s, the page %s", item.address, got, total)
		}
		if !item.isReport {
			continue
		}
		for what, of := range map[string][3]string{
			"numbers":     {`[data-testid="metric"]`, "data-name", "data-value"},
			"definitions": {"[data-definition]", "data-definition", ""},
			"cells":       {`[data-testid="row"] td:not(.wide)`, "data-name", "data-value"},
		} {
			want, got := valuesIn(page, of[0], of[1], of[2]), valuesIn(document, of[0], of[1], of[2])
			if numbers += len(want); !maps.Equal(got, want) {
				t.Errorf("%s of the document of %s are\n%v\nthose of the page\n%v", what, item.address, got, want)
			}
		}
	}
	if numbers < 50 {
		t.Errorf("%d numbers were compared", numbers)
	}
}
