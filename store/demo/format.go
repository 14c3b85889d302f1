package demo

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"signpost/store"
)

// FormatGraphV1 is the answer of Graph's v1.0, which reports name as they name beta's.
const FormatGraphV1 = "graph-v1"

// signInWriter writes sign-ins, in the order of their ingestion, to the files of a format.
type signInWriter interface {
	put(s *signIn) error
	// finish writes what stands after the last sign-in.
	finish() error
}

// format is a shape in which people hold sign-ins.
type format struct {
	name string
	// open makes the files.
	open func(t *Tenant, o *output) (signInWriter, error)
	// shown gives Graph's paths of what the format can show of a log's sign-ins. It has none of a log without paths.
	shown func(log int) []string
	// risk writes the files of risk; nil where the format has none here.
	risk func(ctx context.Context, t *Tenant, o *output) error
}

// formats are the formats other than Azure Monitor's files.
var formats = []format{
	{name: store.FormatGraph, open: byRows(graphRows), shown: graphShown, risk: graphRisk("beta")},
	{name: FormatGraphV1, open: byRows(graphV1Rows), shown: graphV1Shown, risk: graphRisk("v1.0")},
	{name: store.FormatPortalCSV, open: openPortalCSV, shown: portalShown},
	{name: store.FormatPortalJSON, open: byRows(portalJSONRows), shown: graphShown},
	{name: store.FormatLogAnalyticsCSV, open: byRows(logAnalyticsCSV), shown: logAnalyticsShown},
	{name: store.FormatLogAnalyticsJSON, open: byRows(logAnalyticsJSON), shown: logAnalyticsShown},
	{name: store.FormatLogAnalyticsQuery, open: byRows(logAnalyticsQuery), shown: logAnalyticsShown},
	{name: store.FormatPowerShellJSON, open: byRows(powerShellJSON), shown: graphShown},
	{name: store.FormatPowerShellCSV, open: byRows(powerShellCSV), shown: powerShellCSVShown},
	{name: store.FormatDefenderCSV, open: byRows(defenderCSV), shown: defenderShown},
	{name: store.FormatEventHub, open: openEventHub, shown: everythingShown},
	{name: store.FormatEventHubCapture, open: openCapture, shown: everythingShown},
}

// byRows opens a format that is nothing but rows.
func byRows(make func(t *Tenant) *rows) func(*Tenant, *output) (signInWriter, error) {
	return func(t *Tenant, o *output) (signInWriter, error) { return make(t).open(o) }
}

// Formats are the formats in which the demo can be written, the default first.
func Formats() []string {
	list := []string{store.FormatAzureMonitor}
	for _, f := range formats {
		list = append(list, f.name)
	}
	return list
}

func formatNamed(name string) (format, error) {
	for _, f := range formats {
		if f.name == name {
			return f, nil
		}
	}
	return format{}, fmt.Errorf("the demo cannot be written as %q; it can be written as %s", name, strings.Join(Formats(), ", "))
}

// WriteAs writes the records in a format, one of Formats, to the folder dir as Write does. Only Azure Monitor's files
// have audit records. Graph's formats have sign-ins and risk, and in other formats there are sign-ins alone. They are the same sign-ins, and each shows of them
// what the format can show; see CannotShow.
func WriteAs(ctx context.Context, dir, name string, opts Options) error {
	if name == store.FormatAzureMonitor {
		return Write(ctx, dir, opts)
	}
	f, err := formatNamed(name)
	if err != nil {
		return err
	}
	return write(dir, opts, func(t *Tenant, o *output) error {
		w, err := f.open(t, o)
		if err != nil {
			return err
		}
		err = t.inOrder(ctx, func(log int, line []byte) error {
			if len(f.shown(log)) == 0 {
				return nil
			}
			s, err := readSignIn(log, line)
			if err != nil {
				return err
			}
			return w.put(s)
		})
		if err != nil {
			return err
		}
		if err := w.finish(); err != nil || f.risk == nil {
			return err
		}
		return f.risk(ctx, t, o)
	})
}

// logs are the sign-in logs by their numbers here.
var logs = [logCount]store.Log{store.Interactive, store.NonInteractive, store.ServicePrincipal, store.ManagedIdentity}

// everything stands for all that Azure Monitor's record has.
const everything = "*"

func everythingShown(int) []string { return []string{everything} }

// madeOf are the properties that follow from others: the format shows one if it shows any of these.
var madeOf = map[*store.Property][]string{
	store.MFASet:           {"status.additionalDetails", "authenticationDetails"},
	store.MethodSet:        {"authenticationMethodsUsed", "authenticationDetails", "mfaDetail.authMethod"},
	store.MethodItems:      {"authenticationMethodsUsed", "authenticationDetails", "mfaDetail.authMethod"},
	store.MethodResultSet:  {"authenticationDetails"},
	store.MethodSourceSet:  {"authenticationDetails"},
	store.MethodStepSet:    {"authenticationDetails"},
	store.SessionPolicySet: {"sessionLifetimePolicies"},
	store.PolicyItems:      {"appliedConditionalAccessPolicies"},
	store.NetworkItems:     {"networkLocationDetails"},
	store.IsCAEToken:       {"authenticationProcessingDetails"},
	store.OwnedByMicrosoft: {"appOwnerTenantId"},
}

// CannotShow gives the properties, by their names, that Azure Monitor's records have and a format cannot show in any of
// the logs, all four where none is named. It is nil for a format that shows all, and for a name that is no format.
func CannotShow(name string, of ...store.Log) []string {
	f, err := formatNamed(name)
	if err != nil {
		return nil
	}
	if len(of) == 0 {
		of = logs[:]
	}
	var shown []string
	for log, l := range logs {
		if slices.Contains(of, l) {
			shown = append(shown, f.shown(log)...)
		}
	}
	var list []string
	for _, p := range store.SignIns.Properties {
		if p == store.StatedStatus || p.Logs != nil && !slices.ContainsFunc(of, func(l store.Log) bool { return slices.Contains(p.Logs, l) }) {
			continue // Azure Monitor states no status either
		}
		sources := madeOf[p]
		if sources == nil {
			sources = []string{p.Name}
		}
		if !slices.ContainsFunc(sources, func(path string) bool { return isShown(path, shown) }) {
			list = append(list, p.Name)
		}
	}
	return list
}

// isShown finds a path, or an object around it, among those shown.
func isShown(path string, shown []string) bool {
	return slices.ContainsFunc(shown, func(s string) bool {
		return s == everything || s == path || strings.HasPrefix(path, s+".")
	})
}
