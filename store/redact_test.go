package store

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"unicode/utf8"
)

// plainRedact gives the document without its members of Conditional Access data, at any depth
// and also inside JSON that is written into a string, as Log Analytics does. All else stays: order, and
// numbers to the digit. A document that is no JSON is withheld whole.
func plainRedact(doc []byte) []byte {
	r := plainRedaction{decoder: json.NewDecoder(bytes.NewReader(doc))}
	r.decoder.UseNumber()
	if err := r.value(0); err != nil {
		return []byte(withheld)
	}
	if _, err := r.decoder.Token(); err != io.EOF { //nolint:errorlint // the decoder gives io.EOF itself
		return []byte(withheld)
	}
	return r.out.Bytes()
}

// plainRedaction copies a document token by token.
type plainRedaction struct {
	decoder *json.Decoder
	out     bytes.Buffer
}

func (r *plainRedaction) value(depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("nested deeper than %d", maxDepth)
	}
	token, err := r.decoder.Token()
	if err != nil {
		return err
	}
	switch token := token.(type) {
	case json.Delim:
		if token == '{' {
			return r.object(depth)
		}
		return r.array(depth)
	case string:
		return r.text(redactText(token))
	case json.Number:
		r.out.WriteString(token.String())
	case bool:
		fmt.Fprint(&r.out, token)
	case nil:
		r.out.WriteString("null")
	}
	return nil
}

func (r *plainRedaction) text(s string) error {
	encoded, err := encodeText(s)
	r.out.Write(encoded)
	return err
}

func (r *plainRedaction) array(depth int) error {
	r.out.WriteByte('[')
	first := true
	for r.decoder.More() {
		start := r.out.Len()
		if !first {
			r.out.WriteByte(',')
		}
		begin := r.out.Len()
		if err := r.value(depth + 1); err != nil {
			return err
		}
		if namesConditionalAccess(r.out.Bytes()[begin:]) {
			r.out.Truncate(start)
			continue
		}
		first = false
	}
	r.out.WriteByte(']')
	_, err := r.decoder.Token()
	return err
}

func (r *plainRedaction) object(depth int) error {
	r.out.WriteByte('{')
	first := true
	for r.decoder.More() {
		token, err := r.decoder.Token()
		if err != nil {
			return err
		}
		key, ok := token.(string)
		if !ok {
			return fmt.Errorf("key %v is no text", token)
		}
		start := r.out.Len()
		if !first {
			r.out.WriteByte(',')
		}
		if err := r.text(key); err != nil {
			return err
		}
		r.out.WriteByte(':')
		if err := r.value(depth + 1); err != nil {
			return err
		}
		if isConditionalAccessKey(key) {
			r.out.Truncate(start)
			continue
		}
		first = false
	}
	r.out.WriteByte('}')
	_, err := r.decoder.Token()
	return err
}

// namesConditionalAccess says whether a list's entry is a pair of key and value whose key names that data.
func namesConditionalAccess(entry []byte) bool {
	if len(entry) == 0 || entry[0] != '{' {
		return false
	}
	var pair struct{ Key, Name any } // matched without regard to case
	if json.Unmarshal(entry, &pair) != nil {
		return false
	}
	for _, name := range []any{pair.Key, pair.Name} {
		if text, ok := name.(string); ok && isConditionalAccessKey(text) {
			return true
		}
	}
	return false
}

// sameJSON compares documents by what they say. A key that stands twice in an object counts once, as in most readers.
func sameJSON(a, b []byte) bool {
	read := func(doc []byte) (value any) {
		decoder := json.NewDecoder(bytes.NewReader(doc))
		decoder.UseNumber()
		if decoder.Decode(&value) != nil {
			return nil
		}
		return value
	}
	return reflect.DeepEqual(read(a), read(b))
}

// FuzzRedactIsPlain: going through a document once gives what taking it apart and writing it anew gives.
func FuzzRedactIsPlain(f *testing.F) {
	for _, seed := range []string{
		`{"a":{"conditionalAccessStatus":"success"},"b":[1.0,{"key":"conditionalAccess"}]}`, `{"p":"{\"conditionalAccessStatus\":1}"}`, `[-0.5e+7, 01]`,
		`[{"CONDITIONAL_ACCESS":1},"[1,2]","{"]`, `"\"{\\\"conditionalAccessX\\\":1}\""`, ` { "a" : 1 , "name" : "conditional access" } `, `[{"Key":"\u0063onditionalAccess"}]`,
		"\"\x01\"", `"\x"`, `[1,]`, `{"a":1,}`, `{"a"}`, `tru`, `{"conditional\u0130Access":1}`, `{"condİtionalAccess":1}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		got, want := RedactConditionalAccess(doc), plainRedact(doc)
		if !utf8.Valid(doc) {
			return // the one writes marks for what is no text, the other leaves it
		}
		if (string(got) == withheld) != (string(want) == withheld) || !sameJSON(got, want) {
			t.Errorf("%q becomes\n%s, not\n%s", doc, got, want)
		}
	})
}

// The records of the real exports lose the same both ways.
func TestRedactIsPlain(t *testing.T) {
	files, err := filepath.Glob("../../shared/fixtures/*/*")
	if err != nil || len(files) == 0 {
		t.Skip("the real exports are not at hand: ", err)
	}
	lines := 0
	for _, path := range files {
		content, err := os.ReadFile(path)
		if err != nil {
			continue // a folder
		}
		for _, line := range append(bytes.Split(content, []byte("\n")), content) {
			if !json.Valid(line) {
				continue
			}
			lines++
			if got, want := RedactConditionalAccess(line), plainRedact(line); !sameJSON(got, want) {
				t.Fatalf("%s: %.300s\nbecomes %.300s\nnot     %.300s", path, line, got, want)
			}
		}
	}
	if lines < 10 {
		t.Errorf("only %d records were compared", lines)
	}
}

func BenchmarkRedact(b *testing.B) {
	doc := []byte(`{"time":"2026-11-23T12:10:00Z","category":"SignInLogs","properties":{"id":"aaaaaaaa-0000-4000-8000-000000000001","userDisplayName":"Ada","authenticationProcessingDetails":[{"key":"Login Hint Present","value":"True"},{"key":"Oauth Scope Info","value":"[\"openid\",\"profile\"]"}],"appliedConditionalAccessPolicies":[{"displayName":"MFA for all","conditionsSatisfied":3}],"status":{"errorCode":0,"failureReason":"Other."},"deviceDetail":{"browser":"Chrome 120.0.0","operatingSystem":"Windows 10"}}}`)
	for name, redact := range map[string]func([]byte) []byte{"once": RedactConditionalAccess, "plain": plainRedact} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(doc)))
			b.ReportAllocs()
			for b.Loop() {
				redact(doc)
			}
		})
	}
}
