// Package importer reads exports of sign-in logs and gives them to an engine: Azure Monitor records and
// Microsoft Graph's signIn, as files, folders, gzip and zip archives or a stream. The format is found
// from the content, never from a name; memory does not grow with the file.
package importer
