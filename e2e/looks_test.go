//go:build e2e

package e2e

import (
	"os"
	"strings"
	"testing"

	"github.com/playwright-community/playwright-go"
)

// pagesOfAll are the addresses that the looks are tried on; those with %s are about the first row of a list.
var pagesOfAll = []string{
	"/logs/interactive?range=30d&status=failure&limit=5", "/logs/noninteractive?range=30d&limit=5", "/logs/audit?range=30d&limit=5", "/logs/provisioning?range=30d&limit=5", "/logs/activity?range=30d&limit=5", "/logs/access?limit=5", "/logs/legacy?limit=5",
	"/logs/interactive?range=30d&limit=5&panel=columns", "/logs/interactive?from=nonsense&to=2026-11-12", "/logs/interactive/%s",
	"/users", "/groups", "/apps", "/insights", "/insights/applications?range=7d", "/insights/removal?kind=client&value=IMAP4", "/errors", "/errors/50126", "/search?q=a", "/protection/reported", "/import", "/me", "/me/looked",
	"/settings/account", "/settings/people", "/settings/people/new", "/settings/sessions", "/help", "/help/keys", "/help/backup", "/nosuchpage",
}

// withID gives the addresses with the ID of a sign-in.
func (v *visit) withID(paths []string) (full []string) {
	v.t.Helper()
	v.goTo("/logs/interactive?range=30d&limit=5")
	id := v.attribute(v.hook("row").First(), "data-id")
	for _, path := range paths {
		full = append(full, strings.Replace(path, "%s", id, 1))
	}
	return full
}

// isSoak says that tests with two sizes have the long one.
var isSoak = os.Getenv("SIGNPOST_SOAK") != ""

// someOf gives all paths in the soak, else one of so many, beginning with that of a number.
func someOf(paths []string, first, of int) (some []string) {
	for i, path := range paths {
		if isSoak || i%of == first {
			some = append(some, path)
		}
	}
	return some
}

// readablePages opens pages and tries the rules about colours. Nothing else differs from the light, where other tests try all rules.
func (v *visit) readablePages(paths []string) {
	v.t.Helper()
	for _, path := range paths {
		v.goTo(path)
		v.passes("color-contrast", "link-in-text-block")
	}
}

// In the dark and in forced colours pages are as accessible as in the light.
func TestPagesInTheDarkAndInForcedColours(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{apart: true, dark: true})
	v.as(administrator)
	paths := v.withID(pagesOfAll)
	v.readablePages(someOf(paths, 0, 7))
	v.must(v.page.EmulateMedia(playwright.PageEmulateMediaOptions{ColorScheme: playwright.ColorSchemeLight, ForcedColors: playwright.ForcedColorsActive}))
	v.readablePages(someOf(paths, 1, 7))
}

// pagesByKeyboard are one page of each kind.
var pagesByKeyboard = []string{
	"/logs/interactive?range=30d&status=failure&limit=2", "/logs/audit?range=30d&limit=2&panel=columns", "/logs/interactive?from=nonsense&to=2026-11-12",
	"/logs/interactive/%s", "/users?q=a&limit=2", "/errors/50126",
	"/settings/people/new", "/search?q=maximiliana", "/import",
	"/me", "/settings/account", "/help/keys",
}

// toReach notes what can be clicked, what of it gets the focus, and whether that is seen. The frame of the portal is the same on every page.
const toReach = `(framed) => {
	const top = framed ? document.querySelector('main') : document.body;
	const all = [...top.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')].filter((e) =>
		e.checkVisibility({ visibilityProperty: true }) && !e.disabled && e.type !== 'hidden' && e.getAttribute('tabindex') !== '-1' && e.getClientRects().length > 0
		&& !(e.type === 'radio' && e.form && e.form.querySelector('input[name="' + e.name + '"]:checked, input[name="' + e.name + '"]') !== e));
	const name = (e) => e.outerHTML.slice(0, 100);
	const reached = [], unseen = [];
	window.ended = false; // what comes first, or is after all of it, has the focus again
	document.addEventListener('focusin', ({ target }) => {
		window.ended ||= reached.length > 0 && !top.contains(target) || reached.length > 1 && target.matches('.skip[href="#main"]');
		if (window.ended || !top.contains(target)) return;
		const marked = [target, ...target.querySelectorAll('*'), target.parentElement].some((e) => {
			const style = getComputedStyle(e);
			return [style.outlineStyle !== 'none' && style.outlineWidth, style.stroke !== 'none' && style.strokeWidth].some((width) => parseFloat(width) >= 2);
		});
		reached.push(target);
		if (!marked) unseen.push(name(target));
	});
	window.told = () => {
		const missed = all.filter((e) => e.isConnected && !reached.includes(e)).map(name);
		const order = reached.filter((e, i) => i > 0 && e.compareDocumentPosition(reached[i - 1]) & Node.DOCUMENT_POSITION_FOLLOWING).map(name);
		return [missed, unseen, order, window.ended ? [] : reached.slice(-3).map(name)].map((found) => found.slice(0, 3).join(' | '));
	};
	document.activeElement?.blur();
	getSelection().removeAllRanges();
	const before = framed ? [...document.querySelectorAll('a[href], button, input, summary')].filter((e) => e.checkVisibility() && e.compareDocumentPosition(top) & Node.DOCUMENT_POSITION_FOLLOWING) : [];
	before.at(-1)?.focus();
	return all.length;
}`

// With Tab alone everything that can be clicked is reached, in the order of the page, and what has the focus is seen.
func TestKeyboardReachesEverything(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{})
	v.as(administrator)
	for i, path := range someOf(v.withID(pagesByKeyboard), 0, 3) {
		v.goTo(path)
		got, err := v.page.Evaluate(toReach, i > 0)
		v.must(err)
		stops, _ := got.(int)
		if stops == 0 {
			t.Errorf("%s: nothing can be clicked", path)
		}
		for n := 0; n < 2*stops+40 && (n%10 != 0 || n < stops || v.eval("() => window.ended") != true); n++ {
			v.must(v.page.Keyboard().Press("Tab"))
		}
		told, _ := v.eval(`() => window.told()`).([]any)
		for i, what := range []string{"is not reached with Tab", "shows no focus", "comes before what stands above it", "keeps the focus"} {
			if told[i] != "" {
				t.Errorf("%s: %s: %v", path, what, told[i])
			}
		}
	}
}

// Nothing is hidden that a page has room for: the name of a log without tabs, the tab that is open on a phone.
func TestNothingIsHiddenThatHasRoom(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{width: 1280, height: 720})
	v.as(administrator)
	v.goTo("/logs/access")
	if wide, err := v.page.Locator("h1").First().BoundingBox(); err != nil || wide.Width < 40 {
		t.Errorf("the heading of the access log is hidden: %+v, %v", wide, err)
	}
	v.must(v.page.SetViewportSize(390, 844))
	v.goTo(v.withID([]string{"/logs/interactive/%s"})[0])
	if box, err := v.page.Locator(".tabs [aria-current]").BoundingBox(); err != nil || box.X < -1 || box.X+box.Width > 391 { // a strip is scrolled by whole pixels
		t.Errorf("the open tab is out of sight: %+v, %v", box, err)
	}
}

// The job: successful sign-ins from outside a country without multifactor authentication, in at most six clicks.
func TestOutsideACountryWithoutMultifactorAuthentication(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{})
	v.as(administrator)
	v.goTo("/logs/interactive")
	clicks := 0
	click := func(l playwright.Locator, leads string) {
		t.Helper()
		clicks++
		v.must(l.Click())
		v.leadsTo(leads)
		v.must(v.hook("row").First().WaitFor())
	}
	first := func(column, text string) playwright.Locator {
		return v.page.Locator(".grid td:is(.of-"+column+", .col-"+column+")", playwright.PageLocatorOptions{HasText: text}).First()
	}
	v.must(first("status", "Success").Hover())
	click(v.page.Locator(".value-only"), `status=[Ss]uccess`)
	v.must(first("location", "Norway").Hover())
	click(v.page.Locator(".value-without"), `country\.not=`)
	v.must(first("requirement", "Single-factor").Hover())
	click(v.page.Locator(".value-only"), `requirement=`)
	if clicks > 6 {
		t.Errorf("%d clicks, want at most 6", clicks)
	}
	for column, wanted := range map[string]bool{"Success": true, "Single-factor": true, "Norway": false} {
		n, err := v.page.Locator("[data-testid=row]", playwright.PageLocatorOptions{HasText: column}).Count()
		v.must(err)
		if all := v.count("row"); all == 0 || wanted && n != all || !wanted && n != 0 {
			t.Errorf("%d of %d rows have %s", n, all, column)
		}
	}
}
