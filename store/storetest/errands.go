package storetest

import "signpost/store"

// errand is a record of a made-up kind of ten fields: what a courier was sent for.
type errand struct {
	store.Common
	correlation, sender, senderName, courier, goods, from, outcome, secret string
	weight                                                                 store.Int
	insured                                                                store.Bool
}

func (e *errand) Clone() store.Entry { c := *e; return &c }

// Errands declares a made-up kind, with nothing but what a kind must say. Each call declares another one.
func Errands() *store.Kind {
	id := store.UniqueID("id", "Errand ID", func(e *errand) *string { return e.ID() })
	correlation := store.UniqueID("correlationId", "Correlation ID", func(e *errand) *string { return &e.correlation })
	sender := store.EntityID("sender.id", "Sender ID", func(e *errand) *string { return &e.sender }, func(e *errand) string { return e.senderName })
	senderName := store.Text("sender.displayName", "Sender", func(e *errand) *string { return &e.senderName })
	courier := store.Text("courier", "Courier", func(e *errand) *string { return &e.courier })
	goods := store.Text("goods", "Goods", func(e *errand) *string { return &e.goods })
	from := store.Text("fromAddress", "From address", func(e *errand) *string { return &e.from }).AsAddress()
	outcome := store.Enum("outcome", "Outcome", func(e *errand) *string { return &e.outcome })
	secret := store.Text("secretNote", "Secret note", func(e *errand) *string { return &e.secret }).WithClass(store.Risk)
	weight := store.Number("weight", "Weight", func(e *errand) *store.Int { return &e.weight }).Counts("g")
	insured := store.Truth("insured", "Insured", func(e *errand) *store.Bool { return &e.insured })
	who := &store.Field{Name: "sender", Label: "Sender", Properties: []*store.Property{sender, senderName}, One: "sender", Many: "senders"}
	what := &store.Field{Name: "goods", Label: "Goods", Properties: []*store.Property{goods}}
	senders := []*store.Property{sender}
	statuses := []store.StatusInfo{{Label: "-"}, {Name: "delivered", Label: "Delivered", Tone: store.Good}, {Name: "lost", Label: "Lost", Tone: store.Bad}, {Name: "late", Label: "Late", Tone: store.Warning}}
	return store.NewKind(store.Kind{
		One: "errand", Many: "errands",
		Logs: []store.LogInfo{
			{Log: "errands", Number: 200, Title: "Errands", Short: "Errands", FileStem: "Errands", Category: "ErrandLogs", Actor: who, Target: what, Principals: senders},
			{Log: "nighterrands", Number: 201, Title: "Night errands", Short: "Night", FileStem: "NightErrands", Category: "NightErrandLogs", Actor: who, Target: what, Grouped: true, GroupBy: []*store.Property{sender, weight}},
		},
		Properties: []*store.Property{id, correlation, sender, senderName, courier, goods, from, outcome, secret, weight, insured},
		Named: []*store.Field{
			{Name: "errand", Label: "Errand ID", Properties: []*store.Property{id}},
			who, what,
			{Name: "status", Label: "Status", Source: store.FromStatus, Column: outcome},
			{Name: "ip", Label: "From address", Properties: []*store.Property{from}},
			{Name: "group", Label: "Group", Members: true, Object: store.ObjectGroup},
		},
		Statuses: statuses,
		Status:   func(e store.Entry) store.Status { return store.StatusNamed(statuses, e.(*errand).outcome) },
		New:      func() store.Entry { return &errand{} },
		Owners:   []*store.Property{sender},
		Shape:    store.Shape{Tells: []string{"goods", "courier"}, Times: []string{"sentDateTime"}, Aliases: map[string]string{"freight": "goods"}},
	})
}
