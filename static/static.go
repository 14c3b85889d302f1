// Package static holds the files a browser fetches: style sheet, script, icons. Each is served under a
// name that carries a hash of its content, so it can be cached for ever.
package static

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"
)

//go:embed *.css *.js favicon.svg vendor/htmx.min.js vendor/world.svg
var files embed.FS

//go:embed icons/*.svg
var iconFiles embed.FS

// Prefix is where Handler expects to be mounted.
const Prefix = "/static/"

type asset struct {
	name    string // as in the source
	address string
	content []byte
}

var (
	sheet, icons = drawIcons()
	scripts      = findScripts()
	assets       = append(loadAssets(append(slices.Clone(scripts), "app.css", "favicon.svg", "vendor/htmx.min.js", "vendor/world.svg")...), sheet)
)

// importing is how one of our modules imports another. A page loads those that no other imports.
var importing = regexp.MustCompile(`(?m)^(import (?:\{[^}]*\} from )?)'\./([a-z]+\.js)';$`)

// Scripts names the modules that every page loads. They bring the others. The caller does not change the list.
func Scripts() []string { return scripts }

// findScripts searches the text of all modules, which takes a millisecond: it is done once.
func findScripts() []string {
	names, err := fs.Glob(files, "*.js")
	if err != nil {
		panic(err) // the pattern is ours
	}
	imported := map[string]bool{}
	for _, name := range names {
		for _, found := range importing.FindAllSubmatch(mustRead(name), -1) {
			imported[string(found[2])] = true
		}
	}
	return slices.DeleteFunc(names, func(name string) bool { return imported[name] })
}

// mustRead reads an embedded file: one that is missing is a mistake of the build, hence the panic.
func mustRead(name string) []byte {
	content, err := files.ReadFile(name)
	if err != nil {
		panic(err)
	}
	return content
}

// loadAssets reads embedded files, and the modules that they import. An import names the address that the other is served under.
func loadAssets(names ...string) (list []asset) {
	for _, name := range names {
		content := importing.ReplaceAllFunc(mustRead(name), func(line []byte) []byte {
			found := importing.FindSubmatch(line)
			other := loadAssets(string(found[2]))
			list = append(list, other...)
			return fmt.Appendf(nil, "%s'%s';", found[1], other[len(other)-1].address)
		})
		list = append(list, newAsset(name, content))
	}
	return list
}

func newAsset(name string, content []byte) asset {
	sum := sha256.Sum256(content)
	ext := path.Ext(name)
	stem := strings.TrimSuffix(path.Base(name), ext)
	return asset{name, Prefix + stem + "." + hex.EncodeToString(sum[:4]) + ext, content}
}

// URL gives the address of an asset by its name in this folder. It panics for a name that is none: the
// names are written in our own views.
func URL(name string) string {
	for _, a := range assets {
		if a.name == name {
			return a.address
		}
	}
	panic("static: no asset " + name)
}

// Text gives the text of an embedded file by its name in this folder, for a page that must hold all that it needs. It panics for a
// name that is none.
func Text(name string) string { return string(mustRead(name)) }

// Handler serves the assets under Prefix: under their fingerprinted addresses for ever, anything else is
// not found.
func Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, a := range assets {
			if a.address == r.URL.Path {
				w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
				w.Header().Set("X-Content-Type-Options", "nosniff")
				http.ServeContent(w, r, a.name, time.Time{}, bytes.NewReader(a.content))
				return
			}
		}
		http.NotFound(w, r)
	})
}

// Icon gives an icon as SVG markup in the colour of the text around it, hidden from screen readers:
// words stand beside it or in its control's label. It panics for a name that is none.
func Icon(name string) string {
	svg, ok := icons[name]
	if !ok {
		panic("static: no icon " + name)
	}
	return svg
}

const iconSheet = "icons.svg"

// drawIcons puts all icons on one sheet, which a browser fetches once, and gives by name the markup that shows one: a page
// has twenty or thirty of them, and their drawings were more than a tenth of it.
func drawIcons() (sheet asset, byName map[string]string) {
	entries, err := iconFiles.ReadDir("icons")
	if err != nil {
		panic(err)
	}
	all := []byte(`<svg xmlns="http://www.w3.org/2000/svg">`)
	sizes := map[string]string{}
	for _, e := range entries {
		content, err := iconFiles.ReadFile("icons/" + e.Name())
		if err != nil {
			panic(err)
		}
		drawing := iconForm.FindSubmatch(bytes.TrimSpace(content))
		if drawing == nil {
			panic("static: icon " + e.Name() + " is not of the form of the others")
		}
		name := strings.TrimSuffix(e.Name(), ".svg")
		sizes[name] = string(drawing[1])
		all = fmt.Appendf(all, "<symbol id=%q %s>%s</symbol>", name, drawing[2], drawing[3])
	}
	sheet = newAsset(iconSheet, append(all, "</svg>"...))
	byName = make(map[string]string, len(sizes))
	for name, size := range sizes {
		class, ok := iconClasses[size]
		if !ok {
			panic("static: icon " + name + " has a size that the style sheet does not know")
		}
		byName[name] = `<svg class="` + class + `" aria-hidden="true"><use href="` + sheet.address + "#" + name + `"/></svg>`
	}
	return sheet, byName
}

// iconClasses are the classes of icons by their size, which the style sheet gives them.
var iconClasses = map[string]string{`width="16" height="16"`: "icon", `width="20" height="20"`: "icon i20"}

// iconForm is how the files of the icons are written: their size, their view box and the drawing.
var iconForm = regexp.MustCompile(`^<svg xmlns="http://www.w3.org/2000/svg" (width="\d+" height="\d+") (viewBox="[\d ]+")>((?s:.*))</svg>$`)
