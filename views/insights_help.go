package views

import "signpost/web/ask"

const insightsHelpID = "insights"

// insightsHelp is the topic about the reports: what each answers, and how each number is counted.
func insightsHelp() helpTopic {
	topic := helpTopic{
		ID: insightsHelpID, Title: "Usage & insights",
		Texts: []string{
			"Reports over the logs: who uses which applications, what nobody uses, and what depends on a thing. The address of a report holds all that was chosen. Download gives its list as CSV or JSON, with the same headings.",
			"Each number is compared with the time of equal length before, where the records reach back that far. A filter by group or department counts its members as they were imported last.",
		},
		Links: []Link{{"All reports", InsightsPath}},
	}
	var numbers [][]*ask.Number
	for _, report := range ask.Insights() {
		topic.Points = append(topic.Points, HelpPoint{report.Title, report.Question + " Needs: " + report.Needs})
		for _, of := range append([]*ask.Insight{report}, report.Inner()...) {
			numbers = append(numbers, of.Numbers)
			for _, list := range of.Lists {
				numbers = append(numbers, list.Columns)
			}
		}
	}
	for _, n := range definitionsOf(numbers...) {
		topic.Points = append(topic.Points, HelpPoint{n.Label, n.Definition})
	}
	return topic
}
