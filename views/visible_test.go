package views

import (
	"bytes"
	"html"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/PuerkitoBio/goquery"

	"signpost/store"
)

func TestVisible(t *testing.T) {
	const override = `<bdi class="unseen" title="right-to-left override">[U+202E]</bdi>`
	for in, want := range map[string]string{
		"":                              "",
		"plain":                         "plain",
		"<p>Ada, José… – 山田 \u00a0</p>": "<p>Ada, José… – 山田 \u00a0</p>",
		"<p>ada\u202egnp.exe</p>":       "<p>ada" + override + "gnp.exe</p>",
		"<p>\t\r\n</p>":                 "<p>\t\r\n</p>",
		"<p>a\x00b\x1bc</p>":            `<p>a<bdi class="unseen" title="null">[U+0000]</bdi>b<bdi class="unseen" title="escape">[U+001B]</bdi>c</p>`,
		"<p>a\u200bb</p>":               `<p>a<bdi class="unseen" title="zero width space">[U+200B]</bdi>b</p>`,
		"<p>a\U000e0041b</p>":           `<p>a<bdi class="unseen">[U+E0041]</bdi>b</p>`,
		"<td title=\"a\u202eb\" data-value=\"a\u202eb\">x</td>":          "<td title=\"a[U+202E]b\" data-value=\"a\u202eb\">x</td>",
		"<input value=\"a\u202eb\" aria-label='x'>":                      "<input value=\"a\u202eb\" aria-label='x'>",
		"<title>a\u202eb</title><p>\u202e</p>":                           "<title>a[U+202E]b</title><p>" + override + "</p>",
		"<option value=\"\u202e\">a\u202eb</option><p>\u202e</p>":        "<option value=\"\u202e\">a[U+202E]b</option><p>" + override + "</p>",
		"<textarea>a\u202eb</textarea><p>\u202e</p>":                     "<textarea>a\u202eb</textarea><p>" + override + "</p>",
		"<svg><text>a\u202eb</text></svg><p>\u202e</p>":                  "<svg><text>a[U+202E]b</text></svg><p>" + override + "</p>",
		"<p>שלום עולם to App</p>":                                        "<p><bdi>שלום עולם</bdi> to App</p>",
		"<p>a שלום &amp; b</p>":                                          "<p>a <bdi>שלום</bdi> &amp; b</p>",
		"<p>سَلام\u200dx</p>":                                            `<p><bdi>سَلام</bdi><bdi class="unseen" title="zero width joiner">[U+200D]</bdi>x</p>`,
		"<td title=\"שלום\">x</td>":                                      "<td title=\"שלום\">x</td>",
		"<p>" + strings.Repeat("a", clipAt) + "</p>":                     "<p>" + strings.Repeat("a", clipAt) + "</p>",
		"<p>" + clipped(strings.Repeat("a", 9000)) + "</p>":              "<p>" + clipped(strings.Repeat("a", 9000)) + "</p>",
		"<p>" + strings.Repeat("a", clipAt+200) + "</p>":                 "<p>" + strings.Repeat("a", clipAt) + "… [4,096 of 4,296 bytes are shown]</p>",
		"<p>" + strings.Repeat("&#34;", clipAt) + "</p>":                 "<p>" + strings.Repeat("&#34;", clipAt) + "</p>",
		"<p>" + strings.Repeat("&#34;", clipAt+200) + "</p>":             "<p>" + strings.Repeat("&#34;", clipAt) + "… [4,096 of 4,296 bytes are shown]</p>",
		"<p>x" + strings.Repeat("é", clipAt) + "</p>":                    "<p>x" + strings.Repeat("é", clipAt/2-1) + "… [4,096 of 8,193 bytes are shown]</p>",
		"<b title=\"" + strings.Repeat("a", clipAt+200) + "\">x</b>":     "<b title=\"" + strings.Repeat("a", clipAt) + "… [4,096 of 4,296 bytes are shown]\">x</b>",
		"<pre>" + strings.Repeat("a", 9000) + "</pre>":                   "<pre>" + strings.Repeat("a", 9000) + "</pre>",
		"<div data-whole><p>" + strings.Repeat("a", 9000) + "</p></div>": "<div data-whole><p>" + strings.Repeat("a", 9000) + "</p></div>",
	} {
		if got := string(Visible([]byte(in))); got != want {
			t.Errorf("%.200q becomes\n%.300q, want\n%.300q", in, got, want)
		}
	}
}

// Whatever value a page has, its texts keep no invisible character. Otherwise they are unchanged.
func FuzzVisible(f *testing.F) {
	for _, seed := range []string{"a\u202eb", "\x00", "\xff\u200b", "שלום \u202e עולם", "<b>&amp;", `"=x`, "\U000e0041", strings.Repeat("x", clipAt) + "\u202e"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		escaped := html.EscapeString(value)
		page := `<!doctype html><title>` + escaped + `</title><div data-whole><p id="p" title="` + escaped + `">` + escaped + `</p></div><svg><text>` + escaped + `</text></svg><i>end</i>`
		got := Visible([]byte(page))
		read, err := goquery.NewDocumentFromReader(bytes.NewReader(got))
		if err != nil {
			t.Fatal(err)
		}
		if read.Find("i").Text() != "end" {
			t.Fatalf("%+q breaks the page: %s", value, got)
		}
		unseen := func(text string) bool { return strings.ContainsFunc(text, isUnseen) }
		if text := read.Find("p").Text(); unseen(text) || unseen(read.Find("p").AttrOr("title", "")) || unseen(read.Find("title").Text()) || unseen(read.Find("text").Text()) {
			t.Errorf("%+q leaves something invisible: %+q", value, got)
		} else if utf8.ValidString(value) && !strings.Contains(value, "\r") && !unseen(value) && text != value {
			t.Errorf("%+q becomes %+q", value, text)
		}
	})
}

func BenchmarkVisible(b *testing.B) {
	row := `<tr data-testid="row" data-id="aaaaaaaa-0000-4000-8000-000000000001"><td class="text"><span title="Ada Example (ada@example.com)">Ada Example</span></td><td><time datetime="2026-11-23T12:00:00Z">2026-11-23 12:00:00 UTC</time></td></tr>`
	page := []byte("<!doctype html><main>" + strings.Repeat(row, 800) + "…</main>")
	b.SetBytes(int64(len(page)))
	for b.Loop() {
		Visible(page)
	}
}

func TestJSONShowsWhatIsInvisible(t *testing.T) {
	got := JSON([]byte("{\"a\":\"x\u202ey\U000e0041\",\"b\":\"é\"}"))
	if want := "{\n  \"a\": \"x\\u202ey\\udb40\\udc41\",\n  \"b\": \"é\"\n}"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestClippedLines(t *testing.T) {
	long := strings.Repeat("a", 300_000)
	got := clippedLines("{\n  \"a\": \"" + long + "\",\n  \"b\": 1\n}")
	if len(got) > 2*clipAt || !strings.Contains(got, "of 300,010 bytes are shown]\n  \"b\": 1\n}") {
		t.Errorf("a long value becomes %d bytes, ending in %q", len(got), got[max(0, len(got)-80):])
	}
	if got := clippedLines(strings.Repeat("a line\n", 100_000)); len(got) > clipTextAt+100 || !strings.HasSuffix(got, "of 700,000 bytes are shown]") {
		t.Errorf("many lines become %d bytes, ending in %q", len(got), got[max(0, len(got)-80):])
	}
}

// A cell has its value in data-value if the page does not show it unchanged.
func TestCellValueOfWhatIsNotShownAsItIs(t *testing.T) {
	p := LogPage{List: List{Log: store.Interactive}, ConditionalAccess: true}
	column := signInLook.propertyColumn(store.UserAgent)
	for agent, want := range map[string]string{"plain": "", "a\u202eb": "a%E2%80%AEb", "a\tb": "a%09b"} {
		s := store.SignIn{Log: store.Interactive, UserAgent: agent}
		if got, stated := p.cellValue(column, &s); got != want || stated != (want != "") {
			t.Errorf("%+q: got %q, %v, want %q", agent, got, stated, want)
		}
	}
	s := store.SignIn{Log: store.Interactive, UserAgent: strings.Repeat("a", 300_000)}
	if got, stated := p.cellValue(column, &s); got != "^"+strings.Repeat("a", 200) || !stated {
		t.Errorf("a value that no filter takes: got %d bytes, %v, want its beginning", len(got), stated)
	}
}
