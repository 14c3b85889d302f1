package web

import (
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
	// stall is how long an upload may bring nothing before it is given up.
	stall = 60 * time.Second
	// drained is how much of an upload that is refused is still taken, so that a browser that is sending reads the answer.
	drained = 64 << 20
	// maxFileName is how long a file's name may be, in characters; a longer one is shortened.
	maxFileName = 200
	// aroundFiles is what an upload may hold beside its files: boundaries and headings.
	aroundFiles = 1 << 20
)

// badUpload is an upload that is not taken, with what to do about it.
type badUpload struct {
	status  int
	message string
}

func (b badUpload) Error() string { return b.message }

// isUpload says that the request brings files: larger than a form, and longer on its way than an answer may take.
func isUpload(c echo.Context) bool {
	return c.Request().Method == http.MethodPost && c.Path() == views.ImportURL()
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
	r.Body = http.MaxBytesReader(c.Response(), lively{r.Body, http.NewResponseController(c.Response())}, limits.Upload+aroundFiles)
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

// fileName is what people see of a file's name: its last part, without what cannot be shown. It is never a path of ours.
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

// lively gives a body as long as bytes keep coming: the server's own limit of time is one for forms.
type lively struct {
	io.ReadCloser
	control *http.ResponseController
}

func (l lively) Read(p []byte) (int, error) {
	// The network's time is the machine's. A connection that knows no deadline has none to move.
	if err := l.control.SetReadDeadline(time.Now().Add(stall)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return 0, err
	}
	return l.ReadCloser.Read(p)
}

// drain takes some more of an upload that is refused: a browser shows no answer while it cannot send. That it cannot be
// read, or is longer, changes nothing about the answer.
func drain(c echo.Context) {
	_, _ = io.CopyN(io.Discard, c.Request().Body, drained)
}

// diskFull tells a full disk by the system's own error.
func diskFull(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fmt.Errorf("%w: %w", store.ErrDiskFull, err)
	}
	return err
}
