//go:build !(linux || darwin || freebsd)

package sqlite

// freeSpace gives the bytes that the disk of a folder has room for, which is not known here.
func freeSpace(string) (free int64, known bool) { return 0, false }

// isNoSpace says that the system had no room left for a file, which is not known here.
func isNoSpace(error) bool { return false }
