// Package importer reads exports of logs and of the directory, and gives them to an engine. It reads sign-ins in every format
// that people hold, and of each other kind in the engine's catalog the records of Azure Monitor, Microsoft Graph and Log
// Analytics, as files, folders, gzip and zip archives or a stream.
//
// The way of a record: unpack.go opens the files that stand behind a path, source.go reads them through a window, and
// records.go finds the records in them. capture.go reads the messages of Event Hubs Capture, and messages.go the records in the
// body of any message. outline.go and shape.go tell the kind of a record by the table in kinds.go, to which catalog.go adds the
// kinds of the catalog. signin.go decodes a sign-in by the keys in fields.go and lists.go, declared.go a record of any other
// kind by its declaration. write.go hands batches to the engine, tally.go counts what became of each record, and report.go tells it.
// told.go gives what a record tells of another kind: a record of Microsoft 365 may tell a sign-in.
// rejected.go keeps the text of those that cannot be used, to be mended and imported again.
//
// rows.go makes an object of each row of a CSV file, which is then read like any record. Formats with headings of their own have
// a table of columns (signin_rows.go): the Entra admin center (portal.go, portal_steps.go) and Defender XDR (defender.go).
// loganalytics.go and powershell.go read what is special to these, workbook.go this program's own workbooks,
// provisioning_csv.go files of provisioning records, risk_csv.go those of risk, mapped.go files
// of no known format with a mapping. survey.go reads a file a first time where its dates (dates.go) must decide the order of day
// and month, and finds out what must be asked. lacks.go has what each format cannot show. explain.go says what a file is,
// without storing anything.
//
// # Terms
//
// The content tells the format, never the name. Memory does not grow with the file. An answer is the object that Graph puts
// around a list of records. The envelope is the members that Azure Monitor puts around the properties of a record. A message
// is what Event Hubs carries: a body with records, and what consumers write beside it. A record is rejected where it was meant
// as one of a kind that is kept and cannot be used, and skipped where it is of another. A value is misread where the record has
// it in a shape that is not read.
package importer
