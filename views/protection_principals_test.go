package views

import (
	"errors"
	"strings"
	"testing"

	"signpost/store"
	"signpost/web/ask"
)

// Numbers of a table that is not complete say so.
func TestUsesOfAPrincipalThatAreNotComplete(t *testing.T) {
	row := store.TableRow{Value: "k1"}
	row.ByStatus[store.StatusFailure], row.ByStatus[store.StatusSuccess] = 2, 5
	for complete, want := range map[bool][]string{true: {">3<", ">7</a>", ">2</td>", ">2 more are not listed."}, false: {">at least 3<", ">at least 7</a>", ">at least 2</td>", ">At least 2 more are not listed."}} {
		p := RiskyObjectPage{}
		p.Keys = ask.ObjectTable{By: store.KeyField, Table: store.Table{Rows: []store.TableRow{row}, Values: 3, Complete: complete}}
		p.Resources = ask.ObjectTable{By: store.ResourceField, Table: p.Keys.Table}
		var page strings.Builder
		if err := errors.Join(principalKeys(p).Render(t.Context(), &page), principalResources(p).Render(t.Context(), &page)); err != nil {
			t.Fatal(err)
		}
		for _, text := range want {
			if n := strings.Count(page.String(), text); n != 2 {
				t.Errorf("complete %t: %q stands %d times:\n%s", complete, text, n, page.String())
			}
		}
		p = RiskyObjectPage{}
		p.Keys.Table.Complete = complete
		page.Reset()
		if err := principalKeys(p).Render(t.Context(), &page); err != nil || strings.Contains(page.String(), "so far") == complete {
			t.Errorf("without keys, complete %t: %v %s", complete, err, page.String())
		}
	}
}
