package importer

import (
	"maps"
	"strings"

	"signpost/store"
)

// A record of one kind may tell a record of another kind too: see store.Kind.Tells. The log of the other kind then keeps the same
// document. A sign-in is read from it by the rules of the kind that tells, and a record of a declared kind by store.Shape.Told.

// toldBy gives the record of another kind that a record tells; nil for none. The other log keeps the document. So the document is
// read as that log will read it. A row that was read with a mapping tells nothing: its document means nothing without the mapping.
func (s *stream) toldBy(e store.Entry, doc []byte) store.Entry {
	k := s.im.table.logs[e.Head().Log]
	if k == nil || k.kind.Tells == nil {
		return nil
	}
	told := k.kind.Tells(e)
	if told == nil || !s.im.table.keepsTold(told.Head().Log) {
		return nil
	}
	told, reason := s.im.decode(told.Head().Log, doc)
	if reason != "" || told.Head().ToldBy == "" {
		return nil
	}
	return told
}

// keepsTold says that records of a log may be told by records of another kind.
func (t *kindTable) keepsTold(log store.Log) bool {
	if _, isSignIn := store.SignIns.Log(log); isSignIn {
		return t.signIns
	}
	return t.logs[log] != nil && t.logs[log].toldRoot != nil
}

// kindOf gives the kind of a log's records.
func (t *kindTable) kindOf(log store.Log) *store.Kind {
	if k := t.logs[log]; k != nil {
		return k.kind
	}
	return store.SignIns
}

// declareTold makes the root for documents of another kind.
func (k *declared) declareTold() {
	told := k.kind.Shape.Told
	if told == nil {
		return
	}
	root := *k.root
	root.members = maps.Clone(k.root.members)
	k.toldRoot = &root
	for _, name := range told.Ignored {
		delete(root.members, name)
	}
	for alias, name := range told.Aliases {
		k.toldRoot.put(alias, k.root.at(name))
	}
	if told.Time != "" {
		root.members[told.Time] = &node{rank: len(k.kind.Shape.Times) + 1}
	}
}

// toldSource names the source of sign-ins that Microsoft 365 tells.
const toldSource = "sign-ins told by Microsoft 365"

// toldLacks is what no sign-in can show that Microsoft 365 tells.
var toldLacks = CannotShow{
	Properties: lacking(func(p *store.Property) bool { return toldProperties[p] }),
	Lists:      listsBut(store.CollectionProcessingDetails),
}

// toldProperties are what such a sign-in can show.
var toldProperties = func() map[*store.Property]bool {
	can := map[*store.Property]bool{}
	for _, p := range []*store.Property{
		store.RequestID, store.CorrelationID, store.SessionID, store.UniqueTokenID, store.TenantID, store.UserID, store.UserPrincipalName, store.ServicePrincipalID,
		store.AppID, store.AppDisplayName, store.ResourceID, store.StatedStatus, store.ErrorCode, store.FailureReason, store.UserAgent, store.IPAddress,
		store.DeviceID, store.DeviceDisplayName, store.OperatingSystem, store.Browser, store.IsCompliant, store.IsManaged, store.TrustType,
	} {
		can[p] = true
	}
	return can
}()

// isTold says that a document of a log of sign-ins is a record of Microsoft 365 activity.
func isTold(d *decoder, compact []byte) bool {
	if inner := d.member(compact, "properties"); inner[0] == '{' {
		compact = inner
	}
	keys := tellingOf(compact).keys
	return keys["auditdata"] || keys["operation"] && keys.any([]string{"recordtype", "workload", "auditlogrecordtype", "officeworkload"})
}

// toldSentence says that records tell records of another kind.
func toldSentence(n int64, kind *store.Kind) string {
	if kind != store.SignIns {
		tell := "tell " + kind.Many
		if n == 1 {
			tell = "tells a " + kind.One
		}
		return count(n, "record") + " " + tell + " too, each as the poorest copy of the one with its ID: it fills what is empty there."
	}
	tell := "tell sign-ins"
	if n == 1 {
		tell = "tells a sign-in"
	}
	return count(n, "record") + " " + tell + " too, each as the poorest copy of the sign-in with its request ID: it fills what is empty there. " +
		"A sign-in that is in no log yet is put into the interactive log until another source tells its log."
}

// mayTell says that a document in another log may be a record of a kind that tells others. It asks next to nothing of a sign-in.
func (d *decoder) mayTell() bool {
	if d.isEnveloped() {
		v := d.table.categories[strings.ToLower(d.envelope.category)]
		return v.shape != nil && v.shape.declared != nil && v.shape.declared.kind.Tells != nil
	}
	return d.marks&(markUnified|markUnified2) != 0
}

// decodeTold reads a record of another kind that a log keeps, as the record of the log that it tells. isTold is false for any other
// document.
func (d *decoder) decodeTold(log store.Log, doc []byte) (e store.Entry, reason string, isTold bool) {
	_, isSignIn := store.SignIns.Log(log)
	into := d.table.logs[log]
	if !isSignIn && (into == nil || into.toldRoot == nil) || !d.mayTell() {
		return nil, "", false
	}
	v := d.tell(doc, &directory{})
	if v.shape == nil || v.shape.declared == nil || v.shape.declared == into || v.shape.declared.kind.Tells == nil {
		return nil, "", false
	}
	e, reason = d.declared(v.shape.declared, v.log, doc)
	if reason != "" {
		return nil, reason, true
	}
	told := v.shape.declared.kind.Tells(e)
	if told != nil {
		_, tellsSignIn := store.SignIns.Log(told.Head().Log)
		if tellsSignIn != isSignIn || !isSignIn && d.table.logs[told.Head().Log] != into {
			told = nil
		}
	}
	switch {
	case told == nil && isSignIn:
		return nil, "the " + v.shape.declared.kind.One + " tells no sign-in.", true
	case told == nil:
		return nil, "the " + v.shape.declared.kind.One + " tells no " + into.kind.One + ".", true
	case isSignIn:
		head := told.Head()
		head.Log = log
		told.SetHead(head)
		store.SignIns.KeepOf(told, log)
		return told, "", true
	}
	shape := into.kind.Shape.Told
	by := reading{root: into.toldRoot, inside: shape.Inside, settle: shape.Settle}
	if p := v.shape.declared.kind.Shape.Tenant; p != nil {
		by.around.Tenant = *p.Text(e)
	}
	if told, reason = d.declaredBy(into, by, log, doc); reason == "" {
		head := told.Head()
		head.ToldBy = v.log
		told.SetHead(head)
	}
	return told, reason, true
}
