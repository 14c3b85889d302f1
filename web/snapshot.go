package web

import (
	"context"
	"strings"

	"github.com/labstack/echo/v4"

	"signpost/store"
	"signpost/web/ask"
)

// snapshot answers a handler's questions: the logs as its viewer may ask them, and the directory.
type snapshot struct {
	ask.Reader
	withheld store.Classes // of the logs
	scope    store.Scope   // of the viewer
}

// storeOf gives the store as the viewer of a request may ask it. No handler asks another one.
func (s *Server) storeOf(c echo.Context) store.Store { return s.storeFor(viewer(c)) }

func (s *Server) storeFor(v Viewer) store.Store {
	if len(s.looksFor(v).Lists()) == 0 {
		return s.ownStore(v)
	}
	return s.withheldFor(v, v.hidden())
}

// withheldFor gives the store without some classes, limited to the viewer's scope.
func (s *Server) withheldFor(v Viewer, hidden store.Classes) store.Store {
	of := store.Withheld(s.Store, hidden)
	for _, scope := range v.scopes() {
		of = store.Scoped(of, scope)
	}
	return of
}

// ownStore gives the store for the pages of one's own sign-ins, whatever else the viewer may see. These pages are the same for
// everybody.
func (s *Server) ownStore(v Viewer) store.Store {
	return store.Owned(store.Withheld(s.Store, store.ClassesOf(store.AllClasses()...).Without(store.TenantLogs)), v.Person())
}

// recordsOf gives the records that the viewer made or that are about them, whatever else they may see. Identity Protection's records
// are for those alone who may read them: others must not learn that there are some about them.
func (s *Server) recordsOf(v Viewer) store.Store {
	return store.Scoped(store.Withheld(s.Store, v.hidden()&store.ClassesOf(store.Risk)), store.NewScope([]string{v.Person().UserID}, nil, nil))
}

// riskStore gives what lists of risky sign-ins are made of, and the classes that it does not have. Nobody is shown its answers as they are.
func (s *Server) riskStore() (of store.Store, hidden store.Classes) {
	hidden = store.ClassesOf(store.AllClasses()...).Without(store.TenantLogs).Without(store.Risk)
	return store.Withheld(s.Store, hidden), hidden
}

// accessRecords gives the access log to the page that shows who looked. Its question names the viewer. The page draws nothing
// of an answer but the people who looked, and their reasons.
func (s *Server) accessRecords() store.Store { return s.Store }

// openSnapshot gives one state of the stored data, as the viewer may ask it, until release is called. Questions must use the
// context that it gives.
func (s *Server) openSnapshot(c echo.Context) (ctx context.Context, reader snapshot, release func(), err error) {
	return s.snapshotOf(c, s.storeOf(c), viewer(c).hidden())
}

// openRevealed is openSnapshot for a viewer who asks for the values of credentials.
func (s *Server) openRevealed(c echo.Context) (ctx context.Context, reader snapshot, release func(), err error) {
	hidden := viewer(c).revealed()
	return s.snapshotOf(c, s.withheldFor(viewer(c), hidden), hidden)
}

// openOwnSnapshot is openSnapshot for the pages of the viewer's own sign-ins.
func (s *Server) openOwnSnapshot(c echo.Context) (ctx context.Context, reader snapshot, release func(), err error) {
	return s.snapshotOf(c, s.ownStore(viewer(c)), viewer(c).hidden())
}

// openPerson gives one state of the stored data about one person only. A name that nobody has, or that several people have,
// finds no records.
func (s *Server) openPerson(c echo.Context, name string) (ctx context.Context, reader snapshot, person store.Person, release func(), err error) {
	person.UserID = store.FoldCase(name)
	if strings.Contains(name, "@") {
		err = ask.Together(c.Request().Context(), func(ctx context.Context) error {
			found, err := s.Accounts.FindUser(ctx, name)
			if found.ID != "" {
				person.UserID = found.ID
			}
			return err
		})
		if err != nil {
			return nil, snapshot{}, person, nil, err
		}
	}
	hidden := store.ClassesOf(store.AllClasses()...).Without(store.TenantLogs)
	scope := store.NewScope([]string{person.UserID}, nil, nil)
	ctx, reader, release, err = s.snapshotOf(c, store.Scoped(s.withheldFor(viewer(c), hidden), scope), hidden)
	return ctx, reader, person, release, err
}

func (s *Server) snapshotOf(c echo.Context, of store.Store, hidden store.Classes) (ctx context.Context, reader snapshot, release func(), err error) {
	ctx, release, err = of.Snapshot(store.Fresh(c.Request().Context(), store.Log(c.Param("log"))))
	if err == nil {
		c.Set(snapshotContextKey, ctx)
	}
	v := viewer(c)
	return ctx, snapshot{s.reader(of, hidden, v.scopes()...), hidden, v.Scope()}, release, err
}

const snapshotContextKey = "snapshotContext"

// askingContext is the context for questions of the page's frame: that of the snapshot that the request has open, or of the request. A
// page that holds a connection to the directory must not wait for another one: many such pages would wait for each other.
func askingContext(c echo.Context) context.Context {
	if ctx, ok := c.Get(snapshotContextKey).(context.Context); ok {
		return ctx
	}
	return c.Request().Context()
}

// present gives the stored data as the viewer may ask it. Each question sees the state at its own time.
func (s *Server) present(c echo.Context) snapshot {
	v := viewer(c)
	return snapshot{s.reader(s.storeFor(v), v.hidden(), v.scopes()...), v.hidden(), v.Scope()}
}

// reader gives a reader for questions, with the directory without some classes and within some scopes. A part of an answer that fails
// has a line in the log.
func (s *Server) reader(of store.Store, hidden store.Classes, scopes ...store.Scope) ask.Reader {
	directory := store.WithheldDirectory(s.Directory, hidden)
	for _, scope := range scopes {
		directory = store.ScopedDirectory(directory, scope)
	}
	return ask.Reader{Reader: of, Directory: directory, OnFailure: func(ctx context.Context, part string, err error) {
		s.Log.ErrorContext(ctx, "part of a page", "part", part, "error", err)
	}}
}
