//go:build e2e

package e2e

import (
	"strings"
	"testing"
)

// navigate clicks a link of the navigation. On a phone it stands in a sheet that is opened first.
func (v *visit) navigate(href string) {
	v.t.Helper()
	link := v.page.Locator(".rail a[href='" + href + "']")
	visible, err := link.IsVisible()
	v.must(err)
	if !visible {
		v.click("[data-testid=more] > summary")
	}
	v.must(link.Click())
}

// account opens the menu of the viewer.
func (v *visit) account() {
	v.t.Helper()
	v.click("[data-testid=account] > summary")
}

func (v *visit) isVisible(selector string) bool {
	v.t.Helper()
	visible, err := v.page.Locator(selector).First().IsVisible()
	v.must(err)
	return visible
}

// In a wide window all links are there with their words. In a narrower one each group is an icon. Its links come by hover,
// by focus or by a click. On a phone a bar at the foot has the few that are used most, and a sheet of all.
func TestNavigationByWidth(t *testing.T) {
	t.Parallel()
	widths := []int{1200, 1199, 768, 767}
	if isSoak {
		widths = append(widths, 1440, 390)
	}
	for _, width := range widths {
		v := open(t, visitOptions{width: width})
		v.as(administrator)
		v.goTo("/users")
		v.must(v.hook("entities").WaitFor())
		wide, phone := width >= 1200, width < 768
		if got := v.isVisible(".rail a[href='/apps']"); got != wide {
			t.Errorf("%d: the link to the applications is in sight: %v", width, got)
		}
		if got := v.isVisible(".bottom"); got != phone {
			t.Errorf("%d: the bar of a phone is in sight: %v", width, got)
		}
		group := v.page.Locator(".rail [data-group=investigate]")
		switch {
		case phone:
			v.accessible()
			v.click("[data-testid=more] > summary")
			v.accessible()
			v.must(v.page.Keyboard().Press("Escape"))
			if v.isVisible(".rail") {
				t.Errorf("%d: Escape leaves the sheet open", width)
			}
		case !wide:
			v.must(group.Locator("button").Focus())
			if !v.isVisible(".rail a[href='/apps']") {
				t.Errorf("%d: focus does not show the group", width)
			}
			v.accessible()
			v.must(v.page.Keyboard().Press("Escape"))
			if v.isVisible(".rail a[href='/apps']") {
				t.Errorf("%d: Escape leaves the group open", width)
			}
			v.must(v.page.Locator("h1").Hover())
			v.must(v.page.Locator("main").Focus())
			v.must(group.Hover())
			if !v.isVisible(".rail a[href='/apps']") {
				t.Errorf("%d: hover does not show the group", width)
			}
		}
		v.fits()
		v.must(v.page.Locator("main").Focus())
		if wide || phone {
			v.navigate("/apps")
		} else {
			v.must(group.Locator("button").Click())
			v.must(v.page.Locator(".rail a[href='/apps']").Click())
		}
		v.must(v.page.WaitForURL("**/apps"))
	}
}

// An entry of the navigation is as high when it is the current one, with a number of three digits too. Only the words decide about a
// second line, and those of Identity Protection need none.
func TestNavigationKeepsItsHeight(t *testing.T) {
	t.Parallel()
	for _, width := range []int{1440, 1000, 390} {
		v := open(t, visitOptions{width: width})
		v.as(administrator)
		v.goTo("/protection/users")
		if told := v.eval(`() => {
			const wrong = [];
			document.querySelector('.sheet')?.setAttribute('open', '');
			const links = [...document.querySelectorAll('.rail .nav-list a')];
			for (const link of links) {
				const name = link.querySelector('span').textContent;
				for (const number of ['', '888']) {
					if (number) {
						const count = link.querySelector('.nav-count') ?? link.appendChild(Object.assign(document.createElement('span'), { className: 'tab-count nav-count' }));
						count.textContent = number;
					}
					link.removeAttribute('aria-current');
					const before = link.offsetHeight;
					link.setAttribute('aria-current', 'page');
					if (link.offsetHeight !== before) wrong.push(name + number + ': ' + before + ' becomes ' + link.offsetHeight);
					if (name === 'Identity Protection' && link.querySelector('span').offsetHeight > 24) wrong.push(name + number + ' has two lines');
				}
			}
			return links.length < 10 ? 'only ' + links.length : wrong.join('; ');
		}`); told != "" {
			t.Errorf("%d: %v", width, told)
		}
	}
}

// Who has nothing but their own sign-ins has no bar; everybody's own things are in the menu of the account.
func TestNavigationOfAUser(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, o visitOptions) {
		t.Parallel()
		v := open(t, o)
		v.as(plainUser)
		v.goTo("/me")
		if v.isVisible(".rail") || v.isVisible(".bottom") {
			t.Error("there is a bar")
		}
		v.fits()
		v.follow(".top-links a:has-text('Error codes')", "/errors")
		v.account()
		v.accessible()
		if got := v.words("[data-testid=viewer]"); !strings.Contains(got, "User") {
			t.Errorf("the menu says %q", got)
		}
		v.click("[data-testid=account] button[value=dark]")
		v.must(v.page.Locator("html[data-theme=dark]").WaitFor())
		v.account()
		v.follow("[data-testid=account] a[href='/me']", "/me")
	})
}
