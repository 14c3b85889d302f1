package views

// KeysPage is the list of the keyboard's shortcuts.
type KeysPage struct{ Shell Shell }

// shortcut is one action of the keyboard. Any of the keys does it.
type shortcut struct {
	Keys []string
	Does string
}

type shortcutGroup struct {
	Title     string
	Shortcuts []shortcut
}

// groups are the shortcuts of static/keys.js and static/menu.js. Those for filters, groups and values work only
// on pages for readers of the logs.
func (p KeysPage) groups() []shortcutGroup {
	rows := shortcutGroup{"Rows", []shortcut{
		{[]string{"j", "↓"}, "next row"},
		{[]string{"k", "↑"}, "previous row"},
		{[]string{"Enter"}, "open the row"},
		{[]string{"n"}, "next page, older"},
		{[]string{"p"}, "previous page, newer"},
	}}
	everywhere := shortcutGroup{"Everywhere", []shortcut{
		{[]string{"?"}, "show these shortcuts"},
		{[]string{"Escape"}, "close what is open"},
	}}
	if p.Shell.Viewer == nil || !p.Shell.Viewer.MayReadLogs {
		return []shortcutGroup{rows, everywhere}
	}
	rows.Shortcuts = append(rows.Shortcuts, shortcut{[]string{"x"}, "show or hide the sign-ins of a group"})
	rows.Shortcuts[2].Does = "open the row, next to the list if there is room"
	rows.Shortcuts = append(rows.Shortcuts, shortcut{[]string{"[", "]"}, "details of the row before and of the next row"}, shortcut{[]string{"c"}, "compare the row with another: then c or Enter on that one"})
	values := shortcutGroup{"Values", []shortcut{
		{[]string{"→", "←"}, "next and previous value of the row"},
		{[]string{"m", "Shift F10"}, "filter by the value, exclude or copy it"},
	}}
	everywhere.Shortcuts = append([]shortcut{{[]string{"/"}, "search"}, {[]string{"f"}, "add a filter"}}, everywhere.Shortcuts...)
	return []shortcutGroup{rows, values, everywhere}
}
