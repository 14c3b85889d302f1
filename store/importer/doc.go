// Package importer reads exports of logs and of the directory, and gives them to an engine. It reads Azure Monitor records and
// those of Microsoft Graph, of sign-ins and of each other kind in the engine's catalog, as files, folders, gzip and zip archives
// or a stream.
//
// The way of a record: unpack.go opens the files that stand behind a path, source.go reads them through a window, and
// records.go finds the records in them. capture.go reads the messages of Event Hubs Capture, and messages.go the records in the
// body of any message. outline.go and shape.go tell the kind of a record by the table in kinds.go, to which catalog.go adds the
// kinds of the catalog. signin.go decodes a sign-in by the keys in fields.go and lists.go, declared.go a record of any other
// kind by its declaration. stream.go hands batches to the engine, and tally.go counts what became of each record.
//
// # Terms
//
// The content tells the format, never the name. Memory does not grow with the file. An answer is the object that Graph puts
// around a list of records. The envelope is the members that Azure Monitor puts around the properties of a record. A message
// is what Event Hubs carries: a body with records, and what consumers write beside it. A record is rejected where it was meant
// as one of a kind that is kept and cannot be used, and skipped where it is of another. A value is misread where the record has
// it in a shape that is not read.
package importer
