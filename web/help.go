package web

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"signpost/auth"
	"signpost/store"
	"signpost/views"
)

// maxHelpFind bounds a search in the help, in bytes.
const maxHelpFind = 200

// help is the help, or the parts of it that a search finds.
func (s *Server) help(c echo.Context) error {
	find := strings.TrimSpace(c.QueryParam("q"))
	if len(find) > maxHelpFind {
		return store.BadParam{Param: "q", Problem: "is too long. Look for one word."}
	}
	v := viewer(c)
	return render(c, http.StatusOK, views.Help(views.HelpPage{
		Shell: s.shell(c, "Help", ""), Find: find, Roles: helpOfRoles(v),
		Activity: v.MaySee(store.Activity), Risk: v.MaySee(store.Risk), Logs: v.MayReadLogs(), Watches: v.Rights.MayOpen(auth.PageWatches),
	}))
}

// helpOfRoles tells the rights of each role. One role is about a log that stays secret. Only viewers who may read this log, or
// give the role, see that it exists.
func helpOfRoles(v Viewer) (points []views.HelpPoint) {
	for _, role := range auth.Roles() {
		if role != auth.RoleAttributeLogReader || v.MaySee(store.AttributeLog) || v.MayManagePeople() {
			points = append(points, views.HelpPoint{Term: role.Label(), Text: role.Note() + "."})
		}
	}
	return points
}

// helpKeys is the page of the keyboard's shortcuts; the script shows the same in a dialog.
func (s *Server) helpKeys(c echo.Context) error {
	return render(c, http.StatusOK, views.Keys(views.KeysPage{Shell: s.shell(c, "Keyboard shortcuts", "")}))
}

// helpBackup is the page about backups and moving to another machine.
func (s *Server) helpBackup(c echo.Context) error {
	return render(c, http.StatusOK, views.BackupHelp(views.BackupHelpPage{Shell: s.shell(c, "Backup", "")}))
}
