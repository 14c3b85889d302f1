//go:build e2e

package e2e

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/playwright-community/playwright-go"
)

// somebody makes an administrator of this test's own, who keeps nothing yet.
func somebody(t *testing.T, name string) string {
	t.Helper()
	return account(t, name, "--role", "global-administrator")
}

// account makes an account of this test's own: other tests run meanwhile, and change what is kept of the shared ones.
func account(t *testing.T, name string, flags ...string) string {
	t.Helper()
	name = strings.ToLower(strings.NewReplacer("/", "-", "=", "-").Replace(t.Name())) + "-" + name
	if err := signpost(password+"\n", append([]string{"user", "add", name, "--data", data, "--password-stdin"}, flags...)...); err != nil {
		t.Fatal(err)
	}
	return name
}

func (v *visit) click(selector string) {
	v.t.Helper()
	v.must(v.page.Locator(selector).First().Click())
}

// follow clicks what leads to another page, and waits for it: its address has that part, at its end with a $.
func (v *visit) follow(selector, part string) {
	v.t.Helper()
	part, end := strings.CutSuffix(part, "$")
	address := regexp.QuoteMeta(part)
	if end {
		address += "$"
	}
	_, err := v.page.ExpectNavigation(func() error { return v.page.Locator(selector).First().Click() },
		playwright.PageExpectNavigationOptions{URL: regexp.MustCompile(address)})
	v.must(err)
}

func (v *visit) texts(selector string) []string {
	v.t.Helper()
	texts, err := v.page.Locator(selector).AllInnerTexts()
	v.must(err)
	for i := range texts {
		texts[i] = strings.Join(strings.Fields(texts[i]), " ")
	}
	return texts
}

func (v *visit) expectTexts(what, selector string, want ...string) {
	v.t.Helper()
	if got := v.texts(selector); !slices.Equal(got, want) {
		v.t.Errorf("%s: got %q, want %q", what, got, want)
	}
}

const (
	columnsPanel  = "[data-testid=columns]"
	chosenColumns = columnsPanel + " .columns-chosen li > span:not(.handle)"
	headings      = "[data-testid=grid] thead th"
	viewsPanel    = "[data-testid=saved-views]"
)

func option(label string) string {
	return fmt.Sprintf("%s .columns-others label:text-is('%s') input", columnsPanel, label)
}

func columnButton(label string) string {
	return fmt.Sprintf("%s button[aria-label='%s']", columnsPanel, label)
}

// openColumns opens the panel, which comes when it is opened.
func (v *visit) openColumns() {
	v.t.Helper()
	v.click(columnsPanel + " > summary")
	v.must(v.page.Locator(columnsPanel + " [data-columns]").WaitFor())
}

func TestChooseColumns(t *testing.T) {
	t.Parallel()
	name := somebody(t, "columns")
	v := open(t, visitOptions{})
	v.as(name)
	v.goTo("/logs/interactive?range=7d")
	v.openColumns()
	v.accessible()
	for _, label := range []string{"Remove Request ID", "Remove Location", "Remove Conditional Access", "Remove Authentication requirement", "Move Status up", "Move Status up"} {
		v.click(columnButton(label))
	}
	v.must(v.page.Locator(option("City")).Check())
	v.click(columnButton("Move Application down"))
	v.accessible()
	if url := v.page.URL(); !strings.HasSuffix(url, "/logs/interactive?range=7d") {
		t.Errorf("the panel went to %s before it was told to", url)
	}
	v.expectTexts("chosen", chosenColumns, "Date", "Status", "User", "IP address", "Application", "City")
	v.follow(columnsPanel+" button[value=save]", "/logs/interactive?cols=")
	v.expectTexts("saved", headings, "Date", "Status", "User", "IP address", "Application", "City")
	v.accessible()

	// They stand in the links of other pages, and of another browser.
	v.goTo("/logs/managedidentity")
	v.follow("[data-testid=tab-interactive]", "/logs/interactive?cols=")
	v.expectTexts("by the tab", headings, "Date", "Status", "User", "IP address", "Application", "City")
	other := open(t, visitOptions{})
	other.as(name)
	other.goTo("/")
	other.expectTexts("in another session", headings, "Date", "Status", "User", "IP address", "Application", "City")
	other.goTo("/logs/interactive")
	other.expectTexts("the bare address", headings, "Date", "Request ID", "User", "Application", "Status", "IP address", "Location", "Conditional Access", "Authentication requirement")

	v.openColumns()
	v.must(v.page.Locator(option("Browser")).Check())
	v.follow(columnsPanel+" .panel-foot button[value=once]", "browser")
	v.openColumns()
	v.expectTexts("a note", columnsPanel+" .caption", "These are not the columns you saved. Show those")
	v.follow(columnsPanel+" button[value=default]", "/logs/interactive$")
	other.goTo("/logs/managedidentity")
	if href := other.attribute(other.hook("tab-interactive"), "href"); href != "/logs/interactive" {
		t.Errorf("after the default the tab leads to %s", href)
	}
}

// With script the panel works in place: by search, keyboard and pointer, and focus is never lost.
func TestColumnsPanelInPlace(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{})
	v.as(somebody(t, "columns"))
	v.goTo("/logs/interactive?cols=user,app,status,ip")
	v.openColumns()
	find := v.page.Locator(columnsPanel + " .columns-find")
	v.must(find.Fill("operat"))
	v.expectTexts("found", columnsPanel+" .columns-others label:visible", "Operating system")
	v.must(find.Press("Enter")) // sends nothing
	v.must(find.Press("Tab"))
	v.must(v.page.Keyboard().Press("Space"))
	v.expectTexts("chosen by keyboard", chosenColumns, "Date", "User", "Application", "Status", "IP address", "Operating system")
	v.expectTexts("said", columnsPanel+" [data-said]", "Operating system: column 6 of 6")
	v.must(v.page.Keyboard().Press("Space"))
	v.expectTexts("and not", chosenColumns, "Date", "User", "Application", "Status", "IP address")

	up := v.page.Locator(columnButton("Move IP address up"))
	v.must(up.Focus())
	for range 9 {
		v.must(v.page.Keyboard().Press("Enter"))
	}
	v.expectTexts("moved to the top", chosenColumns, "Date", "IP address", "User", "Application", "Status")
	focused := func() string {
		label, err := v.page.Evaluate("() => document.activeElement.getAttribute('aria-label')")
		v.must(err)
		return fmt.Sprint(label)
	}
	if got := focused(); got != "Move IP address up" {
		t.Errorf("after moving the focus is on %s", got)
	}
	v.must(v.page.Locator(columnButton("Remove User")).Focus())
	v.must(v.page.Keyboard().Press("Enter"))
	if got := focused(); got != "Remove Application" {
		t.Errorf("after removing the focus is on %s", got)
	}
	v.must(find.Fill(""))
	v.must(v.page.Locator(option("User")).WaitFor())
	for _, label := range []string{"Remove Application", "Remove Status", "Remove IP address"} {
		v.click(columnButton(label))
	}
	v.expectTexts("the last one stays", chosenColumns, "Date", "IP address")
	v.must(v.page.Locator(option("City")).Check())
	v.must(v.page.Locator(option("User")).Check())

	// Dragged by its handle, the last goes to the top.
	handle := v.page.Locator(columnsPanel + " .columns-chosen li:last-child .handle")
	target := v.page.Locator(columnsPanel + " .columns-chosen li:nth-child(2)")
	from, err := handle.BoundingBox()
	v.must(err)
	to, err := target.BoundingBox()
	v.must(err)
	mouse := v.page.Mouse()
	v.must(mouse.Move(from.X+from.Width/2, from.Y+from.Height/2))
	v.must(mouse.Down())
	v.must(mouse.Move(to.X+10, to.Y+4, playwright.MouseMoveOptions{Steps: playwright.Int(12)}))
	v.must(mouse.Up())
	v.expectTexts("dragged", chosenColumns, "Date", "User", "IP address", "City")
	v.accessible()
	v.must(v.page.Keyboard().Press("Escape"))
	if open, err := v.page.Locator(columnsPanel + "[open]").Count(); err != nil || open != 0 {
		t.Errorf("Escape leaves %d panels open, %v", open, err)
	}
	v.click(columnsPanel + " > summary")
	v.follow(columnsPanel+" .panel-foot button[value=once]", "/logs/interactive?cols=")
	v.expectTexts("applied", headings, "Date", "User", "IP address", "City")
}

func TestColumnsOnAPhone(t *testing.T) {
	t.Parallel()
	everyWay(t, func(t *testing.T, o visitOptions) {
		t.Parallel()
		o.width = 390
		v := open(t, o)
		v.as(somebody(t, "phone"))
		for _, path := range []string{"/logs/interactive?panel=columns", "/logs/noninteractive?panel=columns", "/logs/interactive?panel=views", "/logs/interactive?cols=id,location,ca&panel=views"} {
			v.goTo(path)
			over, err := v.page.Evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
			v.must(err)
			if fmt.Sprint(over) != "0" {
				t.Errorf("%s is %v pixels wider than a phone", path, over)
			}
			v.accessible()
		}
		v.goTo("/logs/interactive?panel=columns")
		v.must(v.page.Locator(option("City")).Check())
		v.follow(columnsPanel+" .panel-foot button[value=once]", "/logs/interactive?cols=")
		if label := v.attribute(v.page.Locator("[data-testid=row] td").Last(), "data-label"); label != "City" {
			t.Errorf("the card ends with %s, want City", label)
		}
	})
}

func TestColumnsOfGroupsSayWhyTheyAreFixed(t *testing.T) {
	t.Parallel()
	everyWay(t, func(t *testing.T, o visitOptions) {
		t.Parallel()
		v := open(t, o)
		v.as(administrator)
		v.goTo("/logs/serviceprincipal")
		reason := v.page.Locator("#columns-why")
		visible := func() bool {
			box, err := reason.BoundingBox()
			v.must(err)
			return box.Width > 100
		}
		if visible() {
			t.Error("the reason stands there unasked")
		}
		v.must(v.hook("columns").Focus())
		if !visible() {
			t.Error("the reason is not shown with the focus")
		}
		v.accessible()
		if !o.noScripts {
			v.must(v.page.Keyboard().Press("Escape"))
			if visible() {
				t.Error("Escape does not put the reason away")
			}
		}
		v.must(v.page.Locator("h1").Click())
		v.must(v.hook("columns").Hover(playwright.LocatorHoverOptions{Force: playwright.Bool(true)}))
		if !visible() {
			t.Error("the reason is not shown with the pointer")
		}
	})
}

func TestSaveAndShareAView(t *testing.T) {
	t.Parallel()
	owner := somebody(t, "owner")
	label := "Failures " + owner
	v := open(t, visitOptions{})
	v.as(owner)
	v.goTo("/logs/interactive?range=7d&status=failure")
	v.click(viewsPanel + " > summary")
	v.accessible()
	v.click(viewsPanel + " .new-view > summary")
	v.must(v.page.Locator(viewsPanel + " .new-view input[name=name]").Fill(label))
	v.follow(viewsPanel+" .new-view button", "panel=views")
	v.expectTexts("marked", viewsPanel+" section a[aria-current]", label)
	v.accessible()
	other := open(t, visitOptions{})
	other.as(reportsReader)
	theirs := viewsPanel + " section li:has-text('" + label + "')"
	other.goTo("/logs/interactive?panel=views")
	other.expectTexts("not shared yet", theirs)

	mine := viewsPanel + " section li:has-text('" + label + "')"
	v.click(mine + " > .view-more > summary")
	v.must(v.page.Locator(mine + " input[name=name]").Fill(label + " renamed"))
	v.follow(mine+" button[value=rename]", "panel=views")
	label += " renamed"
	v.expectTexts("renamed", viewsPanel+" section a[aria-current]", label)
	v.click(mine + " > .view-more > summary")
	v.accessible()
	v.follow(mine+" button[value=share]", "panel=views")

	other.goTo("/logs/interactive?panel=views")
	other.follow(theirs+" > a", "status=failure")
	if chips := other.count("chip"); chips != 1 {
		t.Errorf("the shared view has %d chips, want 1", chips)
	}

	// What the log begins with: chosen here, it is where the next session begins.
	if _, err := v.page.Locator(viewsPanel + " select[name=view]").SelectOption(playwright.SelectOptionValues{Labels: playwright.StringSlice(label)}); err != nil {
		t.Fatal(err)
	}
	v.follow(viewsPanel+" .default-view button", "panel=views")
	next := open(t, visitOptions{})
	next.signIn(owner)
	if url := next.page.URL(); !strings.HasSuffix(url, "/logs/interactive?range=7d&status=failure") {
		t.Errorf("the next session begins with %s", url)
	}

	// Deleted only when that is said twice.
	v.click(mine + " > .view-more > summary")
	remove := mine + " button[value=delete]"
	if visible, err := v.page.Locator(remove).IsVisible(); err != nil || visible {
		t.Errorf("the view can be deleted with one press: %v, %v", visible, err)
	}
	v.click(mine + " .view-more .view-more > summary")
	v.accessible()
	v.follow(remove, "panel=views")
	v.expectTexts("deleted", mine)
	last := open(t, visitOptions{})
	last.signIn(owner)
	if url := last.page.URL(); !strings.HasSuffix(url, "/logs/interactive") {
		t.Errorf("a session after that begins with %s", url)
	}
}

func TestViewOfTheProductAndTheWayBack(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{})
	v.as(somebody(t, "way"))
	v.goTo("/")
	v.click(viewsPanel + " > summary")
	v.follow(viewsPanel+" section a:text-is('Outside the home country')", "country.not=")
	if status := v.attribute(v.hook("total"), "data-value"); status == "" {
		t.Error("the view shows no total")
	}
	v.expectTexts("marked", viewsPanel+" > summary b", "Outside the home country")
	address := v.page.URL()
	v.follow("[data-testid=preview-toggle]", "/logs/legacy?country")
	v.follow("[data-testid=preview-toggle]", "/logs/interactive?country")
	v.goTo("/me")
	v.follow(".rail a:has-text('Sign-in logs')", address+"$")
	v.click(viewsPanel + " > summary")
	v.click(viewsPanel + " .new-view > summary")
	v.must(v.page.Locator(viewsPanel + " .new-view input[name=name]").Fill("   x   "))
	v.follow(viewsPanel+" .new-view button", "panel=views")
	v.click(viewsPanel + " .new-view > summary")
	v.must(v.page.Locator(viewsPanel + " .new-view input[name=name]").Fill("X"))
	v.click(viewsPanel + " .new-view button")
	v.must(v.hook("error").WaitFor())
	v.expectTexts("a name that is taken", "[data-testid=error]", "You have a view of that name already. Choose another name.")
	v.accessible()
}

// keptPages are the panels of what the portal remembers of a person.
func keptPages(p pictures) {
	name := somebody(p.t, "pictures")
	p.as(name)
	show := func(picture, path, hook string) {
		p.t.Helper()
		p.goTo(path)
		p.must(p.hook(hook).Locator("summary").First().Click())
		p.shot(picture)
	}
	show("columns", "/logs/interactive", "columns")
	show("columns-legacy", "/logs/legacy?cols=user,status,location,os,browser,riskState,id,city,state,country,correlationId,userAgent,deviceDetail.isCompliant", "columns")
	p.at("columns-bad", "/logs/interactive?cols=user,colour&range=7d")
	p.goTo("/logs/noninteractive")
	p.must(p.hook("columns").Focus())
	p.shot("columns-fixed")
	show("views", "/logs/interactive?status=failure", "saved-views")
	show("views-elsewhere", "/logs/managedidentity", "saved-views")
	for _, view := range []string{"My failures", "Everything of the week, also what nobody would ever want to read in such a small panel as this"} {
		p.goTo("/logs/interactive?range=7d&status=failure&panel=views")
		p.click(viewsPanel + " .new-view > summary")
		p.must(p.page.Locator(viewsPanel + " .new-view input[name=name]").Fill(view[:min(len(view), 80)]))
		p.must(p.page.Locator(viewsPanel + " .new-view input[name=shared]").Check())
		p.follow(viewsPanel+" .new-view button", "panel=views")
	}
	p.click(viewsPanel + " section .view-more > summary")
	p.click(viewsPanel + " .view-more .view-more > summary")
	p.shot("views-own")
	p.click(viewsPanel + " .new-view > summary")
	p.must(p.page.Locator(viewsPanel + " .new-view input[name=name]").Fill("MY FAILURES"))
	p.click(viewsPanel + " .new-view button")
	p.must(p.hook("error").WaitFor())
	p.whole("views-refused")
	p.at("cards-chosen", "/logs/interactive?cols=user,status,location,os,browser,id,ca,userType,riskState&range=7d")
}
