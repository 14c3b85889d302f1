// Package export writes the records of a list as files, and checks evidence bundles.
//
// A format is one of the files that a list can be written as (export.go): CSV (csv.go, cells.go), an Excel workbook
// (xlsx.go), Graph's JSON (json.go) and Azure Monitor's records (ndjson.go). Sign-ins have the portal's columns, and
// both JSON formats share their members (shape.go, lists.go). Records of other kinds have the columns and members of
// the kind's declaration (cells.go, declared.go). An archive is a zip of such files (archive.go). An evidence bundle
// is an archive with hashes (evidence.go, manifest.go), which verify.go checks.
//
// # Terms
//
// A record as received is the text of an import. A file has it unchanged where it says the same as the merged
// record, else a record made from the merged fields and the unknown members of all copies. A condition is set
// aside where a log has no such field (setaside.go). Withheld classes of data are in no file (Request.Withheld).
//
// A file reads the store in pages by place, one page ahead of its writer, so its memory does not grow with the
// list (pages.go). Files that are written at the same time share the memory for large pages.
package export
