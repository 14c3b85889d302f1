//go:build e2e

package e2e

import (
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"

	"github.com/PuerkitoBio/goquery"
)

// fill types into a control, which is one that can be typed into.
func (p *plain) fill(selector, text string) {
	p.t.Helper()
	control := p.find(selector)
	switch {
	case isDisabled(control) || control.Is("[readonly], [type=hidden]"):
		p.t.Fatalf("%s: nothing can be typed into %s", p.address, selector)
	case control.Is("textarea"):
		control.SetText(text)
	case control.Is("input"):
		control.SetAttr("value", text)
	default:
		p.t.Fatalf("%s: %s is no control", p.address, selector)
	}
}

// check ticks a box, or one of several.
func (p *plain) check(selector string) {
	p.t.Helper()
	control := p.find(selector)
	if !control.Is("input[type=checkbox], input[type=radio]") || isDisabled(control) {
		p.t.Fatalf("%s: %s cannot be ticked", p.address, selector)
	}
	if control.Is("[type=radio]") {
		p.controlsOf(p.closestForm(control)).Filter(fmt.Sprintf("[name=%q]", control.AttrOr("name", ""))).RemoveAttr("checked")
	}
	control.SetAttr("checked", "")
}

// choose takes an option, by its value or its words.
func (p *plain) choose(selector, want string) {
	p.t.Helper()
	options := p.find(selector).Find("option")
	chosen := options.FilterFunction(func(_ int, o *goquery.Selection) bool { return o.AttrOr("value", "") == want || wordsOf(o) == want })
	if chosen.Length() != 1 {
		p.t.Fatalf("%s: %s has %d options %q", p.address, selector, chosen.Length(), want)
	}
	options.RemoveAttr("selected")
	chosen.SetAttr("selected", "")
}

// press sends the form of a button, and gives the status of the answer.
func (p *plain) press(selector string) int {
	p.t.Helper()
	button := p.find(selector)
	form := p.formOf(button)
	request, err := p.request(form, button, p.valuesOf(form, button))
	if err != nil {
		p.t.Fatal(err)
	}
	return p.ask(request)
}

// enter sends the form of a text as the Enter key does: by its first button, or by none.
func (p *plain) enter(selector string) int {
	p.t.Helper()
	form := p.closestForm(p.find(selector))
	if !p.canBeSent(form) {
		p.t.Fatalf("%s: Enter in %s sends nothing", p.address, selector)
	}
	button := p.controlsOf(form).Filter("button:not([type=button]), input[type=submit]").First()
	request, err := p.request(form, button, p.valuesOf(form, button))
	if err != nil {
		p.t.Fatal(err)
	}
	return p.ask(request)
}

// attach chooses files, by their names.
func (p *plain) attach(selector string, files map[string]string) {
	p.t.Helper()
	input := p.find(selector)
	if len(files) > 1 && !input.Is("input[type=file][multiple]") || p.closestForm(input).AttrOr("enctype", "") != "multipart/form-data" {
		p.t.Fatalf("%s: %s takes no files", p.address, selector)
	}
	p.files, p.filesName = files, input.AttrOr("name", "")
}

// download asks for a file, and gives the name that it comes under.
func (p *plain) download(href string) (name string, file []byte) {
	p.t.Helper()
	u, err := p.address.Parse(href)
	if err != nil {
		p.t.Fatal(err)
	}
	answer, err := p.client.Get(u.String())
	if err != nil {
		p.t.Fatal(err)
	}
	defer answer.Body.Close()
	file, err = io.ReadAll(answer.Body)
	_, parameters, wrong := mime.ParseMediaType(answer.Header.Get("Content-Disposition"))
	if err != nil || wrong != nil || answer.StatusCode != http.StatusOK {
		p.t.Fatalf("%s: %d, %v, %v", href, answer.StatusCode, err, wrong)
	}
	return parameters["filename"], file
}

// formOf gives the form that a button sends.
func (p *plain) formOf(button *goquery.Selection) *goquery.Selection {
	p.t.Helper()
	if !button.Is("button:not([type=button]), input[type=submit]") || isDisabled(button) {
		html, _ := goquery.OuterHtml(button)
		p.t.Fatalf("%s: it sends nothing: %s", p.address, html)
	}
	return p.closestForm(button)
}

func (p *plain) closestForm(control *goquery.Selection) *goquery.Selection {
	p.t.Helper()
	form := control.Closest("form")
	if id, other := control.Attr("form"); other {
		form = p.find("form#" + id)
	}
	if form.Length() == 0 {
		p.t.Fatalf("%s: a control is of no form", p.address)
	}
	return form
}

func isDisabled(control *goquery.Selection) bool {
	return control.Is("[disabled]") || control.Closest("fieldset[disabled]").Length() > 0
}

// controlsOf are those inside of a form and those elsewhere that name it.
func (p *plain) controlsOf(form *goquery.Selection) *goquery.Selection {
	controls := form.Find("input, select, textarea, button").Not("[form]")
	if id := form.AttrOr("id", ""); id != "" {
		controls = controls.AddSelection(p.page.Find(fmt.Sprintf("[form=%q]", id)))
	}
	return controls
}

// valuesOf are what a form sends when that button is pressed.
func (p *plain) valuesOf(form, button *goquery.Selection) url.Values {
	values := url.Values{}
	p.controlsOf(form).Each(func(_ int, control *goquery.Selection) {
		name := control.AttrOr("name", "")
		isButton := control.Is("button, input[type=submit]")
		if name == "" || isDisabled(control) || isButton && !control.IsSelection(button) {
			return
		}
		switch {
		case control.Is("select"):
			options := control.Find("option[selected]")
			if options.Length() == 0 && !control.Is("[multiple]") {
				options = control.Find("option").First()
			}
			options.Each(func(_ int, option *goquery.Selection) { values.Add(name, option.AttrOr("value", option.Text())) })
		case control.Is("textarea"):
			values.Add(name, control.Text())
		case control.Is("[type=checkbox], [type=radio]"):
			if control.Is("[checked]") {
				values.Add(name, control.AttrOr("value", "on"))
			}
		case control.Is("[type=file]"): // what is chosen is no text
		default:
			values.Add(name, control.AttrOr("value", ""))
		}
	})
	return values
}

// request is what a form asks for.
func (p *plain) request(form, button *goquery.Selection, values url.Values) (*http.Request, error) {
	action, err := p.address.Parse(button.AttrOr("formaction", form.AttrOr("action", p.address.String())))
	if err != nil {
		return nil, err
	}
	if !strings.EqualFold(button.AttrOr("formmethod", form.AttrOr("method", "get")), "post") {
		action.RawQuery = values.Encode()
		return http.NewRequestWithContext(p.t.Context(), http.MethodGet, action.String(), nil)
	}
	body, kind := strings.NewReader(values.Encode()), "application/x-www-form-urlencoded"
	if form.AttrOr("enctype", kind) != kind {
		if body, kind, err = p.multipart(values); err != nil {
			return nil, err
		}
	}
	request, err := http.NewRequestWithContext(p.t.Context(), http.MethodPost, action.String(), body)
	if err == nil {
		request.Header.Set("Content-Type", kind)
		request.Header.Set("Origin", action.Scheme+"://"+action.Host)
	}
	return request, err
}

// multipart is a form with the chosen files.
func (p *plain) multipart(values url.Values) (body *strings.Reader, kind string, err error) {
	var text strings.Builder
	w := multipart.NewWriter(&text)
	for name, list := range values {
		for _, value := range list {
			if err := w.WriteField(name, value); err != nil {
				return nil, "", err
			}
		}
	}
	for name, content := range p.files {
		part, err := w.CreateFormFile(p.filesName, name)
		if err != nil {
			return nil, "", err
		}
		if _, err := io.WriteString(part, content); err != nil {
			return nil, "", err
		}
	}
	p.files = nil
	err = w.Close()
	return strings.NewReader(text.String()), w.FormDataContentType(), err
}
