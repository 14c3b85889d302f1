package web

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"signpost/static"
)

// markup is a page as a browser parses it, as far as an injection could change it.
type markup struct {
	// tree is every element with the names of its attributes, and its end. It omits the attribute title, which is harmless and
	// depends on the text. It sorts the rows of a list, so that their order does not matter.
	tree []string
	// faults are markup that no page of ours has.
	faults []string
	nodes  []*html.Node
}

// readMarkup parses a page or a fragment. A parser would drop rows without their table.
func readMarkup(body string) (m markup, err error) {
	start := strings.TrimSpace(body)
	around := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	if strings.HasPrefix(start, "<tr") {
		around.Data, around.DataAtom = "tbody", atom.Tbody
	}
	if strings.HasPrefix(start, "<!") {
		page, err := html.Parse(strings.NewReader(body))
		if err != nil {
			return m, err
		}
		m.nodes = []*html.Node{page}
	} else if m.nodes, err = html.ParseFragment(strings.NewReader(body), around); err != nil {
		return m, err
	}
	for _, n := range m.nodes {
		m.tree = m.walk(m.tree, n)
	}
	return m, nil
}

// document is the page for searching with selectors.
func (m markup) document() *goquery.Document {
	root := &html.Node{Type: html.DocumentNode}
	for _, n := range m.nodes {
		if n.Type == html.DocumentNode {
			return goquery.NewDocumentFromNode(n)
		}
		root.AppendChild(n)
	}
	return goquery.NewDocumentFromNode(root)
}

// unordered are the elements that have rows as children.
var unordered = []atom.Atom{atom.Tbody, atom.Ul, atom.Ol, atom.Select, atom.Dl}

func (m *markup) walk(tree []string, n *html.Node) []string {
	// An element that isolates a part of a text belongs to that text, and not to the page: see views.Visible.
	isolates := n.DataAtom == atom.Bdi
	switch n.Type {
	case html.ElementNode:
		if element := m.element(n); !isolates {
			tree = append(tree, element)
		}
	case html.CommentNode:
		m.faults = append(m.faults, fmt.Sprintf("a comment: %.60q", n.Data))
	}
	if slices.Contains(unordered, n.DataAtom) {
		var rows [][]string
		for child := n.FirstChild; child != nil; child = child.NextSibling {
			rows = append(rows, m.walk(nil, child))
		}
		slices.SortFunc(rows, slices.Compare)
		tree = append(tree, slices.Concat(rows...)...)
	} else {
		for child := n.FirstChild; child != nil; child = child.NextSibling {
			tree = m.walk(tree, child)
		}
	}
	if n.Type == html.ElementNode && n.FirstChild != nil && !isolates {
		tree = append(tree, "</"+n.Data+">")
	}
	return tree
}

// foreignElements are elements that no page of ours has.
var foreignElements = []string{
	"style", "iframe", "object", "embed", "base", "frame", "frameset", "math", "foreignobject", "animate", "set", "image", "img", "video", "audio", "source",
	"track", "applet", "portal", "marquee", "plaintext", "xmp", "listing", "slot", "dialog", "noembed", "font", "annotation-xml",
}

// element gives an element with the names of its attributes, and notes its faults.
func (m *markup) element(n *html.Node) string {
	fault := func(format string, values ...any) {
		m.faults = append(m.faults, "<"+n.Data+">: "+fmt.Sprintf(format, values...))
	}
	name := strings.ToLower(n.Data)
	if slices.Contains(foreignElements, name) {
		fault("is no element of ours")
	}
	var names []string
	values := map[string]string{}
	for _, a := range n.Attr {
		key := a.Key
		if a.Namespace != "" {
			key = a.Namespace + ":" + key
		}
		if key != "title" {
			names = append(names, key)
		}
		values[key] = a.Val
		if problem := attributeProblem(strings.ToLower(key), a.Val); problem != "" {
			fault("%s=%.80q %s", key, a.Val, problem)
		}
	}
	switch {
	case name == "script" && (!strings.HasPrefix(values["src"], static.Prefix) || n.FirstChild != nil):
		fault("is none of our scripts: src=%q", values["src"])
	case name == "link" && !strings.HasPrefix(values["href"], static.Prefix):
		fault("leads to %q", values["href"])
	case name == "meta" && values["http-equiv"] != "":
		fault("http-equiv=%q", values["http-equiv"])
	}
	return "<" + strings.Join(append([]string{n.Data}, names...), " ") + ">"
}

// addressAttributes are the attributes with an address that a browser or a script of ours opens.
var addressAttributes = []string{
	"href", "xlink:href", "src", "srcset", "action", "formaction", "data", "poster", "background", "cite", "ping", "manifest", "profile", "longdesc",
	"hx-get", "hx-post", "hx-put", "hx-patch", "hx-delete", "hx-push-url", "hx-replace-url", "data-follow", "data-narrow",
}

// outside are the addresses of other sites that a page of ours links to: the steps after a sign-in by somebody else.
var outside = []string{"https://myaccount.microsoft.com/", "https://mysignins.microsoft.com/security-info"}

func attributeProblem(name, value string) string {
	switch {
	case strings.HasPrefix(name, "on"), strings.HasPrefix(name, "hx-on"), strings.HasPrefix(name, "data-hx-"), strings.HasPrefix(name, "x-"):
		return "would run a script"
	case slices.Contains([]string{"style", "srcdoc", "is", "nonce", "formtarget", "ping", "contenteditable", "accesskey"}, name):
		return "is no attribute of ours"
	case strings.ContainsAny(name, "\"'<>=/"):
		return "is none at all"
	case slices.Contains(addressAttributes, name) && !slices.Contains(outside, value) && !isLocalAddress(value):
		return "leads elsewhere"
	}
	return ""
}

// isLocalAddress says that a browser stays in the portal at this address. A browser drops tabs and line ends, and takes a
// backslash for a slash.
func isLocalAddress(address string) bool {
	seen := strings.NewReplacer("\t", "", "\n", "", "\r", "", `\`, "/").Replace(strings.TrimSpace(address))
	return seen == "" || strings.HasPrefix(seen, "#") || strings.HasPrefix(seen, "?") || strings.HasPrefix(seen, "/") && !strings.HasPrefix(seen, "//")
}

// difference gives the first difference of two trees with the lines around it; empty if there is none.
func difference(got, want []string) string {
	n := min(len(got), len(want))
	for i := range n + 1 {
		if i < n && got[i] == want[i] {
			continue
		}
		if i == len(got) && i == len(want) {
			return ""
		}
		from := max(i-3, 0)
		return fmt.Sprintf("%d elements, want %d; from %d on\n%q\nwant\n%q", len(got), len(want), from, got[from:min(i+6, len(got))], want[from:min(i+6, len(want))])
	}
	return ""
}

// headerFaults are the faults in the headers of an answer: a line that was broken in two, a policy that is not strict.
func headerFaults(header http.Header) (faults []string) {
	for name, values := range header {
		for _, value := range values {
			if strings.ContainsFunc(name+value, func(r rune) bool { return r < ' ' || r > '~' }) {
				faults = append(faults, fmt.Sprintf("header %q has the value %q", name, value))
			}
		}
	}
	if disposition := header.Get("Content-Disposition"); disposition != "" && strings.Count(disposition, `"`) != 2 {
		faults = append(faults, "the file is called "+disposition)
	}
	if got := header.Get("X-Content-Type-Options"); got != "nosniff" {
		faults = append(faults, "X-Content-Type-Options: "+got)
	}
	return append(faults, policyFaults(header.Values("Content-Security-Policy"))...)
}

// strictPolicy is the least that the policy must have. It must not allow more.
var strictPolicy = map[string]string{
	"default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "img-src": "'self' data:", "connect-src": "'self'", "font-src": "'self'",
	"form-action": "'self'", "base-uri": "'none'", "frame-ancestors": "'none'", "require-trusted-types-for": "'script'", "trusted-types": "default",
}

func policyFaults(policies []string) (faults []string) {
	if len(policies) != 1 {
		return []string{fmt.Sprintf("%d policies: %q", len(policies), policies)}
	}
	found := map[string]string{}
	for directive := range strings.SplitSeq(policies[0], ";") {
		name, sources, _ := strings.Cut(strings.TrimSpace(directive), " ")
		found[name] = sources
		if want, known := strictPolicy[name]; !known || sources != want {
			faults = append(faults, fmt.Sprintf("the policy says %q", directive))
		}
	}
	for name := range strictPolicy {
		if _, ok := found[name]; !ok {
			faults = append(faults, "the policy does not say "+name)
		}
	}
	return faults
}

// The checks of the other tests find the faults that they look for.
func TestMarkupChecks(t *testing.T) {
	for _, body := range []string{
		`<p onclick="x">`, `<p style="x">`, `<a href="javascript:x">`, `<a href="//evil.example">`, `<a href="/\evil.example">`, "<a href=\"/\t/evil.example\">",
		`<a href=" javascript:x">`, `<script>x</script>`, `<script src="/x.js"></script>`, `<iframe>`, `<form action="https://evil.example">`, `<!-- x -->`,
		`<svg><use href="data:x"></use></svg>`, `<button formaction="//x">`, `<p hx-on:load="x">`, `<div hx-get="https://evil.example">`, `<base href="/">`,
		`<!DOCTYPE html><meta http-equiv="refresh" content="0">`, `<p a"b="x">`, `<link rel="stylesheet" href="/x.css">`,
	} {
		m, err := readMarkup(body)
		if err != nil || len(m.faults) == 0 {
			t.Errorf("%s: no fault (%v)", body, err)
		}
	}
	m, err := readMarkup(`<tr><td><a href="/x?y=%22" title="&lt;b&gt;">&lt;b onclick=x&gt;</a></td></tr>`)
	if want := []string{"<tr>", "<td>", "<a href>", "</a>", "</td>", "</tr>"}; err != nil || !slices.Equal(m.tree, want) || len(m.faults) > 0 {
		t.Errorf("got %q, %q, %v, want %q", m.tree, m.faults, err, want)
	}
	good := http.Header{"Content-Security-Policy": {contentSecurityPolicy}, "X-Content-Type-Options": {"nosniff"}}
	if faults := headerFaults(good); len(faults) > 0 {
		t.Errorf("our own headers: %q", faults)
	}
	for name, value := range map[string]string{
		"Content-Security-Policy": strings.Replace(contentSecurityPolicy, "script-src 'self'", "script-src 'self' 'unsafe-inline'", 1),
		"X-Other":                 "a\r\nSet-Cookie: b", "Content-Disposition": `attachment; filename="a"; filename="b.exe"`, "X-Content-Type-Options": "",
	} {
		bad := good.Clone()
		if bad.Set(name, value); len(headerFaults(bad)) == 0 {
			t.Errorf("%s: %s: no fault", name, value)
		}
	}
}
