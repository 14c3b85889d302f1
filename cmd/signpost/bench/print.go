package bench

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
)

// print writes the figures, the table of questions, and the worst of all.
func (r *Report) Print(out io.Writer) error {
	fmt.Fprintf(out, "%d sign-ins, %.0f bytes each\n", r.Rows, r.BytesPerRow)
	fmt.Fprintf(out, "import: %.0f rows/s, %.0f over the last tenth or million\n", r.ImportRowsPerSec, r.ImportLastPerSec)
	fmt.Fprintf(out, "peak memory: %.0f MiB resident while filling; anonymous %.0f MiB at most, %.0f while asking\n", r.PeakRSSMiB, r.PeakAnonymousMiB, r.AskingAnonymousMiB)
	if r.AuditRows > 0 {
		fmt.Fprintf(out, "%d audit records, imported at %.0f rows/s\n", r.AuditRows, r.AuditRowsPerSec)
	}
	if r.ActivityRows > 0 {
		fmt.Fprintf(out, "%d activity records, imported from files at %.0f rows/s, %.0f from the last large one; %d of them tell a sign-in too\n",
			r.ActivityRows, r.ActivityRowsPerSec, r.ActivityLastPerSec, r.ActivityTold)
	}
	if r.DetectionRows > 0 {
		fmt.Fprintf(out, "%d risk detections and %d risky objects, imported at %.0f detections/s\n", r.DetectionRows, r.RiskyObjects, r.DetectionsPerSec)
	}
	if r.AccessRows > 0 {
		fmt.Fprintf(out, "%d access records, %.0f bytes each in the access log; appended at %.0f rows/s, copied at %.0f rows/s\n",
			r.AccessRows, r.AccessLogBytesPerRow, r.AccessRowsPerSec, r.AccessCopiedPerSec)
	}
	fmt.Fprintf(out, "dictionaries: about %.1f MiB; the largest:", r.DictionariesMiB)
	for _, d := range r.Dictionaries {
		fmt.Fprintf(out, " %s %d words %.1f MiB,", d.Name, d.Words, float64(d.Bytes)/(1<<20))
	}
	fmt.Fprintf(out, "\ncold start to first page: %.0f ms\n\n", r.ColdStartMS)
	fmt.Fprintln(out, "filters:")
	for _, f := range r.Filters {
		if f.Conditions > 0 {
			fmt.Fprintf(out, "  %s, %s: %s\n", f.Log, f.Name, f.Query)
		}
	}
	var questions []string
	for i := range r.Results {
		if !slices.Contains(questions, r.Results[i].Question) {
			questions = append(questions, r.Results[i].Question)
		}
	}
	fmt.Fprintf(out, "\nimporting: meanwhile %d further sign-ins were imported into the same store, %.0f rows/s\n", r.RowsAddedWhileAsked, r.AddedRowsPerSec)
	for _, question := range questions {
		if err := r.printQuestion(out, question); err != nil {
			return err
		}
	}
	if err := r.printWorst(out, questions); err != nil {
		return err
	}
	return r.printRecording(out)
}

// printRecording tells what the access log adds to pages.
func (r *Report) printRecording(out io.Writer) error {
	if len(r.Recording) == 0 {
		return nil
	}
	fmt.Fprintln(out, "\npages without and with the access log, ms")
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "page\trange\treaders\tpause ms\tp50 without\tp50 with\tadded\tp95 without\tp95 with\tadded\tasks\t")
	for i := range r.Recording {
		a := &r.Recording[i]
		fmt.Fprintf(table, "%s\t%s\t%d\t%.0f\t%.2f\t%.2f\t%+.2f\t%.2f\t%.2f\t%+.2f\t%d\t\n",
			a.Page, a.Range, a.Readers, a.PauseMS, a.WithoutP50, a.WithP50, a.AddedP50, a.WithoutP95, a.WithP95, a.AddedP95, a.Asks)
	}
	return table.Flush()
}

func (r *Report) printQuestion(out io.Writer, question string) error {
	fmt.Fprintf(out, "\n%s\n", question)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "log\trange\tfilter\trows matched\tfirst ms\tp50 ms\tp95 ms\tmax ms\tKB allocated\tasks\timporting\t")
	for i := range r.Results {
		a := &r.Results[i]
		if a.Question != question {
			continue
		}
		allocated, importing := fmt.Sprint(a.Allocated/1000), ""
		if a.Importing {
			allocated, importing = "-", "yes"
		}
		if a.TooSlow > 0 {
			importing += fmt.Sprintf(" %d too slow", a.TooSlow)
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%.2f\t%.2f\t%.2f\t%.2f\t%s\t%d\t%s\t\n",
			a.Log, a.Range, a.Filter, a.Matched, a.FirstMS, a.P50MS, a.P95MS, a.MaxMS, allocated, a.Asks, importing)
	}
	return table.Flush()
}

// printWorst gives the highest first ask, p50 and p95 of each question, and of all.
func (r *Report) printWorst(out io.Writer, questions []string) error {
	fmt.Fprintln(out, "\nworst of each question, ms")
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "question\tfirst\tp50\tp95\tfirst importing\tp50 importing\tp95 importing\t")
	line := func(name string, belongs func(*Result) bool) {
		fmt.Fprint(table, name)
		for _, importing := range []bool{false, true} {
			for _, of := range benchTimes {
				fmt.Fprint(table, "\t", worstMS(r.worst(importing, belongs, of), of))
			}
		}
		fmt.Fprintln(table, "\t")
	}
	for _, question := range questions {
		line(question, func(a *Result) bool { return a.Question == question })
	}
	line("all", everyResult)
	if err := table.Flush(); err != nil {
		return err
	}
	for _, importing := range []bool{false, true} {
		p50, p95 := r.worst(importing, everyResult, p50MS), r.worst(importing, everyResult, p95MS)
		if p50 == nil {
			continue
		}
		when := "not importing"
		if importing {
			when = "importing"
		}
		fmt.Fprintf(out, "worst of all, %s: p50 %.2f ms (%s), p95 %.2f ms (%s)\n", when, p50.P50MS, p50.place(), p95.P95MS, p95.place())
	}
	return nil
}

func (a *Result) place() string {
	return fmt.Sprintf("%s, %s, %s, filter %s", a.Question, a.Log, a.Range, a.Filter)
}

// benchTimes are the times for which printWorst finds the highest.
var benchTimes = []func(*Result) float64{firstMS, p50MS, p95MS}

func firstMS(a *Result) float64  { return a.FirstMS }
func p50MS(a *Result) float64    { return a.P50MS }
func p95MS(a *Result) float64    { return a.P95MS }
func everyResult(_ *Result) bool { return true }

// worst finds the result with the highest time; nil where there is none.
func (r *Report) worst(importing bool, belongs func(*Result) bool, of func(*Result) float64) *Result {
	var worst *Result
	for i := range r.Results {
		a := &r.Results[i]
		if a.Importing == importing && belongs(a) && (worst == nil || of(a) > of(worst)) {
			worst = a
		}
	}
	return worst
}

func worstMS(a *Result, of func(*Result) float64) string {
	if a == nil {
		return "-"
	}
	return fmt.Sprintf("%.2f", of(a))
}
