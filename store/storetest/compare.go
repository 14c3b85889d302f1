package storetest

import (
	"context"

	gocmp "github.com/google/go-cmp/cmp"

	"signpost/store"
)

// TB is the part of testing.TB that a comparison needs.
type TB interface {
	Helper()
	Context() context.Context
	Errorf(format string, args ...any)
}

// Compare asks both stores the question and reports each line of got's answer that differs from want's.
func Compare(t TB, got, want store.Store, c Case) {
	t.Helper()
	wanted, answered := Ask(t.Context(), want, c), Ask(t.Context(), got, c)
	if diff := gocmp.Diff(wanted, answered); diff != "" {
		t.Errorf("%s\nthe answers differ (-want +got):\n%s", c, diff)
	}
}
