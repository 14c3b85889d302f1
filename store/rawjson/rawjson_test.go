package rawjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

const testDepth = 20

// valid are documents that every walker reads whole.
var valid = []string{
	`{}`, `[]`, `""`, `{"a":1}`, `[1,"b",null,true,false]`, `{"a":{"b":[{"c":"d"}]},"e":""}`, `[-0.5e+7,0,1E2,-1.25,10]`, ` { "a" : [ 1 , 2 ] , "b" : "c d" } `,
	"[\n1\t,\r\n2]", `{"a":"\"\\\/\b\f\n\r\t\u0041","b":"\ud83d\ude00\ud800\u0041\udc00"}`, `{"a":1,"a":{"a":2}}`, `{"\u0061\\":"\\\\","b":"\\\""}`, `["é","😀","\u2028"]`,
	`{"p":"{\"q\":\"[1,2]\"}"}`, `[[[[]]],{"":{}}]`, "[\"\x7f\"]", `{"long":"0123456789abcdef0123456789abcdef\n0123456789"}`,
}

// broken are texts that are no JSON.
var broken = []string{
	``, ` `, `{`, `[`, `"`, `{"a"`, `{"a":`, `{"a":}`, `{"a":1,}`, `[1,]`, `[,1]`, `{,}`, `{"a" 1}`, `{a:1}`, `[1 2]`, `[1}`, `{"a":1]`, `tru`, `[nul]`, `truex`, `[01]`, `-`, `[-]`, `[1.]`, `[.5]`, `[1e]`, `[1e+]`,
	`[+1]`, `["\x"]`, `["\u12"]`, `["\u12g4"]`, "[\"\n\"]", "[\"\x00\"]", `["a]`, `{}{}`, `[]]`, `{"a":1}x`, `NaN`, "[1,\x002]", `{"a":"b}`, `["\`, "[\"\\\n\"]",
}

func seed(f *testing.F) {
	for _, text := range slices.Concat(valid, broken) {
		f.Add([]byte(text))
	}
	f.Add([]byte("{\"a\":\"\xff\xfe\",\"\xe2\x80\":\"\xf0\\u0041\"}"))
	f.Add([]byte(strings.Repeat("[", testDepth) + strings.Repeat("]", testDepth)))
	f.Add([]byte(strings.Repeat(`{"a":`, testDepth+1) + "1" + strings.Repeat("}", testDepth+1)))
}

// depthOf is how deep brackets stand in a text, those in strings left out.
func depthOf(doc []byte) (deepest int) {
	decoder := json.NewDecoder(bytes.NewReader(doc))
	for depth := 0; ; {
		token, err := decoder.Token()
		if err != nil {
			return deepest
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
			deepest = max(deepest, depth)
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
	}
}

func isDocument(doc []byte) bool {
	start := bytes.TrimLeft(doc, " \t\r\n")
	return len(start) > 0 && (start[0] == '{' || start[0] == '[')
}

// FuzzCompact: Compact takes what encoding/json takes for JSON, and makes the same compact copy of it. Cut off anywhere, a
// document is short, and never wrong.
func FuzzCompact(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, doc []byte) {
		compact, n, err := Compact(nil, doc, testDepth)
		isWhole := err == nil && len(bytes.TrimLeft(doc[n:], " \t\r\n")) == 0
		want := json.Valid(doc) && isDocument(doc) && depthOf(doc) <= testDepth
		if isDocument(doc) && isWhole != want {
			t.Fatalf("%q: taken %t, want %t: %v", doc, isWhole, want, err)
		}
		if !isWhole {
			return
		}
		if !json.Valid(doc) || !utf8.Valid(compact) {
			t.Fatalf("%q was taken for JSON: %q", doc, compact)
		}
		var plain bytes.Buffer
		if err := json.Compact(&plain, doc); err != nil {
			t.Fatal(err)
		}
		if want := bytes.ToValidUTF8(plain.Bytes(), []byte("\uFFFD")); !bytes.Equal(compact, want) {
			t.Fatalf("%q became %q, want %q", doc, compact, want)
		}
		if !isDocument(doc) {
			return // of a number or a word the end may be missing
		}
		for cut := range n {
			if _, _, err := Compact(nil, doc[:cut], testDepth); !errors.Is(err, ErrShort) {
				t.Fatalf("%q: got %v, want ErrShort", doc[:cut], err)
			}
		}
	})
}

// FuzzList: a Scanner that stops before lists has read the same members as one that does not, and the lists stand between.
func FuzzList(f *testing.F) {
	for _, doc := range []string{
		`{"value":[1,2]}`, `{"a":1,"VALUE":[],"b":[2],"rows":[[1]],"c":{"value":[3]}}`, `{"value":[1]`, `{"value":[1] "a":2}`, `{"value":{"rows":[1]}}`, ` { "rows" : [ ] , "x" : 1 } `, `[{"value":[1]}]`,
	} {
		f.Add([]byte(doc))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		_, n, err := Compact(nil, doc, testDepth)
		if err != nil {
			return
		}
		at, step := 0, (*Scanner).Value
		for {
			s := NewScanner(nil, doc[at:], testDepth, "value", "rows")
			err := step(&s)
			at += len(s.Taken())
			if !errors.Is(err, ErrList) {
				if err != nil || at != n {
					t.Fatalf("%q: ended at %d of %d: %v", doc, at, n, err)
				}
				return
			}
			if list := s.List(); list != "value" && list != "rows" || doc[at] != '[' {
				t.Fatalf("%q: stopped at %d for %q", doc, at, list)
			}
			_, length, err := Compact(nil, doc[at:], testDepth)
			if err != nil {
				t.Fatal(err)
			}
			at, step = at+length, (*Scanner).Rest
		}
	})
}

// tree reads a document with a Reader into what encoding/json makes of it.
func tree(r *Reader) (any, error) {
	switch r.Peek() {
	case '{':
		object := map[string]any{}
		for r.Open(); ; {
			more, err := r.More('}')
			if !more || err != nil {
				return object, err
			}
			key, err := r.Key()
			if err != nil {
				return nil, err
			}
			if object[key.String()], err = tree(r); err != nil {
				return nil, err
			}
		}
	case '[':
		list := []any{}
		for r.Open(); ; {
			more, err := r.More(']')
			if !more || err != nil {
				return list, err
			}
			item, err := tree(r)
			if err != nil {
				return nil, err
			}
			list = append(list, item)
		}
	case '"':
		text, err := r.Text()
		return text.String(), err
	}
	raw, err := r.Scalar()
	return scalar(raw), err
}

func scalar(raw []byte) any {
	switch string(raw) {
	case "true":
		return true
	case "false":
		return false
	case "null":
		return nil
	}
	return json.Number(raw)
}

// walked reads compact JSON with the quick walkers into the same.
func walked(value []byte) any {
	switch value[0] {
	case '{':
		object := map[string]any{}
		for key, member := range EachMember(value) {
			object[Unescaped(key)] = walked(member)
		}
		return object
	case '[':
		list := []any{}
		for item := range EachItem(value) {
			list = append(list, walked(item))
		}
		return list
	case '"':
		return Unescaped(value[1 : len(value)-1])
	}
	return scalar(value)
}

// unmarshalled is what encoding/json makes of a document; ok is false for none.
func unmarshalled(doc []byte) (value any, ok bool) {
	decoder := json.NewDecoder(bytes.NewReader(doc))
	decoder.UseNumber()
	if decoder.Decode(&value) != nil {
		return nil, false
	}
	_, err := decoder.Token()
	return value, errors.Is(err, io.EOF)
}

// FuzzReader: a Reader takes what encoding/json takes, and reads the same.
func FuzzReader(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, doc []byte) {
		r := NewReader(doc)
		got, err := tree(&r)
		isRead := err == nil && r.Peek() == 0 && r.At() == len(doc)
		want, ok := unmarshalled(doc)
		if isRead != ok {
			t.Fatalf("%q: read %t, want %t: %v at %d", doc, isRead, ok, err, r.At())
		}
		if isRead && !reflect.DeepEqual(got, want) {
			t.Fatalf("%q: got %v, want %v", doc, got, want)
		}
	})
}

// FuzzWalk: the quick walkers read what encoding/json reads of a compact document, and of any other text they stay inside it.
func FuzzWalk(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, doc []byte) {
		stays(t, doc)
		compact, n, err := Compact(nil, doc, testDepth)
		if err != nil || n == 0 {
			return
		}
		want, ok := unmarshalled(compact)
		if got := walked(compact); !ok || !reflect.DeepEqual(got, want) {
			t.Fatalf("%q: got %v, want %v", compact, got, want)
		}
		if got := entered(compact); !slices.Equal(got, keys(compact)) {
			t.Fatalf("%q: entering objects gives the keys %q, want %q", compact, got, keys(compact))
		}
	})
}

// stays walks any text: each part that it is given is shorter than the text, and text of each part can be read.
func stays(t *testing.T, text []byte) {
	t.Helper()
	text = bytes.Clone(text)[:len(text):len(text)]
	for key, value := range EachMember(text) {
		Unescaped(key)
		if len(key)+len(value) >= len(text) || len(value) == 0 {
			t.Fatalf("%q has the member %q: %q", text, key, value)
		}
		stays(t, value)
	}
	for item := range EachItem(text) {
		if len(item) >= len(text) || len(item) == 0 {
			t.Fatalf("%q has the item %q", text, item)
		}
		stays(t, item)
	}
	entered(text)
	Unescaped(text)
	Embedded(text, testDepth)
}

// entered gives the keys of an object and of the objects in its members, going into those.
func entered(object []byte) (keys []string) {
	m := MembersOf(object)
	return enterAll(&m)
}

func enterAll(m *Members) (keys []string) {
	for {
		key, ok := m.Key()
		if !ok {
			return keys
		}
		keys = append(keys, string(key))
		if !m.IsObject() {
			m.Value()
			continue
		}
		inner := m.Enter()
		keys = append(keys, enterAll(&inner)...)
		m.Leave(inner)
	}
}

// keys gives the same keys without going into objects.
func keys(object []byte) (list []string) {
	for key, value := range EachMember(object) {
		list = append(append(list, string(key)), keys(value)...)
	}
	return list
}

// FuzzQuoted: a text comes back from its quoted forms, and one of them is encoding/json's.
func FuzzQuoted(f *testing.F) {
	for _, text := range []string{"", "a", "\"\\/\b\f\n\r\t\x00\x1f\x7f", "é😀\u2028\u2029\ufffd", "a\xffb\xe2\x80", "<&>"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		said := string([]rune(text))
		for _, quoted := range [][]byte{AppendQuoted([]byte("x"), text)[1:], AppendQuotedForScripts(nil, text)} {
			var got string
			if err := json.Unmarshal(quoted, &got); err != nil || got != said {
				t.Fatalf("%q became %s, which is %q: %v", text, quoted, got, err)
			}
			if got := Unescaped(quoted[1 : len(quoted)-1]); got != said {
				t.Fatalf("%s is %q, want %q", quoted, got, said)
			}
		}
		var want bytes.Buffer
		encoder := json.NewEncoder(&want)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(text); err != nil {
			t.Fatal(err)
		}
		if got := AppendQuotedForScripts(nil, text); string(got)+"\n" != want.String() {
			t.Fatalf("%q became %s, want %s", text, got, want.String())
		}
	})
}

// FuzzBalance: the bracket that closes a document is its last byte.
func FuzzBalance(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, doc []byte) {
		if !isDocument(doc) || !json.Valid(doc) {
			return
		}
		var b Balance
		for i, c := range doc {
			if b.Closes(c) {
				if rest := bytes.TrimLeft(doc[i+1:], " \t\r\n"); len(rest) > 0 {
					t.Fatalf("%q closes before %q", doc, rest)
				}
				return
			}
		}
		t.Fatalf("%q does not close", doc)
	})
}

func TestEmbedded(t *testing.T) {
	for _, test := range []struct {
		text, want string
		ok         bool
	}{
		{`"{\"a\": [1, 2]}"`, `{"a":[1,2]}`, true},
		{`"[]"`, `[]`, true},
		{`"{\"a\":\"{\\\"b\\\":1}\"}"`, `{"a":"{\"b\":1}"}`, true},
		{`" {}"`, "", false}, // a reader of one column trims nothing
		{`"{} "`, "", false},
		{`"{\"a\":1"`, "", false},
		{`"x"`, "", false},
		{`"\u007b}"`, "", false},
		{`{"a":1}`, "", false},
		{`"1"`, "", false},
		{`"` + strings.Repeat("[", testDepth+1) + strings.Repeat("]", testDepth+1) + `"`, "", false},
	} {
		got, ok := Embedded([]byte(test.text), testDepth)
		if ok != test.ok || ok && string(got) != test.want {
			t.Errorf("%s: got %s %t, want %s %t", test.text, got, ok, test.want, test.ok)
		}
	}
}

func TestBare(t *testing.T) {
	for text, want := range map[string]bool{" {\"a\":1}\n": true, "[]": true, "x[1]x": true, "": false, " ": false, "{": false, `"a"`: false, "1": false} {
		bare := Bare(text, func(r rune) bool { return r == 'x' })
		if got := IsDocument(bare); got != want || strings.ContainsFunc(bare, unicode.IsSpace) {
			t.Errorf("%q is bare %q, a document: %t, want %t", text, bare, got, want)
		}
	}
}

func TestSyntaxErrors(t *testing.T) {
	for _, test := range []struct {
		doc, problem string
		at, told     int
	}{
		{"[1\n\n x", "a comma or a closing bracket is missing after a value.", 5, 2},
		{`{"a" 1}`, "a colon is missing after a key.", 5, 5},
		{`{a:1}`, "a key in quotation marks was expected.", 1, 1},
		{`[x]`, "a value is missing or is none that JSON knows.", 1, 1},
		{`["a\x"]`, "a string holds an escape sequence that JSON does not know.", 3, 3},
		{"[\"a\n\"]", "a string holds a line break or another control character.", 3, 3},
		{`[01]`, "a number is not written as JSON writes numbers.", 3, 3},
		{`[1.]`, "a number ends with its decimal point.", 3, 3},
		{`[1e]`, "a number has no digits in its exponent.", 3, 3},
		{strings.Repeat("[", testDepth+1), "it is nested too deeply.", testDepth, testDepth},
	} {
		_, n, err := Compact(nil, []byte(test.doc), testDepth)
		var syntax *SyntaxError
		if !errors.As(err, &syntax) || *syntax != (SyntaxError{test.at, test.told, test.problem}) || n != test.at {
			t.Errorf("%q: got %+v at %d, want %+v", test.doc, err, n, test)
		}
	}
}
