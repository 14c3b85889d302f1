package views

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"signpost/store"
	"signpost/web/ask"
)

// MeFormat is a file format for downloads of one's own sign-ins. A file holds the fields of the page and no others. Times
// are UTC.
type MeFormat string

// The formats are also the extensions of addresses and files.
const (
	MeCSV  MeFormat = "csv"
	MeJSON MeFormat = "json"
)

// MeFormats gives every format.
func MeFormats() []MeFormat { return []MeFormat{MeCSV, MeJSON} }

// ContentType is the format's media type.
func (f MeFormat) ContentType() string {
	if f == MeJSON {
		return "application/json"
	}
	return "text/csv; charset=utf-8"
}

// FileName names the file by the days of the range, as the downloads of the logs do.
func (f MeFormat) FileName(r store.Range) string {
	return "MySignIns_" + r.From.UTC().Format(time.DateOnly) + "_" + r.To.UTC().Format(time.DateOnly) + "." + string(f)
}

// MeFile writes a file piece by piece.
type MeFile interface {
	// Add writes some sign-ins.
	Add(signIns []ask.OwnSignIn) error
	// End writes the end of the file.
	End() error
}

// Begin starts a file.
func (f MeFormat) Begin(w io.Writer) (MeFile, error) {
	if f == MeJSON {
		return &meJSON{w: w}, nil
	}
	// The byte order mark tells Excel that the file is UTF-8.
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return nil, fmt.Errorf("write the file: %w", err)
	}
	file := &meCSV{csv.NewWriter(w)}
	file.UseCRLF = true
	return file, file.Write(meHeadings)
}

// meExported is one sign-in in a file.
type meExported struct {
	Time            string   `json:"time"`
	RequestID       string   `json:"requestId"`
	Result          string   `json:"result"`
	Reason          string   `json:"reason"`
	ErrorCode       *int64   `json:"errorCode"`
	Made            string   `json:"made"`
	Application     string   `json:"application"`
	UsedFor         string   `json:"usedFor"`
	City            string   `json:"city"`
	State           string   `json:"state"`
	CountryOrRegion string   `json:"countryOrRegion"`
	IPAddress       string   `json:"ipAddress"`
	Device          string   `json:"device"`
	OperatingSystem string   `json:"operatingSystem"`
	Browser         string   `json:"browser"`
	Unusual         []string `json:"unusual"`
	Answer          string   `json:"answer"`
}

func exported(s *ask.OwnSignIn) meExported {
	e := meExported{
		Time: instant(s.Time()), RequestID: s.ID, Result: outcome(s.Status), Reason: joinSentences(outcomeReason(&s.Trace), deniedText(s.Line)),
		Made: kindOfSignIn(s.Log), Application: firstText(s.AppDisplayName, s.AppID), UsedFor: firstText(s.ResourceDisplayName, s.ResourceID),
		City: s.Location.City, State: s.Location.State, CountryOrRegion: s.Location.CountryOrRegion, IPAddress: s.IPAddress,
		Device: s.DeviceDisplayName, OperatingSystem: s.OperatingSystem, Browser: s.Browser, Unusual: []string{},
	}
	if s.ErrorCode.Set {
		e.ErrorCode = &s.ErrorCode.N
	}
	for _, m := range s.Marks {
		e.Unusual = append(e.Unusual, markSentence(m, &s.Trace, Zone{}))
	}
	if s.Answer != nil {
		e.Answer = answerText(s.Answer)
	}
	return e
}

// meJSON writes one array, an element a line.
type meJSON struct {
	w     io.Writer
	begun bool
}

func (f *meJSON) Add(signIns []ask.OwnSignIn) error {
	var lines []byte
	for i := range signIns {
		element, err := json.Marshal(exported(&signIns[i]))
		if err != nil {
			return fmt.Errorf("write a sign-in: %w", err)
		}
		lines = append(lines, f.separator()...)
		lines = append(lines, element...)
	}
	_, err := f.w.Write(lines)
	return err
}

func (f *meJSON) separator() string {
	if f.begun {
		return ",\n"
	}
	f.begun = true
	return "[\n"
}

func (f *meJSON) End() error {
	end := "\n]\n"
	if !f.begun {
		end = "[]\n"
	}
	_, err := io.WriteString(f.w, end)
	return err
}

// meCSV writes a table with headings.
type meCSV struct{ *csv.Writer }

var meHeadings = []string{
	"Date (UTC)", "Request ID", "Result", "Reason", "Error code", "Made", "Application", "Used for", "City", "State or province", "Country or region",
	"IP address", "Device", "Operating system", "Browser", "Unusual", "Your answer",
}

func (f *meCSV) Add(signIns []ask.OwnSignIn) error {
	for i := range signIns {
		e := exported(&signIns[i])
		code := ""
		if e.ErrorCode != nil {
			code = fmt.Sprint(*e.ErrorCode)
		}
		cells := []string{
			e.Time, e.RequestID, e.Result, e.Reason, code, e.Made, e.Application, e.UsedFor, e.City, e.State, e.CountryOrRegion,
			e.IPAddress, e.Device, e.OperatingSystem, e.Browser, strings.Join(e.Unusual, " "), e.Answer,
		}
		for n := range cells {
			cells[n] = store.NeutralCell(cells[n])
		}
		if err := f.Write(cells); err != nil {
			return err
		}
	}
	f.Flush()
	return f.Error()
}

func (f *meCSV) End() error {
	f.Flush()
	return f.Error()
}
