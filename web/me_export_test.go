package web

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"signpost/store"
)

// late finds a person's sign-ins and their places, and does not read them in time.
type late struct {
	store.Store
	asked int
}

func (l *late) PersonRows(ctx context.Context, person store.Person, places []store.Cursor) ([]store.Row, error) {
	if l.asked++; l.asked > 1 { // the first question is about the places
		return nil, store.ErrTooSlow
	}
	return l.Store.PersonRows(ctx, person, places)
}

// A download that cannot be made has the status of an error. An empty file would mean that there are no
// sign-ins.
func TestOwnDownloadThatCannotBeMadeSaysSo(t *testing.T) {
	for _, path := range []string{"/me/export.csv", "/me/export.json"} {
		server := httptest.NewServer(newPortalOf(t, &late{Store: traveller()}, ada).Server)
		defer server.Close()
		answer := overTheWire(t, server, path)
		defer answer.Body.Close()
		if answer.StatusCode != http.StatusGatewayTimeout || answer.Header.Get("Content-Disposition") != "" {
			t.Errorf("%s: got %d as %q, want 504 and no file", path, answer.StatusCode, answer.Header.Get("Content-Disposition"))
		}
	}
}
