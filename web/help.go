package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"signpost/views"
)

// helpKeys is the page of the keyboard's shortcuts; the script shows the same in a dialog.
func (s *Server) helpKeys(c echo.Context) error {
	return render(c, http.StatusOK, views.Keys(views.KeysPage{Shell: s.shell(c, "Keyboard shortcuts", "")}))
}

// helpBackup is the page about backups and moving to another machine.
func (s *Server) helpBackup(c echo.Context) error {
	return render(c, http.StatusOK, views.BackupHelp(views.BackupHelpPage{Shell: s.shell(c, "Backup", "")}))
}
