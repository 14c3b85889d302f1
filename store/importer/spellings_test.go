package importer

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"signpost/store"
)

// snake spells a key as Graph's Python SDK does.
func snake(key string) string {
	var b strings.Builder
	for _, r := range key {
		if unicode.IsUpper(r) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// dotNet spells a key as Graph's .NET SDK does.
func dotNet(key string) string {
	var b strings.Builder
	for word := range strings.SplitSeq(key, "_") {
		b.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return b.String()
}

// spelt writes all keys of a value in another way. Annotations keep theirs.
func spelt(value any, spell func(string) string) any {
	switch v := value.(type) {
	case []any:
		for i := range v {
			v[i] = spelt(v[i], spell)
		}
	case map[string]any:
		again := map[string]any{}
		for key, member := range v {
			if !strings.HasPrefix(key, "@") {
				key = spell(key)
			}
			again[key] = spelt(member, spell)
		}
		return again
	}
	return value
}

// Sign-ins that an SDK has printed are those of Graph, in every field and at every depth, also when they are decoded again.
func TestSpellings(t *testing.T) {
	text, err := os.ReadFile("testdata/graph_beta.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, spell := range map[string]func(string) string{"snake_case": snake, ".NET": dotNet} {
		var answer struct{ Value []any }
		if err := json.Unmarshal(text, &answer); err != nil {
			t.Fatal(err)
		}
		doc, err := json.Marshal(spelt(answer.Value[0], spell))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(doc), `"createdDateTime"`) {
			t.Fatalf("%s is spelt as Graph does", doc)
		}
		w := newFakeWriter()
		got, err := New(w, Options{}).Reader(t.Context(), "x", strings.NewReader("["+string(doc)+"]"))
		if err != nil || got.Format != map[string]string{"snake_case": Graph, ".NET": PowerShellJSON}[name] || got.New != 1 || got.Read != 1 {
			t.Fatalf("%s: %v, got %+v", name, err, got)
		}
		want := betaSignIn()
		kept := w.rows["interactive/"+want.ID]
		if len(kept) != 1 {
			t.Fatalf("%s: %d copies are kept", name, len(kept))
		}
		want.PrivateLinkDetails = nil // kept as they are written
		imported := *kept[0].SignIn()
		imported.PrivateLinkDetails = nil
		if diff := cmp.Diff(want, imported); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		again, err := Decoder(signInsOnly)(store.Interactive, kept[0].Doc)
		if diff := cmp.Diff(kept[0].Entry, again); err != nil || diff != "" {
			t.Errorf("%s decoded again: %v\n%s", name, err, diff)
		}
		if _, unknown := Unread(signInsOnly)(doc); len(unknown) > 0 {
			t.Errorf("%s: %v are not read", name, unknown)
		}
	}
}

// A time as Python prints it, and keys that only look like those of a sign-in.
func TestSnakeCase(t *testing.T) {
	s := mustDecode(t, `{"id":"x","created_date_time":"2026-11-28 09:39:00.123456+00:00","user_principal_name":"ada@example.com","app_id":"a","_resource_id":"r","_ResourceId":"r"}`)
	if want := time.Date(2026, 11, 28, 9, 39, 0, 123456000, time.UTC); !s.Time.Equal(want) || s.ResourceID != "" || s.AppID != "a" {
		t.Errorf("got %+v", s)
	}
}
