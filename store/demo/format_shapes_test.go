package demo

import (
	"bytes"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hamba/avro/v2/ocf"

	"signpost/store"
)

func TestPowerShellJSON(t *testing.T) {
	t.Parallel()
	rows := map[int][]told{}
	files := filesOf(t, store.FormatPowerShellJSON)
	dates := regexp.MustCompile(`"CreatedDateTime":  "\\/Date\(\d+\)\\/"`)
	for log, event := range eventTypes {
		content := bytes.TrimPrefix(files["SignIns-"+event+".json"], []byte(byteOrderMark))
		var objects []map[string]any
		unmarshal(t, content, &objects)
		if got := len(dates.FindAll(content, -1)); got != len(objects) {
			t.Errorf("%d dates in PowerShell's form, want %d", got, len(objects))
		}
		for _, o := range objects {
			if len(o) != len(graphMembers)+1 || o["RiskEventTypesV2"] == nil && log == logInteractive {
				t.Fatalf("an object with %d members, want beta's and AdditionalProperties", len(o))
			}
			if more, ok := o["AdditionalProperties"].(map[string]any); !ok || len(more) > 0 {
				t.Fatalf("AdditionalProperties is %v, want an empty object", o["AdditionalProperties"])
			}
			ms, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimPrefix(text(o["CreatedDateTime"]), "/Date("), ")/"), 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			status, _ := o["Status"].(map[string]any)
			rows[log] = append(rows[log], told{text(o["Id"]), graphTime(time.UnixMilli(ms).UTC()), text(status["ErrorCode"]), text(o["AppId"]), text(o["UserId"])})
			if o["IPAddress"] == nil {
				t.Fatal("no IPAddress")
			}
		}
	}
	compare(t, rows, allLogs, graphOriginal)
}

func TestPowerShellCSV(t *testing.T) {
	t.Parallel()
	list, rows := originals(t), map[int][]told{}
	files := filesOf(t, store.FormatPowerShellCSV)
	for log, event := range eventTypes {
		content := files["SignIns-"+event+".csv"]
		if !bytes.HasPrefix(content, []byte(byteOrderMark+"#TYPE Microsoft.Graph.PowerShell.Models.MicrosoftGraphSignIn\r\n\"Agent\",\"AppDisplayName\",\"AppId\",")) {
			t.Errorf("the file begins with %.80q", content)
		}
		// The line with the type is no row.
		_, content, _ = bytes.Cut(content, []byte("\r\n"))
		for _, row := range readCSV(t, append([]byte(byteOrderMark), content...)).rows {
			s := list[row["Id"]]
			if s == nil || row["Status"] != "Microsoft.Graph.PowerShell.Models.MicrosoftGraphSignInStatus" || row["RiskEventTypesV2"] != "System.String[]" {
				t.Fatalf("got %v", row)
			}
			at, err := time.Parse("1/2/2006 3:04:05 PM", row["CreatedDateTime"])
			if err != nil {
				t.Fatal(err)
			}
			// The error code is inside the status, which Export-Csv does not show.
			rows[log] = append(rows[log], told{row["Id"], graphTime(at), s.errorCode(), row["AppId"], row["UserId"]})
			if want := strings.ToUpper(s.text("isInteractive")[:1]) + s.text("isInteractive")[1:]; row["IsInteractive"] != want {
				t.Fatalf("IsInteractive is %s, want %s", row["IsInteractive"], want)
			}
		}
	}
	compare(t, rows, allLogs, graphOriginal)
}

func TestDefenderCSV(t *testing.T) {
	t.Parallel()
	list, rows := originals(t), map[int][]told{}
	files := filesOf(t, store.FormatDefenderCSV)
	reports := map[string]bool{}
	for _, row := range readCSV(t, files["EntraIdSignInEvents.csv"]).rows {
		s := list[row["RequestId"]]
		if s == nil {
			t.Fatalf("an unknown sign-in: %v", row)
		}
		log := slices.Index(eventTypes[:], strings.Trim(row["LogonType"], `[]"`))
		rows[log] = append(rows[log], told{row["RequestId"], row["Timestamp"], row["ErrorCode"], row["ApplicationId"], row["AccountObjectId"]})
		if want := map[string]string{"success": "0", "failure": "1", "notApplied": "2"}[s.text("conditionalAccessStatus")]; row["ConditionalAccessStatus"] != want {
			t.Fatalf("ConditionalAccessStatus is %s, want %s", row["ConditionalAccessStatus"], want)
		}
		if want := map[string]string{"none": "1", "low": "10", "medium": "50", "high": "100", "hidden": "0"}[s.text("riskLevelAggregated")]; row["RiskLevelAggregated"] != want {
			t.Fatalf("RiskLevelAggregated is %s, want %s", row["RiskLevelAggregated"], want)
		}
		if want := map[string]string{"none": "0", "adminConfirmedSigninCompromised": "8", "hidden": "9", "adminDismissedRiskForSignIn": "16"}[s.text("riskDetail")]; want != "" && row["RiskDetails"] != want {
			t.Fatalf("RiskDetails is %s, want %s", row["RiskDetails"], want)
		}
		if row["RiskDetails"] == "-1" || row["IsManaged"] == "" != (s.text("deviceDetail.isManaged") == "") || reports[row["ReportId"]] {
			t.Fatalf("got %v", row)
		}
		reports[row["ReportId"]] = true
	}
	compare(t, rows, userOnes, func(s *signIn) told { return original(s, s.created.Format(isoTime)) })
}

// records takes the records of a message's body, and their text as Azure Monitor writes it.
func takeRecords(t *testing.T, body []byte, into map[string]bool) {
	t.Helper()
	var batch struct{ Records []map[string]any }
	unmarshal(t, body, &batch)
	if len(batch.Records) == 0 || len(batch.Records) > batchSize {
		t.Fatalf("a message with %d records", len(batch.Records))
	}
	for _, r := range batch.Records {
		line := text(r)
		if into[line] {
			t.Fatalf("a record is there twice: %.200s", line)
		}
		into[line] = true
	}
}

func compareRecords(t *testing.T, got map[string]bool) {
	t.Helper()
	for _, s := range originals(t) {
		if line := text(s.envelope); !got[line] {
			t.Fatalf("a record is missing: %.200s", line)
		}
	}
	if len(got) != formatOptions.Rows {
		t.Errorf("got %d records, want %d", len(got), formatOptions.Rows)
	}
}

func TestEventHub(t *testing.T) {
	t.Parallel()
	var messages []struct {
		EnqueuedTimeUtc time.Time //nolint:revive,staticcheck // the consumers' name
		Offset, Body    string
		SequenceNumber  int64
	}
	unmarshal(t, filesOf(t, store.FormatEventHub)["messages.json"], &messages)
	got, last := map[string]bool{}, time.Time{}
	for i, m := range messages {
		if m.SequenceNumber != int64(i) || m.EnqueuedTimeUtc.Before(last) {
			t.Fatalf("message %d has the number %d and the time %v", i, m.SequenceNumber, m.EnqueuedTimeUtc)
		}
		last = m.EnqueuedTimeUtc
		takeRecords(t, []byte(m.Body), got)
	}
	compareRecords(t, got)
}

func TestEventHubCapture(t *testing.T) {
	t.Parallel()
	files := filesOf(t, store.FormatEventHubCapture)
	got := map[string]bool{}
	for name, content := range files {
		d, err := ocf.NewDecoder(bytes.NewReader(content))
		if err != nil {
			t.Fatal(err)
		}
		if codec := string(d.Metadata()["avro.codec"]); codec != "deflate" {
			t.Errorf("%s has the codec %s, want deflate", name, codec)
		}
		for d.HasNext() {
			var m captured
			if err := d.Decode(&m); err != nil {
				t.Fatal(err)
			}
			at, err := time.Parse("1/2/2006 3:04:05 PM", m.EnqueuedTimeUtc)
			if err != nil || !strings.Contains(name, at.Format("2006_01_02")) {
				t.Fatalf("%s holds a message of %s: %v", name, m.EnqueuedTimeUtc, err)
			}
			takeRecords(t, m.Body, got)
		}
		if err := d.Error(); err != nil {
			t.Fatal(err)
		}
	}
	if len(files) < 28 {
		t.Errorf("got %d files, want one a day", len(files))
	}
	compareRecords(t, got)
}
