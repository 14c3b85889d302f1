package views

// Shell is what the frame of every page shows around its content.
type Shell struct {
	Title string
	// Viewer is who is signed in; nil on pages for everyone.
	Viewer *Viewer
	// Active names the navigation entry the page belongs to.
	Active string
	// Theme is light, dark, or empty to follow the system.
	Theme string
}

// Viewer is who is signed in, as the frame shows it.
type Viewer struct {
	Name  string
	Roles []string
	// MayReadLogs offers the tenant's logs; MayImport the import page.
	MayReadLogs, MayImport bool
}
