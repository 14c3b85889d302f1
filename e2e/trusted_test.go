//go:build e2e

package e2e

import "testing"

// No string becomes markup or code, whoever assigns it. The exceptions are the two ways to make a document of its own, and what
// that holds does not run.
func TestStringsBecomeNoMarkup(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{refused: true})
	v.as(administrator)
	for _, path := range []string{"/logs/interactive?" + oddRange, "/users", "/help/keys"} {
		v.goTo(path)
		for name, script := range map[string]string{
			"innerHTML":          `document.createElement('div').innerHTML = '<b>x</b>'`,
			"outerHTML":          `document.getElementById('main').firstElementChild.outerHTML = '<b>x</b>'`,
			"insertAdjacentHTML": `document.body.insertAdjacentHTML('beforeend', '<b>x</b>')`,
			"document.write":     `document.write('<b>x</b>')`,
			"a range's fragment": `document.createRange().createContextualFragment('<b>x</b>')`,
			"srcdoc":             `document.createElement('iframe').srcdoc = '<b>x</b>'`,
			"a script's text":    `document.createElement('script').text = '1'`,
			"a script's address": `document.createElement('script').src = '/x.js'`,
			"an event handler":   `document.createElement('a').setAttribute('onclick', '1')`,
			"a policy":           `trustedTypes.createPolicy('mine', { createHTML: (text) => text })`,
			"the same policy":    `trustedTypes.createPolicy('default', { createHTML: (text) => text })`,
		} {
			if got := v.eval(`() => { try { ` + script + `; return 'allowed'; } catch (e) { return e.name; } }`); got != "TypeError" {
				t.Errorf("%s, %s: %v, want a TypeError", path, name, got)
			}
		}
		for _, makes := range []string{"new DOMParser().parseFromString(text, 'text/html')", "Document.parseHTMLUnsafe(text)"} {
			got := v.eval(`() => {
				const text = '<p id="x">a</p><script>window.ran = true</script><img src="/x" onerror="window.ran = true">';
				return ` + makes + `.getElementById('x').textContent + ' ' + (window.ran ?? 'nothing ran');
			}`)
			if got != "a nothing ran" {
				t.Errorf("%s: %s gives %v", path, makes, got)
			}
		}
	}
}
