// Package datafolder copies a data folder as a whole: it backs up and restores the files of the log engine (store/sqlite) and
// of the portal (store/portal) together.
package datafolder
