// Package export writes the sign-ins of a list as files: the portal's CSV files, an Excel workbook, Graph's JSON and
// Azure Monitor's records. It reads a store in pages by key, so that memory stays flat however much there is.
package export
