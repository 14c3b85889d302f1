package web

import (
	"context"
	"strings"

	"github.com/labstack/echo/v4"

	"signpost/auth"
	"signpost/store"
	"signpost/views"
)

// Scope gives the limits of the viewer; the zero Scope for none. Where several people read together it is one of their limits: a store
// and a directory have all.
func (v Viewer) Scope() store.Scope {
	if scopes := v.scopes(); len(scopes) > 0 {
		return scopes[0]
	}
	return store.Scope{}
}

func scopeOf(a auth.Account) store.Scope { return store.NewScope(nil, a.Scope.Groups, a.Scope.Apps) }

// scopeText names the viewer's scope, for the frame of every page; empty where there is none.
func (s *Server) scopeText(c echo.Context) string {
	var texts []string
	for _, scope := range viewer(c).scopes() {
		texts = append(texts, views.ScopeText(s.scopeNames(askingContext(c), scope)))
	}
	return strings.Join(texts, " ")
}

// scopeNames gives the names of a scope's groups and applications, an ID where nobody knows a name.
func (s *Server) scopeNames(ctx context.Context, scope store.Scope) (groups, apps []string) {
	for _, id := range scope.Groups {
		name := id
		if object, err := s.Directory.Object(ctx, store.ObjectGroup, id); err == nil && object.Name != "" {
			name = object.Name
		}
		groups = append(groups, name)
	}
	for _, id := range scope.Apps {
		name := id
		objects, err := s.Directory.ObjectsOfApp(ctx, id)
		for _, object := range objects {
			if err == nil && strings.TrimSpace(object.Name) != "" {
				name = object.Name
			}
		}
		apps = append(apps, name)
	}
	return groups, apps
}
