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

	"signpost/store/rawjson"
)

// plainRedact gives the document without its members of Conditional Access data: it takes the document apart, leaves out what
// is to be left out, and writes the rest.
func plainRedact(doc []byte) []byte {
	decoder := json.NewDecoder(bytes.NewReader(doc))
	decoder.UseNumber()
	value, err := plainRead(decoder, 0)
	if err != nil {
		return []byte(withheld)
	}
	if _, err := decoder.Token(); err != io.EOF { //nolint:errorlint // the decoder gives io.EOF itself
		return []byte(withheld)
	}
	value, gone := plainTake(value, false)
	if gone {
		return []byte(withheld)
	}
	var out bytes.Buffer
	plainWrite(&out, value)
	return out.Bytes()
}

// plainMember is a member of an object, which is a list of them: keys may repeat.
type plainMember struct {
	key   string
	value any
}

func plainRead(decoder *json.Decoder, depth int) (any, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("nested deeper than %d", maxDepth)
	}
	token, err := decoder.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('{'):
		object := []plainMember{}
		for decoder.More() {
			key, err := decoder.Token()
			if err != nil {
				return nil, err
			}
			text, ok := key.(string)
			if !ok {
				return nil, fmt.Errorf("key %v is no text", key)
			}
			value, err := plainRead(decoder, depth+1)
			if err != nil {
				return nil, err
			}
			object = append(object, plainMember{text, value})
		}
		_, err := decoder.Token()
		return object, err
	case json.Delim('['):
		list := []any{}
		for decoder.More() {
			value, err := plainRead(decoder, depth+1)
			if err != nil {
				return nil, err
			}
			list = append(list, value)
		}
		_, err := decoder.Token()
		return list, err
	}
	return token, nil
}

// plainTake gives a value without the data; gone says that the whole of it is the data.
func plainTake(value any, listed bool) (rest any, gone bool) {
	switch value := value.(type) {
	case string:
		return redactText(value), false
	case []any:
		kept := []any{}
		for i := 0; i < len(value); i++ {
			text, isText := value[i].(string)
			if isText && redactText(text) == text && isConditionalAccessItem(text) {
				for ; i+1 < len(value); i++ { // names after each other, and what stands behind the last
					next, isText := value[i+1].(string)
					if !isText || redactText(next) != next || !isConditionalAccessItem(next) {
						break
					}
				}
				i++
				continue
			}
			if item, gone := plainTake(value[i], true); !gone {
				kept = append(kept, item)
			}
		}
		return kept, listed && len(value) > 0 && len(kept) == 0
	case []plainMember:
		kept := []plainMember{}
		named, keyed, valued := false, false, false
		for _, m := range value {
			role := memberRoles[foldKey(m.key)]
			if text, isText := m.value.(string); isText && role.names() {
				if isConditionalAccessKey(redactText(text)) {
					named, keyed = true, keyed || role == roleListed
				}
			} else {
				valued = valued || role == roleValue
			}
			item, gone := plainTake(m.value, false)
			if !gone && !isConditionalAccessKey(m.key) {
				kept = append(kept, plainMember{m.key, item})
			}
		}
		return kept, named && (valued || listed && keyed)
	}
	return value, false
}

func plainWrite(out *bytes.Buffer, value any) {
	text := func(s string) { out.Write(rawjson.AppendQuoted(nil, s)) }
	switch value := value.(type) {
	case nil:
		out.WriteString("null")
	case string:
		text(value)
	case []any:
		for i, item := range value {
			out.WriteByte("[,"[min(i, 1)])
			plainWrite(out, item)
		}
		out.WriteString("[]"[min(len(value), 1):])
	case []plainMember:
		for i, m := range value {
			out.WriteByte("{,"[min(i, 1)])
			text(m.key)
			out.WriteByte(':')
			plainWrite(out, m.value)
		}
		out.WriteString("{}"[min(len(value), 1):])
	default:
		fmt.Fprint(out, value)
	}
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

// FuzzRedactIsPlain: going through a document once gives what taking it apart and writing it again gives.
func FuzzRedactIsPlain(f *testing.F) {
	for _, seed := range []string{
		`{"a":{"conditionalAccessStatus":"success"},"b":[1.0,{"key":"conditionalAccess"}]}`, `{"p":"{\"conditionalAccessStatus\":1}"}`, `[-0.5e+7, 01]`,
		`[{"CONDITIONAL_ACCESS":1},"[1,2]","{"]`, `"\"{\\\"conditionalAccessX\\\":1}\""`, ` { "a" : 1 , "name" : "conditional access" } `, `[{"Key":"\u0063onditionalAccess"}]`,
		"\"\x01\"", `"\x"`, `[1,]`, `{"a":1,}`, `{"a"}`, `tru`, `{"conditional\u0130Access":1}`, `{"condİtionalAccess":1}`,
	} {
		f.Add([]byte(seed))
	}
	for _, hidden := range hiddenData {
		f.Add([]byte(hidden.doc))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		got, want := RedactConditionalAccess(doc), plainRedact(doc)
		if !utf8.Valid(doc) || !tablesOf(doc).isEmpty() {
			return // of what is no text the one writes marks, the other leaves it; columns of tables are TestRedactTables' own
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
			if !tablesOf(line).isEmpty() {
				continue // see TestRedactRealTable
			}
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
