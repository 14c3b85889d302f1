// Package static holds the files a browser fetches: style sheet, script, icons. Each is served under a
// name that carries a hash of its content, so it can be cached for ever.
package static

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
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
	assets = loadAssets(append(Scripts(), "app.css", "favicon.svg", "vendor/htmx.min.js", "vendor/world.svg")...)
	icons  = loadIcons()
)

// Scripts names the modules that every page loads.
func Scripts() []string {
	names, err := fs.Glob(files, "*.js")
	if err != nil {
		panic(err) // the pattern is ours
	}
	return names
}

// loadAssets reads embedded files: one that is missing is a mistake of the build, hence the panic.
func loadAssets(names ...string) []asset {
	list := make([]asset, len(names))
	for i, name := range names {
		content, err := files.ReadFile(name)
		if err != nil {
			panic(err)
		}
		sum := sha256.Sum256(content)
		ext := path.Ext(name)
		stem := strings.TrimSuffix(path.Base(name), ext)
		list[i] = asset{name, Prefix + stem + "." + hex.EncodeToString(sum[:6]) + ext, content}
	}
	return list
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

func loadIcons() map[string]string {
	entries, err := iconFiles.ReadDir("icons")
	if err != nil {
		panic(err)
	}
	byName := make(map[string]string, len(entries))
	for _, e := range entries {
		content, err := iconFiles.ReadFile("icons/" + e.Name())
		if err != nil {
			panic(err)
		}
		svg := strings.TrimSpace(string(content))
		svg = strings.Replace(svg, `<svg xmlns="http://www.w3.org/2000/svg"`, `<svg class="icon" fill="currentColor" aria-hidden="true"`, 1)
		byName[strings.TrimSuffix(e.Name(), ".svg")] = svg
	}
	return byName
}
