package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"os"
	"path"
	"strings"
	"syscall"
	"time"
	"unicode"

	"github.com/labstack/echo/v4"

	"signpost/store"
	"signpost/views"
)

const (
	// drained is the number of bytes of a refused upload that are still read, and drainFor the time for that. A browser that
	// is still sending can then read the answer.
	drained  = 64 << 20
	drainFor = 15 * time.Second
	// maxFileName bounds the characters of a file's name; a longer name is shortened.
	maxFileName = 200
	// aroundFiles is the size of the parts of an upload other than its files: boundaries and headings.
	aroundFiles = 1 << 20
)

// badUpload refuses an upload, with advice for its sender.
type badUpload struct {
	status  int
	message string
}

func (b badUpload) Error() string { return b.message }

// isUpload says that the request brings files. Such a request is larger than a form, and takes longer than an answer may.
func isUpload(c echo.Context) bool {
	return c.Request().Method == http.MethodPost && (c.Path() == views.ImportURL() || c.Path() == views.ExplainURL())
}

// receive takes the files of an upload into the run's folder.
func (s *Server) receive(c echo.Context, run *importRun) error {
	r, limits := c.Request(), run.imports.limits
	kind, _, err := mime.ParseMediaType(r.Header.Get(echo.HeaderContentType))
	if err != nil || kind != echo.MIMEMultipartForm {
		return badUpload{http.StatusUnsupportedMediaType, "This is no upload of files. Use the form."}
	}
	tooLarge := badUpload{http.StatusRequestEntityTooLarge, "The upload is larger than " + views.Size(limits.Upload) + ", the limit. Upload fewer files at a time, pack them, or use signpost import."}
	if r.ContentLength > limits.Upload+aroundFiles {
		return tooLarge
	}
	body := r.Body
	defer func() { r.Body = body }() // the rest of a refused one is read at a pace of its own
	pace, end := run.pace(body, http.NewResponseController(c.Response()))
	defer end()
	r.Body = http.MaxBytesReader(c.Response(), pace, limits.Upload+aroundFiles)
	parts, err := r.MultipartReader()
	if err != nil {
		return badUpload{http.StatusBadRequest, "The upload could not be read. Use the form."}
	}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = takePart(run, part)
		}
		switch {
		case err == nil:
		case run.ctx.Err() != nil:
			return endedUpload{context.Cause(run.ctx)}
		case errors.Is(err, errSlowUpload):
			return endedUpload{errSlowUpload}
		case errors.As(err, new(*http.MaxBytesError)):
			return tooLarge
		case errors.As(err, new(badUpload)), errors.As(err, new(*os.PathError)):
			return err
		default:
			return badUpload{http.StatusBadRequest, "The upload ended before it was whole. Nothing was imported: upload the files again."}
		}
	}
	if len(run.files) == 0 {
		return badUpload{http.StatusUnprocessableEntity, "No file was chosen. Choose one or several, then upload."}
	}
	return nil
}

// takePart takes one file of an upload. A browser sends a part without a name where no file was chosen.
func takePart(run *importRun, part *multipart.Part) error {
	defer part.Close() // it only reads on
	if part.FormName() != "files" {
		return badUpload{http.StatusBadRequest, "The upload holds something that is no file of the form. Use the form."}
	}
	if part.FileName() == "" {
		return nil
	}
	if len(run.files) == run.imports.limits.Files {
		return badUpload{http.StatusBadRequest, fmt.Sprintf("These are more than %d files, the limit. Pack them into one archive, or upload fewer at a time.", run.imports.limits.Files)}
	}
	file, err := run.add(fileName(part.FileName()))
	if err != nil {
		return err
	}
	n, err := io.Copy(file, part)
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	run.files[len(run.files)-1].Size = n
	return err
}

// fileName is a file's name as people see it: its last part, without unprintable characters. It is never a path of ours.
func fileName(name string) string {
	name = strings.Map(func(r rune) rune {
		if r == unicode.ReplacementChar || !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, strings.ReplaceAll(strings.ToValidUTF8(name, ""), `\`, "/"))
	name = strings.TrimSpace(path.Base(name))
	if runes := []rune(name); len(runes) > maxFileName {
		name = strings.TrimSpace(string(runes[:maxFileName-1])) + "…"
	}
	if name == "" || name == "." || name == ".." || name == "/" {
		return "unnamed file"
	}
	return name
}

// endedUpload is an upload that was ended before it had arrived. Nothing more of it is read.
type endedUpload struct{ cause error }

func (e endedUpload) Error() string { return "the upload was ended: " + e.cause.Error() }
func (e endedUpload) Unwrap() error { return e.cause }

// refusal words it for the sender.
func (e endedUpload) refusal(limits ImportLimits) badUpload {
	var stopped uploadStopped
	switch {
	case errors.As(e.cause, &stopped):
		return badUpload{http.StatusConflict, "The upload was stopped by " + stopped.by + ". Nothing of it was imported."}
	case errors.Is(e.cause, errSlowUpload):
		return badUpload{http.StatusRequestTimeout, fmt.Sprintf("The upload brought less than %s a second over %s, and was ended. Nothing of it was imported: upload it over a faster network, or use signpost import.",
			views.Size(limits.Pace), limits.Patience)}
	}
	return badUpload{http.StatusServiceUnavailable, "Signpost stops. Nothing of the upload was imported: upload it again when Signpost is back."}
}

// drain reads some more of an upload that is refused, because a browser shows no answer while it cannot send. An error, or a
// longer upload, changes nothing about the answer.
func drain(c echo.Context) {
	_ = http.NewResponseController(c.Response()).SetReadDeadline(time.Now().Add(drainFor)) // a connection without deadlines needs none
	_, _ = io.CopyN(io.Discard, c.Request().Body, drained)
	answerAnyway(c)
}

// hangUp reads nothing more of an upload: the answer is written, and then the connection ends.
func hangUp(c echo.Context) {
	_ = http.NewResponseController(c.Response()).SetReadDeadline(time.Unix(1, 0)) // as in drain
	if c.Request().ProtoMajor == 1 {
		c.Response().Header().Set("Connection", "close")
	}
	answerAnyway(c)
}

// answerAnyway lets the answer be made after the request's context has ended. A read deadline ends the context too.
func answerAnyway(c echo.Context) {
	c.SetRequest(c.Request().WithContext(context.WithoutCancel(c.Request().Context())))
}

// diskFull recognises a full disk by the system's own error, and adds store.ErrDiskFull.
func diskFull(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fmt.Errorf("%w: %w", store.ErrDiskFull, err)
	}
	return err
}
