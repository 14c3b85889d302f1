package ask

import (
	"strings"
	"testing"
	"time"

	"signpost/store"
)

// The card of recently registered methods counts the users of its list, method by method.
func TestRecentlyRegisteredMethodsHaveAList(t *testing.T) {
	h := holding(t)
	put := func(daysAgo int, methods ...[]string) {
		var rows []store.StateRow
		for n, list := range methods {
			rows = append(rows, &store.Registration{ID: testID(2000 + n), Name: "User " + string(rune('A'+n)), Methods: list, Updated: noon.AddDate(0, 0, -daysAgo)})
		}
		h.putAll(t, store.DirectoryBatch{States: rows, At: noon.AddDate(0, 0, -daysAgo)})
	}
	const push, key, phone = "microsoftAuthenticatorPush", "fido2SecurityKey", "mobilePhone"
	put(60, []string{push}, []string{push}, []string{push}, []string{push})
	put(40, []string{push, phone}, []string{push}, []string{push}, []string{push}) // too long ago
	put(20, []string{push, phone}, []string{push, key}, []string{push, key}, []string{push})
	put(3, []string{push, phone}, []string{push, key, phone}, []string{push}, []string{push}) // the key of C is gone again
	q := &InsightQuery{Range: day, Now: noon, Location: time.UTC, Chosen: map[string]string{}, Limit: 10}
	q.List = Authentication.Lists[0]
	q.Sort = q.List.Sort
	s, err := Authentication.Summary(t.Context(), h.Reader, q)
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]string{}
	for _, card := range s.Cards {
		for _, line := range card.Lines {
			if card.Name == "recent" && line.Text != "" {
				counts[line.Label] = line.Text
				if !strings.Contains(line.Address, "list=recent") {
					t.Errorf("%s leads to %q", line.Label, line.Address)
				}
			}
		}
	}
	if len(counts) != 2 || counts["FIDO2 security key"] != "2, in 7 days 0" || counts["Mobile phone"] != "1, in 7 days 1" {
		t.Errorf("the card counts %v", counts)
	}
	q.List, _ = Authentication.ListNamed("recent")
	q.Sort = q.List.Sort
	for method, want := range map[string]string{
		"":    "User B: FIDO2 security key, Mobile phone since 3; User C: FIDO2 security key since 20",
		key:   "User B: FIDO2 security key, Mobile phone since 3; User C: FIDO2 security key since 20",
		phone: "User B: FIDO2 security key, Mobile phone since 3",
		push:  "",
	} {
		q.Chosen = map[string]string{}
		if method != "" {
			q.Chosen[SwitchMethod.Param] = method
		}
		page, err := q.List.Ask(t.Context(), h.Reader, q)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, row := range page.Rows {
			got = append(got, row.Name+": "+row.Cells[0].Words+" since "+strings.TrimSuffix(noon.Sub(row.Cells[1].Time).String(), "h0m0s"))
		}
		text := strings.NewReplacer("since 72", "since 3", "since 480", "since 20").Replace(strings.Join(got, "; "))
		if text != want {
			t.Errorf("with the method %q: got %s, want %s", method, text, want)
		}
	}
}
