package export_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"signpost/store"
	"signpost/store/datafolder"
	"signpost/store/export"
	"signpost/store/importer"
)

// parcel is a record of a kind that uses what storetest's made-up kind leaves out.
type parcel struct {
	store.Common
	route, size, sealed, depot, state string
	stops                             []string
}

func (p *parcel) Clone() store.Entry { c := *p; return &c }

// parcels declares a name with a comma, a nested class, a property of one log, one that follows from others, a list,
// a status that not everybody may see, another name of the ID, no key of the time, and a log with an audience of its own.
func parcels() *store.Kind {
	state := store.Enum("state", "State", func(p *parcel) *string { return &p.state }).WithClass(store.Activity)
	statuses := []store.StatusInfo{{Label: "-"}, {Name: "open", Label: "Open", Tone: store.Good}}
	return store.NewKind(store.Kind{
		One: "parcel", Many: "parcels",
		Logs: []store.LogInfo{
			{Log: "parcels", Number: 210, Title: "Parcels", Short: "Parcels", FileStem: "Parcels", Category: "ParcelLogs"},
			{Log: "sealedparcels", Number: 211, Title: "Sealed parcels", Short: "Sealed", FileStem: "SealedParcels", Category: "SealedParcelLogs", Read: store.AttributeLog},
		},
		Properties: []*store.Property{
			store.UniqueID("parcelId", "Parcel ID", func(p *parcel) *string { return p.ID() }),
			store.Text("route", `From, "to"`, func(p *parcel) *string { return &p.route }),
			store.Text("measures.size", "Size", func(p *parcel) *string { return &p.size }).WithClass(store.Activity),
			store.Text("sealedBy", "Sealed by", func(p *parcel) *string { return &p.sealed }).OnlyIn("sealedparcels"),
			store.Text("depot", "Depot", func(p *parcel) *string { return &p.depot }).AsMadeUp(),
			state,
			store.Set("stops", "Stops", func(p *parcel) []string { return p.stops }),
		},
		Named:    []*store.Field{{Name: "status", Label: "Status", Source: store.FromStatus, Column: state, Class: store.Activity}},
		Statuses: statuses,
		Status:   func(e store.Entry) store.Status { return store.StatusNamed(statuses, e.(*parcel).state) },
		New:      func() store.Entry { return &parcel{} },
		Shape:    store.Shape{Aliases: map[string]string{"number": "parcelId"}},
		Redact: func(doc []byte, hidden store.Classes) []byte {
			var members map[string]any
			if err := json.Unmarshal(doc, &members); err != nil {
				return nil
			}
			properties := members["properties"].(map[string]any)
			delete(properties, "state")
			delete(properties, "measures")
			redacted, err := json.Marshal(members)
			if err != nil {
				return nil
			}
			return redacted
		},
	})
}

func parcelStore(t *testing.T, docs ...string) *datafolder.Folder {
	t.Helper()
	db := openDeclared(t, parcels(), importer.Decoder)
	read(t, db, []byte(strings.Join(docs, "\n")))
	return db
}

// What a declaration says of a property, a log or a class counts in every file.
func TestDeclarationsAreKept(t *testing.T) {
	const whole = `{"time":"2026-11-23T14:30:00Z","category":"ParcelLogs","properties":{"number":"p1","route":"A","measures":{"size":"big"},"state":"open","stops":["x"]}}`
	db := parcelStore(t, whole, `{"time":"2026-11-23T14:30:00Z","category":"SealedParcelLogs","properties":{"parcelId":"s1","sealedBy":"Bo"}}`)
	hidden := store.ClassesOf(store.Activity)
	const date = "2026-11-23T14:30:00Z"
	for _, test := range []struct {
		log      store.Log
		format   export.Format
		withheld store.Classes
		want     string
	}{
		{log: "parcels", format: export.CSV, want: "\ufeffDate (UTC),Status,Parcel ID,\"From, \"\"to\"\"\",Size,Depot,State\r\n" + date + ",Open,p1,A,big,,open\r\n"},
		{log: "parcels", format: export.CSV, withheld: hidden, want: "\ufeffDate (UTC),Parcel ID,\"From, \"\"to\"\"\",Depot\r\n" + date + ",p1,A,\r\n"},
		{log: "parcels", format: export.NDJSON, want: whole + "\n"},
		{log: "parcels", format: export.NDJSON, withheld: hidden, want: `{"time":"` + date + `","category":"ParcelLogs","properties":{"parcelId":"p1","route":"A","stops":["x"]}}` + "\n"},
		{log: "parcels", format: export.JSON, withheld: hidden, want: `[` + "\n" + `{"time":"` + date + `","parcelId":"p1","route":"A","stops":["x"]}` + "\n]\n"},
		{log: "parcels", format: export.JSON, want: `[` + "\n" + `{"time":"` + date + `","parcelId":"p1","route":"A","measures":{"size":"big"},"state":"open","stops":["x"]}` + "\n]\n"},
		{log: "sealedparcels", format: export.CSV, want: "\ufeffDate (UTC),Status,Parcel ID,\"From, \"\"to\"\"\",Size,Sealed by,Depot,State\r\n" + date + ",,s1,,,Bo,,\r\n"},
	} {
		r := everything(test.log, test.format)
		r.Withheld = test.withheld
		if got := string(exported(t, db, r)); got != test.want {
			t.Errorf("%s of %s without %b: %s", test.format, test.log, test.withheld, gocmp.Diff(test.want, got))
		}
	}
}

// A record that is kept under another ID than its own is made: as received it would come back as another one.
func TestReceivedUnderAnotherID(t *testing.T) {
	db := parcelStore(t, `{"time":"2026-11-23T14:30:00Z","category":"ParcelLogs","properties":{"parcelId":"p1","number":"x"}}`)
	const want = `{"time":"2026-11-23T14:30:00Z","category":"ParcelLogs","properties":{"parcelId":"x"}}` + "\n"
	if got := string(exported(t, db, everything("parcels", export.NDJSON))); got != want {
		t.Error(gocmp.Diff(want, got))
	}
}

// The counts of an imported file are of all its records, so that data of another kind may not be seen in them either.
func TestEvidenceDoesNotCountChangesOfAnotherKind(t *testing.T) {
	db := parcelStore(t, withheldRecord("2026-11-21T10:01:00Z", "notApplied", "Other."), `{"time":"2026-11-21T14:30:00Z","category":"ParcelLogs","properties":{"parcelId":"p1"}}`)
	for _, withheld := range []store.Classes{0, store.ClassesOf(store.Activity)} {
		r := everything(store.Interactive, export.Evidence)
		r.Withheld, r.Imports = withheld, db
		files, _ := unpacked(t, exported(t, db, r))
		got := string(files["imports.json"])
		if hides := withheld != 0; strings.Contains(got, `"updated"`) == hides || strings.Contains(got, `"known"`) != hides || !strings.Contains(got, `"parcels"`) {
			t.Errorf("without %b: the import is told as %s", withheld, got)
		}
	}
}

// A log that somebody may not read at all is in no archive of theirs, and has no file.
func TestArchivesLeaveOutLogsOfOthers(t *testing.T) {
	db := parcelStore(t, `{"time":"2026-11-23T14:30:00Z","category":"ParcelLogs","properties":{"parcelId":"p1"}}`, `{"time":"2026-11-23T14:30:00Z","category":"SealedParcelLogs","properties":{"parcelId":"s1","sealedBy":"Bo"}}`)
	for _, format := range []export.Format{export.ZIP, export.Evidence} {
		r := everything("parcels", format)
		r.Withheld, r.Imports = store.ClassesOf(store.AttributeLog), db
		files, names := unpacked(t, exported(t, db, r))
		if slices.ContainsFunc(names, func(name string) bool { return strings.Contains(name, "Sealed") }) || len(files) < 3 {
			t.Errorf("%s holds %q", format, names)
		}
		for name, content := range files {
			if strings.Contains(string(content), "sealedparcels") || strings.Contains(string(content), "s1") {
				t.Errorf("%s: %s tells of the log:\n%s", format, name, content)
			}
		}
	}
	for _, format := range export.Formats() {
		r := everything("sealedparcels", format)
		r.Withheld = store.ClassesOf(store.AttributeLog)
		var out strings.Builder
		var refused store.WithheldError
		if err := export.Write(t.Context(), &out, db, r); !errors.As(err, &refused) || out.Len() > 0 {
			t.Errorf("%s: got %v and %d bytes, want it refused", format, err, out.Len())
		}
	}
}
