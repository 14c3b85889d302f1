package web

import (
	"cmp"
	"net/http"
	"net/url"
	"path"
	"strings"

	"github.com/labstack/echo/v4"
)

// localPath gives an address of this portal for a redirect, else an empty text. Browsers take "//host" and "/\host" for
// another host. They drop tabs and line ends before they look.
func localPath(address string) string {
	if !strings.HasPrefix(address, "/") || strings.HasPrefix(address, "//") || strings.Contains(address, `\`) {
		return ""
	}
	if strings.ContainsFunc(address, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return ""
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil {
		return ""
	}
	return address
}

// localReferer gives the page that the request came from, if it is a page of this portal.
func localReferer(r *http.Request) string { return localOf(r, r.Referer()) }

// backTo gives the page that a form of the frame leads to. It is the page that the form names, else the page it was sent from,
// else the start page.
func backTo(r *http.Request, next string) string {
	return cmp.Or(localPath(next), localReferer(r), "/")
}

// localOf gives the local part of an absolute address of this portal.
func localOf(r *http.Request, address string) string {
	u, err := url.Parse(address)
	if err != nil || !strings.EqualFold(u.Host, r.Host) {
		return ""
	}
	return localPath(u.RequestURI())
}

// here gives the address of the page, for coming back to it. A fragment belongs to the page that asked for it. The answer to a
// form has no such address but the form's own.
func here(c echo.Context) string {
	r := c.Request()
	if isFragment(r) {
		return localOf(r, r.Header.Get("HX-Current-URL"))
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return localPath(r.URL.Path)
	}
	return localPath(r.URL.RequestURI())
}

// isFragment says that htmx asks for a part of a page.
func isFragment(r *http.Request) bool { return r.Header.Get("HX-Request") == "true" }

// fragmentTarget is the id of the element that the answer replaces; empty for a whole page.
func fragmentTarget(r *http.Request) string {
	if !isFragment(r) {
		return ""
	}
	return r.Header.Get("HX-Target")
}

// isFollowedLink says that a browser shows the answer to somebody, unless it is a file.
func isFollowedLink(r *http.Request) bool { return r.Header.Get("Sec-Fetch-Mode") == "navigate" }

// isDownload says that the address is one of a file. A program would store a page in the answer as the file.
func isDownload(r *http.Request) bool {
	switch path.Ext(r.URL.Path) {
	case ".csv", ".json", ".ndjson", ".xlsx", ".zip", ".html":
		return true
	}
	isRejected, _ := path.Match("/import/*/rejected", r.URL.Path) // the pattern is good
	return isRejected
}
