package audit

import (
	"fmt"
	"time"

	"signpost/store"
)

// The slots of the Entra portal's CSV file: what does not fit into them is in no cell.
const (
	fileTargets = 3
	fileChanges = 5
	fileDetails = 6
)

// fileColumns are the columns of the Entra portal's CSV file, 86 of them.
var fileColumns = func() (columns []store.FileColumn) {
	add := func(heading string, text func(r *Record) string) {
		columns = append(columns, store.FileColumn{Heading: heading, Text: func(e store.Entry) string { return text(e.(*Record)) }})
	}
	add("Date (UTC)", func(r *Record) string {
		return r.Head().Time.UTC().Truncate(time.Second).Format("2006-01-02T15:04:05-07:00")
	})
	add("CorrelationId", func(r *Record) string { return r.CorrelationID })
	add("Service", func(r *Record) string { return r.Service })
	add("Category", func(r *Record) string { return r.Category })
	add("Activity", func(r *Record) string { return r.Activity })
	add("Result", func(r *Record) string { return r.Result })
	add("ResultReason", func(r *Record) string { return r.Reason })
	add("User Agent", func(r *Record) string { return r.UserAgent })
	add("ActorType", (*Record).actorType)
	add("ActorDisplayName", func(r *Record) string { return firstOf(r.User.Name, r.App.Name) })
	add("ActorObjectId", func(r *Record) string { return r.User.ID })
	add("ActorUserPrincipalName", func(r *Record) string { return r.User.Username })
	add("IPAddress", func(r *Record) string { return r.Address })
	add("ActorHomeTenantId", func(r *Record) string { return r.User.HomeTenantID })
	add("ActorHomeTenantName", func(r *Record) string { return r.User.HomeTenantName })
	add("ActorServicePrincipalId", func(r *Record) string { return r.App.PrincipalID })
	add("ActorServicePrincipalName", func(r *Record) string { return r.App.PrincipalName })
	for t := range fileTargets {
		target := func(name string, text func(*Target) string) {
			add(fmt.Sprintf("Target%d%s", t+1, name), func(r *Record) string {
				if t >= len(r.Targets) {
					return ""
				}
				return text(&r.Targets[t])
			})
		}
		target("Type", func(t *Target) string { return t.Type })
		target("DisplayName", func(t *Target) string { return t.Name })
		target("ObjectId", func(t *Target) string { return t.ID })
		target("UserPrincipalName", func(t *Target) string { return t.Username })
		for n := range fileChanges {
			change := func(name string, text func(Change) string) {
				target(fmt.Sprintf("ModifiedProperty%d%s", n+1, name), func(t *Target) string {
					if n >= len(t.Changes) {
						return ""
					}
					return text(t.Changes[n])
				})
			}
			change("Name", func(c Change) string { return c.Name })
			change("OldValue", func(c Change) string { return c.shown(c.Old) })
			change("NewValue", func(c Change) string { return c.shown(c.New) })
		}
	}
	for n := range fileDetails {
		detail := func(name string, text func(store.KeyValue) string) {
			add(fmt.Sprintf("AdditionalDetail%d%s", n+1, name), func(r *Record) string {
				if n >= len(r.Details) {
					return ""
				}
				return text(r.Details[n])
			})
		}
		detail("Key", func(d store.KeyValue) string { return d.Key })
		detail("Value", func(d store.KeyValue) string { return d.Value })
	}
	return columns
}()

// actorType is who acted in the portal's word; empty where the record does not say.
func (r *Record) actorType() string {
	switch {
	case r.User != (User{}):
		return "User"
	case r.App != (App{}):
		return "Application"
	}
	return ""
}

// shown is a value, or what stands in its place.
func (c Change) shown(value string) string {
	if c.Withheld {
		return Withheld
	}
	return value
}

func firstOf(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}
