// Package export writes the sign-ins of a list as files, and checks evidence bundles.
//
// A format is a kind of file (export.go): the portal's CSV (csv.go, cells.go), an Excel workbook (xlsx.go),
// Graph's JSON (json.go) and Azure Monitor's records (ndjson.go). Both JSON formats share the members of a sign-in
// (shape.go, lists.go). An archive is a zip of such files (archive.go); an evidence bundle is an archive with
// hashes (evidence.go, manifest.go), which verify.go checks.
//
// # Terms
//
// A record as received is the text of an import. A file has it unchanged where it says the same as the merged
// sign-in, else a record made from the merged fields and the unknown members of all copies. A condition is set
// aside where a log has no such field (setaside.go). Withheld classes of data are in no file (Request.Withheld).
//
// A file reads the store in pages by place, one page ahead of its writer, so its memory does not grow with the
// list (pages.go). Files that are written at the same time share the memory for large pages.
package export
