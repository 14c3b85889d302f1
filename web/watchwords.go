package web

import (
	"fmt"
	"strings"

	"signpost/auth"
	"signpost/store"
	"signpost/views"
	"signpost/web/ask"
)

// whatWords describes in words what an address shows, for a watch or a schedule; the address itself where it has no words.
func (s *Server) whatWords(v Viewer, kind auth.SubscriptionKind, address string) string {
	of, err := sendable(address)
	if err != nil {
		return address
	}
	if !of.isReport {
		q, err := s.countable(v, address)
		if err != nil {
			return address
		}
		return views.LogPage{List: q.list, Query: q.query, ConditionalAccess: !v.hidden().Has(store.ConditionalAccess)}.WatchedWords(kind != auth.KindSchedule)
	}
	name, subject, _ := strings.Cut(strings.TrimPrefix(of.url.Path, views.InsightsPath+"/"), "/")
	for _, report := range ask.Insights() {
		if report.Name != name {
			continue
		}
		words := "Report: " + report.Title
		if tab := report.AtTab(of.url.Query().Get(views.ParamTab)); tab.Tab != "" {
			words += ", " + tab.TabTitle
		}
		for _, word := range []string{subject, of.url.Query().Get(views.ParamValue)} {
			if word != "" {
				words += "; " + word
			}
		}
		if preset := of.url.Query().Get("range"); preset != "" {
			words += "; " + store.PresetLabel(preset)
		}
		return words
	}
	return address
}

// watchWords says when a subscription sends.
func watchWords(kind auth.SubscriptionKind, t auth.Terms) string {
	if kind != auth.KindSchedule {
		within := views.Count(int64(t.Minutes), "minute", "minutes")
		if t.More == 0 {
			if kind == auth.KindEmergency {
				return "any record; one message for each account until " + within + " pass without one"
			}
			return "any record; one message until " + within + " pass without one"
		}
		return "more than " + views.Number(t.More) + " in " + within
	}
	at := fmt.Sprintf("at %d:00 %s", t.Hour, t.Zone)
	switch t.Every {
	case auth.Weekly:
		return "each " + t.Weekday.String() + " " + at
	case auth.Monthly:
		return fmt.Sprintf("on day %d of each month %s", t.Day, at)
	}
	return "daily " + at
}

func channelWords(c auth.Channel) string {
	return map[auth.Channel]string{auth.ByMail: "Mail", auth.OnPage: "Notice", auth.ByWebhook: "Webhook", auth.InFolder: "File"}[c]
}

func deliveryWords(d auth.Delivery) string {
	word := map[auth.DeliveryState]string{
		auth.Waiting: "Waits", auth.Handing: "Is being sent", auth.Delivered: "Sent", auth.Failed: "Failed", auth.Refused: "Not sent", auth.Unknown: "Not known",
	}[d.State]
	switch d.Kind {
	case auth.OfTrial:
		return word + " (trial)"
	case auth.OfStop:
		if d.TellsTrouble() {
			return word + " (tells of a problem)"
		}
		return word + " (says that it stopped)"
	}
	return word
}
