package storetest

import (
	"context"

	gocmp "github.com/google/go-cmp/cmp"

	"signpost/store"
)

// Questions is all that can be asked about sign-ins.
type Questions interface {
	store.Store
	Histogram(ctx context.Context, q store.HistogramQuery) (store.Histogram, error)
	Facets(ctx context.Context, q store.FacetsQuery) ([]store.Facet, error)
	Values(ctx context.Context, q store.ValuesQuery) (store.Facet, error)
	Report(ctx context.Context, q store.ReportQuery) (store.Report, error)
}

var _ Questions = (*Plain)(nil)

// TB is the part of testing.TB that a comparison needs.
type TB interface {
	Helper()
	Context() context.Context
	Errorf(format string, args ...any)
}

// Compare puts one question to both stores and says where got's answer is not want's.
func Compare(t TB, got, want Questions, c Case) {
	t.Helper()
	wanted, answered := Ask(t.Context(), want, c), Ask(t.Context(), got, c)
	if diff := gocmp.Diff(wanted, answered); diff != "" {
		t.Errorf("%s\nthe answers differ (-want +got):\n%s", c, diff)
	}
}
