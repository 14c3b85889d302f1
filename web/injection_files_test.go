package web

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"strings"

	"signpost/store"
	"signpost/store/export"
	"signpost/views"
)

// testDownloads checks the files for programs: they must be whole, and the portal must choose their names.
func (p *injectedPair) testDownloads() {
	for _, log := range store.SignIns.Logs {
		for _, format := range export.Formats() {
			packed := strings.HasSuffix(format.Path(), "x") || strings.HasSuffix(format.Path(), "zip")
			if packed && log.Log != store.Interactive && !soak {
				continue
			}
			address := "/logs/" + string(log.Log) + "/" + format.Path()
			w := p.hostile.send("GA", http.MethodGet, address, nil)
			if w.Code != http.StatusOK || strings.Contains(w.Header().Get("Content-Type"), "html") {
				p.t.Errorf("%s: %d, %s", address, w.Code, w.Header().Get("Content-Type"))
			}
			p.checkDownload(log.Log, format.Path(), w.Body.Bytes())
			p.hostile.send("GA", http.MethodHead, address+"?app="+text(270)(p.hostile)+"&reason.has="+text(275)(p.hostile), nil)
		}
	}
	for _, format := range views.MeFormats() {
		if w := p.hostile.send("user", http.MethodGet, "/me/export."+string(format), nil); w.Code != http.StatusOK || w.Body.Len() < 50_000 {
			p.t.Errorf("my sign-ins as %s: %d, %d bytes", format, w.Code, w.Body.Len())
		}
	}
}

func (p *injectedPair) checkDownload(log store.Log, name string, content []byte) {
	p.t.Helper()
	switch extension := name[strings.LastIndexByte(name, '.')+1:]; extension {
	case "json":
		var list []struct{ AppDisplayName string }
		if err := json.Unmarshal(content, &list); err != nil || len(list) < len(p.hostile.main[log]) {
			p.t.Errorf("%s: %d elements, %v", name, len(list), err)
		}
		names := map[string]bool{}
		for _, element := range list {
			names[element.AppDisplayName] = true
		}
		for i := range p.hostile.main[log] { // in the interactive log all texts are
			if want := p.hostile.main[log][i].AppDisplayName; !names[want] {
				p.t.Errorf("%s: no application is called %q", name, want)
			}
		}
	case "ndjson":
		for line := range bytes.Lines(content) {
			if !json.Valid(line) {
				p.t.Errorf("%s: no JSON: %.100q", name, line)
			}
		}
	case "xlsx", "zip":
		archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
		if err != nil {
			p.t.Fatalf("%s: %v", name, err)
		}
		for _, file := range archive.File {
			if strings.ContainsAny(file.Name, "<>\"'\\&;:") || strings.Contains(file.Name, "..") {
				p.t.Errorf("%s holds a file called %q", name, file.Name)
			}
			if extension == "xlsx" {
				p.checkXML(name+"/"+file.Name, file)
			}
		}
	}
}

// checkXML reads a part of a workbook to its end; a workbook of ours has no formula.
func (p *injectedPair) checkXML(name string, file *zip.File) {
	p.t.Helper()
	r, err := file.Open()
	if err != nil {
		p.t.Fatal(err)
	}
	defer r.Close() // nothing was written
	decoder := xml.NewDecoder(r)
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			p.t.Errorf("%s: %v", name, err)
			return
		}
		if start, ok := token.(xml.StartElement); ok && start.Name.Local == "f" {
			p.t.Errorf("%s holds a formula", name)
		}
	}
}

// testRoles opens a page of every route with every role that may.
func (p *injectedPair) testRoles() {
	for column := range matrixRoles {
		if p.hostile.cookies[column] == nil {
			p.hostile.addAccount(column)
		}
	}
	p.hostile.cookies["out"] = &http.Cookie{Name: "nobody", Value: "x"}
	for _, c := range readRouteCells(p.t) {
		if (c.column == "SA" || c.column == "GR") && !soak {
			continue // these see the same as others
		}
		if c.method != http.MethodGet || strings.HasPrefix(c.path, "/static") || strings.HasSuffix(c.path, "/follow") || strings.Contains(c.path, "export.") || strings.HasSuffix(c.path, ".zip") {
			continue
		}
		address := c.example
		switch c.path {
		case "/logs/:log/:id":
			if _, query, _ := strings.Cut(c.example, "?"); strings.HasPrefix(c.example, "/logs/interactive/") {
				address = views.DetailsURL(store.Interactive, p.hostile.main[store.Interactive][11].ID) + "?" + query
			}
		case "/me/:id":
			address = views.MeDetailsURL(p.hostile.mine[12].ID)
		case "/users/:id":
			address = views.ObjectURL(store.ObjectUser, injectedPerson)
		case "/groups/:id":
			address = views.ObjectURL(store.ObjectGroup, directoryID(1))
		case "/apps/:id":
			address = views.ObjectURL(store.ObjectApplication, p.hostile.main[store.Interactive][13].AppID)
		}
		w := p.hostile.send(c.column, http.MethodGet, address, nil)
		if strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
			p.read(address+" for "+c.column, w)
		}
		if (w.Code < http.StatusUnauthorized || w.Code == http.StatusNotFound) != c.allowed && c.column != "out" {
			p.t.Errorf("%s for %s: %d", address, c.column, w.Code)
		}
	}
}
