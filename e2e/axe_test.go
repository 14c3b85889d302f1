//go:build e2e

package e2e

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// axe is the source of axe-core.
var axe string

func readAxe(modules string) error {
	source, err := os.ReadFile(filepath.Join(modules, "axe-core", "axe.min.js"))
	axe = string(source)
	return err
}

// looked are the shapes that axe has looked at, in any test, and the pages that they were on: by their address without IDs, for a
// desk or a phone.
var looked struct {
	sync.Mutex
	shapes, pages map[string]bool
}

// newShapes gives those of the shapes that axe has not looked at.
func newShapes(shapes []string) (fresh []string) {
	looked.Lock()
	defer looked.Unlock()
	for _, shape := range shapes {
		if !looked.shapes[shape] {
			fresh = append(fresh, shape)
		}
	}
	return fresh
}

// isKnownPage says that axe has looked at the page of this address before.
func isKnownPage(address string) bool {
	looked.Lock()
	defer looked.Unlock()
	return looked.pages[address]
}

// noteLooked remembers what axe has looked at.
func noteLooked(address string, shapes []string) {
	looked.Lock()
	defer looked.Unlock()
	if looked.shapes == nil {
		looked.shapes, looked.pages = map[string]bool{}, map[string]bool{}
	}
	looked.pages[address] = true
	for _, shape := range shapes {
		looked.shapes[shape] = true
	}
}

// fewShapes do not make axe look again at a page that it knows, while the page's outline is as before. They wait for a page with
// more. The soak does not wait.
const fewShapes = 3

// shapesOfPage gives the shapes on a page, the ids that two elements have, the shape of the outline, the page's address without IDs,
// and whether axe is there.
// A shape is what axe judges an element by. It has the tag, the role, the states, the colours and the size of the text, and whether
// attributes say something. It has the tags, roles and backgrounds of the ancestors. Of an element with a name it also has all that
// the element holds. Phones have shapes of their own. Words and numbers are no part of a shape. What is not shown has none: axe does not look at it.
const shapesOfPage = `() => {
	const hashes = new Map(); // rows are alike
	const hash = (text) => {
		if (!hashes.has(text)) hashes.set(text, hashOf(text));
		return hashes.get(text);
	};
	const hashOf = (text) => {
		let a = 0xdeadbeef, b = 0x41c6ce57;
		for (let i = 0; i < text.length; i++) {
			const c = text.charCodeAt(i);
			a = Math.imul(a ^ c, 2654435761);
			b = Math.imul(b ^ c, 1597334677);
		}
		return (a >>> 0).toString(36) + (b >>> 0).toString(36);
	};
	const words = /^aria-(label|valuetext|valuenow|valuemin|valuemax|description|placeholder|roledescription|rowcount|colcount|rowindex|colindex|setsize|posinset)$/;
	const ids = /^(aria-(labelledby|describedby|controls|owns|details|errormessage|activedescendant|flowto)|for|list|headers|form)$/;
	const values = /^(aria-.*|role|type|lang|dir|scope|tabindex|autocomplete|contenteditable|inputmode)$/;
	const unjudged = /^(class|id|style|data-.*|hx-.*)$/; // axe does not read them: what they do is seen in the style
	const named = /^(a|button|summary|label|select|svg|img|td|th|h[1-6]|legend|caption|figcaption|dt|dd|option|input|textarea|title|object|iframe|meter|progress|output)$/;
	const namedRole = /^(button|link|menuitem.*|option|tab|img|checkbox|radio|switch|progressbar|slider|separator|status|alert|heading|cell|gridcell)$/;
	const say = (e, name, value = e.getAttribute(name)) => {
		if (ids.test(name)) return name + '>' + value.split(/\s+/).every((id) => document.getElementById(id));
		if (!words.test(name) && values.test(name)) return name + '=' + value;
		return name + (value.trim() === '' ? ' empty' : '');
	};
	const own = (e, style) => [
		e.localName, ...e.getAttributeNames().filter((name) => !unjudged.test(name)).sort().map((name) => say(e, name)),
		[...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()) ? 'text' : '', e.labels?.length > 0 ? 'labelled' : '', e.disabled ? 'disabled' : '',
		style.color, style.backgroundColor, style.backgroundImage !== 'none', style.fontSize, style.fontWeight, style.opacity, style.position, style.display, style.textDecorationLine,
	].join(' ');
	// What an element says of those in it: a plain wrapper says nothing.
	const standing = (e, style) => {
		const says = [...['role', 'aria-hidden', 'tabindex', 'href', 'disabled', 'lang'].filter((name) => e.hasAttribute(name)).map((name) => say(e, name)),
			style.backgroundColor === 'rgba(0, 0, 0, 0)' ? '' : style.backgroundColor, style.backgroundImage === 'none' ? '' : 'image', style.opacity === '1' ? '' : style.opacity];
		return /^(div|span)$/.test(e.localName) && says.every((said) => said === '') ? '' : '/' + e.localName + ' ' + says.join(' ');
	};
	// Neighbouring rows of one markup have one shape. An element is looked at by itself if it is first or last, is under the pointer,
	// or has something to fill in.
	const rows = /^(tbody|tr|li|a|g|dt|dd|option)$/;
	const markup = (e) => e.outerHTML.replace(/ ([\w:-]+)="([^"]*)"/g, (all, name, value) => {
		if (ids.test(name)) return ' ' + say(e, name, value);
		return /^(class|data-label)$/.test(name) || values.test(name) && !words.test(name) ? all : ' ' + name + (value.trim() === '' ? ' empty' : '');
	}).replace(/>[^<]*[^<\s][^<]*/g, '>text');
	const isRow = (e) => rows.test(e.localName) && e.previousElementSibling && e.nextElementSibling && !e.matches(':hover, :focus-within, :has(input, select, textarea)');
	const walked = new Map(); // by their parent
	const walk = (e, path) => {
		if (!isRow(e)) return walkInto(e, path);
		if (!walked.has(e.parentElement)) walked.set(e.parentElement, new Map());
		const known = walked.get(e.parentElement), row = markup(e);
		const found = known.get(row) ?? walkInto(e, path);
		if (found[0] !== 'hidden') known.set(row, found);
		return found;
	};
	const elements = new Map();
	const walkInto = (e, path) => {
		const style = getComputedStyle(e);
		if (style.display !== 'contents' && !e.checkVisibility({ visibilityProperty: true })) return ['hidden', ''];
		const self = own(e, style);
		const place = hash(path + standing(e, style));
		const below = [...e.children].map((child) => walk(child, place));
		const whole = hash(self + below.map(([all]) => all).filter((all, i, list) => all !== list[i - 1]));
		const isNamed = named.test(e.localName) || namedRole.test(e.getAttribute('role') ?? '');
		const shape = hash(path + ' ' + e.parentElement.localName + ' ' + self + (isNamed ? whole : [...new Set(below.map(([, name]) => name))].sort()));
		if (!elements.has(shape)) elements.set(shape, e);
		return [whole, e.localName + (e.getAttribute('role') ?? '')];
	};
	const look = (innerWidth <= 720 ? 'phone' : 'desk') + ['(prefers-color-scheme: dark)', '(forced-colors: active)'].map((media) => matchMedia(media).matches);
	walk(document.body, look);
	const labels = new Set();
	const isOther = (label) => label === null || !labels.has(label) && labels.add(label) !== null;
	const marks = [...document.querySelectorAll('header, nav, main, footer, aside, section[aria-label], section[aria-labelledby], form[aria-label], [role], h1, h2, h3, h4, h5, h6')]
		.filter((e) => e.checkVisibility())
		.map((e) => e.localName + (e.getAttribute('role') ?? '') + (/^h\d/.test(e.localName) || isOther(e.getAttribute('aria-label')) ? '' : ' again'));
	const page = hash([look, document.documentElement.lang, document.title.trim() !== '', document.querySelector('meta[name=viewport]')?.content,
		...marks.filter((mark, i) => mark !== marks[i - 1])].join());
	elements.set(page, document.documentElement);
	window.shapesForAxe = elements;
	const seen = new Set(), twice = [];
	for (const { id } of document.querySelectorAll('[id]')) seen.has(id) ? twice.push(id) : seen.add(id);
	return [[...elements.keys()].join(' '), twice.join(' '), page, look + location.pathname.replace(/[^/]*\d[^/]*/g, '*'), 'axe' in window];
}`

// runAxe has axe look at one element of each shape that is new, and at nothing else.
const runAxe = `async ([shapes, rules]) => {
	const there = shapes.split(' ').filter((shape) => window.shapesForAxe.get(shape).isConnected); // what was swapped meanwhile is not
	const first = new Set(there.map((shape) => window.shapesForAxe.get(shape)));
	const towards = new Set();
	for (const e of first) for (let up = e; up && !towards.has(up); up = up.parentElement) towards.add(up);
	const include = [...first].filter((e) => { for (let up = e.parentElement; up; up = up.parentElement) if (first.has(up)) return false; return true; });
	const exclude = [];
	const leave = (e) => { for (const child of e.children) towards.has(child) ? leave(child) : exclude.push(child); };
	include.forEach(leave);
	if (include.length === 0) return ['', []];
	const { violations } = await axe.run(exclude.length > 0 ? { include, exclude } : { include }, { resultTypes: ['violations'], preload: false, ...(rules ? { runOnly: rules.split(' ') } : {}) });
	return [there.join(' '), violations.map((v) => v.id + ': ' + v.help + ' ' + v.nodes.map((n) => n.html).slice(0, 3).join(' | '))];
}`

// accessible fails the test for every violation that axe finds on the page. Of shapes that it has looked at on another page,
// or elsewhere on this one, it has told already: to look at each row of each list would take half the time of all tests.
func (v *visit) accessible() {
	v.t.Helper()
	v.passes()
}

// maybeTurned tries the one rule of axe that has to read the style sheets first. They are the same on every page.
func (v *visit) maybeTurned() {
	v.t.Helper()
	_, err := v.devtools.Send("Runtime.evaluate", map[string]any{"expression": axe})
	v.must(err)
	told := v.eval("async () => { const { passes, violations } = await axe.run({ runOnly: ['css-orientation-lock'] }); return [passes.length, violations.length].join(); }")
	if told != "1,0" {
		v.t.Errorf("%s: a style sheet keeps the page from being turned: %v", v.page.URL(), told)
	}
}

// passes runs some of axe's rules on the page; all where none is named.
func (v *visit) passes(rules ...string) {
	v.t.Helper()
	found, err := v.page.Evaluate(shapesOfPage)
	v.must(err)
	told := found.([]any)
	if twice := told[1].(string); twice != "" {
		v.t.Errorf("%s: several elements have the id %s", v.page.URL(), twice)
	}
	fresh := newShapes(strings.Fields(told[0].(string)))
	if len(fresh) == 0 || len(fresh) <= fewShapes && !isSoak && !slices.Contains(fresh, told[2].(string)) && isKnownPage(told[3].(string)) {
		return
	}
	if there := told[4].(bool); !there { // Evaluate would have the text parsed three times over
		_, err = v.devtools.Send("Runtime.evaluate", map[string]any{"expression": axe})
		v.must(err)
	}
	found, err = v.page.Evaluate(runAxe, []any{strings.Join(fresh, " "), strings.Join(rules, " ")})
	v.must(err)
	result := found.([]any)
	noteLooked(told[3].(string), strings.Fields(result[0].(string)))
	for _, violation := range result[1].([]any) {
		v.t.Errorf("%s: axe: %v", v.page.URL(), violation)
	}
}
