package main

import (
	"context"
	"fmt"
	"time"

	"signpost/store"
	"signpost/store/importer"
	"signpost/store/kinds"
	"signpost/views"
	"signpost/web"
)

// importTurn lets one import at a time use the engine, which takes the batches of one import at a time.
type importTurn chan struct{}

func newImportTurn() importTurn { return make(importTurn, 1) }

// take waits for the turn; give gives it back.
func (t importTurn) take(ctx context.Context) error {
	select {
	case t <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (t importTurn) give() { <-t }

// pageImporter is the web.Importer of serve.
type pageImporter struct {
	w        store.Writer
	turn     importTurn
	unpacked int64 // bytes that one file may unpack to
	// mappings are those that are applied to files of no known format.
	mappings func(ctx context.Context) ([]store.Mapping, error)
}

var _ web.Importer = pageImporter{}

// Check looks at uploaded files; see web.Importer.
func (p pageImporter) Check(ctx context.Context, limits web.ImportLimits, files []web.UploadedFile) ([]views.RefusedFile, error) {
	checked, err := importFiles(files)
	if err != nil {
		return nil, err
	}
	mappings, err := p.mappings(ctx)
	if err != nil {
		return nil, err
	}
	refused, err := importer.Check(ctx, importer.Limits{Unpacked: limits.Unpacked, Ratio: limits.Ratio, Members: limits.Members, Mappings: mappings}, checked...)
	list := make([]views.RefusedFile, len(refused))
	for i, r := range refused {
		list[i] = views.RefusedFile{Name: r.Name, Reason: r.Reason, File: r.File, Member: r.Member, Mappable: r.Mappable}
	}
	return list, err
}

// fullWait is the time that the import of an upload waits for room on a full disk: in effect until serve is
// stopped.
const fullWait = 7 * 24 * time.Hour

// Import imports uploaded files; see web.Importer.
func (p pageImporter) Import(ctx context.Context, files []web.UploadedFile, tell func(bytes, total, records int64)) ([]store.ImportReport, error) {
	if err := p.turn.take(ctx); err != nil {
		return nil, fmt.Errorf("the import was stopped before it began: %w", err)
	}
	defer p.turn.give()
	list, err := importFiles(files)
	if err != nil {
		return nil, err
	}
	mappings, err := p.mappings(ctx)
	if err != nil {
		return nil, err
	}
	progress := func(p importer.Progress) { tell(p.Bytes, p.Total, p.Records) }
	return importer.New(p.w, importer.Options{Progress: progress, FullWait: fullWait, MaxUnpacked: p.unpacked, Mappings: mappings}).Files(ctx, list...)
}

// Explain says what an uploaded file is; see web.Importer.
func (p pageImporter) Explain(ctx context.Context, limits web.ImportLimits, file web.UploadedFile, tell func(bytes, total, records int64)) ([]store.Explanation, error) {
	list, err := importFiles([]web.UploadedFile{file})
	if err != nil {
		return nil, err
	}
	mappings, err := p.mappings(ctx)
	if err != nil {
		return nil, err
	}
	progress := func(p importer.Progress) { tell(p.Bytes, p.Total, p.Records) }
	return importer.Explain(ctx, p.w.Catalog(), importer.Options{Progress: progress, MaxUnpacked: limits.Unpacked, MaxRatio: limits.Ratio, MaxMembers: limits.Members, Mappings: mappings}, list...)
}

// lookAtFile looks at an uploaded file for the page of a mapping; see web.Config.
func lookAtFile(file web.UploadedFile, member int, m store.Mapping) (store.MappingLook, error) {
	list, err := importFiles([]web.UploadedFile{file})
	if err != nil {
		return store.MappingLook{}, err
	}
	return importer.LookAtFile(kinds.Catalog, list[0], member, m)
}

func importFiles(files []web.UploadedFile) ([]importer.File, error) {
	list := make([]importer.File, len(files))
	for i, file := range files {
		answers, err := importer.ParseAnswers(file.Answers.Log, file.Answers.Dates, file.Answers.Zone)
		if err != nil {
			return nil, err
		}
		list[i] = importer.File{Path: file.Path, Name: file.Name, Uploaded: true, Without: file.Without, Answers: answers}
	}
	return list, nil
}
