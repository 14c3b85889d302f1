//go:build !(linux || darwin || freebsd)

package dbfile

// FreeSpace gives the bytes that the disk of a folder has room for, which is not known here.
func FreeSpace(string) (free int64, known bool) { return 0, false }

// IsNoSpace says that the system had no room left for a file, which is not known here.
func IsNoSpace(error) bool { return false }
