package views

import "signpost/web/ask"

const protectionHelpID = "protection"

// protectionHelp is the topic about the overview of Identity Protection: how each number is counted.
func protectionHelp() helpTopic {
	topic := helpTopic{
		ID: protectionHelpID, Title: "Identity Protection: the overview",
		Texts: []string{
			"What became of sign-ins at risk, what users and administrators did about the risk of users, by which techniques, and from where. Each number leads to a list with as many rows.",
			"Numbers of users need the export of risky users with their history, and techniques that of risk detections. Without these the page has what the sign-ins themselves tell, and says so.",
			"Numbers of sign-ins are compared with the time of equal length before, where the records reach back that far. Each view counts them again: the page says when.",
		},
		Links: []Link{{"Overview", ProtectionPath}},
	}
	for _, n := range ask.ProtectionNumbers() {
		topic.Points = append(topic.Points, HelpPoint{n.Label, n.Definition})
	}
	return topic
}
