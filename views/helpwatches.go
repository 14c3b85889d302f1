package views

// helpWatchesID is the topic about watches and schedules, for the "?" of their pages.
const helpWatchesID = "watches"

// WebhookExample is an example of a signed webhook. A test computes its signature.
var WebhookExample = struct{ Secret, Timestamp, Body, Signature, Command string }{
	Secret:    "correct-horse-battery",
	Timestamp: "1795503600",
	Body:      `{"delivery":"6f1c2a3b","watch":"Failures","count":12}`,
	Signature: "sha256=5b801886e88c095be8d8322ac5d377cb8e97d5715f7d0cd0a6e1e8a19b703863",
	Command:   `(printf '%s.' "$TIMESTAMP"; cat body.json) | openssl dgst -sha256 -hmac "$SECRET" -r`,
}

// watchesHelp is the topic about watches, schedules and what they send.
func watchesHelp() helpTopic {
	example := WebhookExample
	return helpTopic{
		ID: helpWatchesID, Title: "Watches, schedules and webhooks",
		Texts: []string{
			"A watch counts the records of a view each minute, and tells when there are too many. A schedule sends the file of a view or a report at set times. Open a log, and choose “Watch this view” or “Send this view” under “Saved views”; on a report, choose “Send this report” under “Download”.",
			"Each message is made for its recipient. It holds what both its owner and its recipient may see at the time of sending. What goes to another address, a webhook or the folder holds what a Reports Reader sees, and only administrators can set it up.",
			"“Try it now” sends at once what a run would send, marked as a trial.",
		},
		Points: []HelpPoint{
			{"One message an episode", "A watch tells once when the number is exceeded, and again only after it fell. Minutes are those of the records' own times. Records that come up to a day late are told too. After a downtime the last 7 days are counted."},
			{"As of its time", "A file shows the state as of the time at which it was due. Of several runs that were missed, only the last one is made up, and the mail says so."},
			{"Stopped", "The owner may no longer see the view, or let messages leave the portal. The owner and the administrators are told. Somebody with the right can start it again."},
			{"Not known", "Signpost ended, or the mail server went silent, while a mail was handed over. It may have arrived, so it is not sent again."},
			{"Tried again", "What fails is tried again after 1, 5 and 30 minutes, and after 2, 6 and 12 hours. Then it has failed, and the owner and the administrators are told."},
			{"Older records are being read again", "After an update, values of older records may change for a while. Messages say so, and watches wait until that is over. Emergency accounts are watched meanwhile."},
			{"Emergency accounts", "Administrators pick them under Alerts. All administrators are told of their sign-ins of the last 7 days, also of those that are imported late. Successful sign-ins are told apart from others. One message tells the sign-ins of all these accounts, until an hour passes without one."},
			{"Where a webhook goes", "Only to hosts that the settings allow, by HTTPS. A redirect is not followed. Any answer from 200 to 299 counts as taken. A repeated attempt has the same Signpost-Delivery."},
			{"What a webhook says", "JSON with delivery, watch, id, trial, from, to, count, more, minutes, url, still_reading and set_aside."},
			{"Is a webhook from Signpost?", "Compute HMAC-SHA256 with your secret over the header Signpost-Timestamp, a full stop, and the body as it came. The header Signpost-Signature has it in hexadecimal after “sha256=”. Refuse an old time, and a delivery in the body that you know: the header Signpost-Delivery is not signed."},
		},
		Steps: []helpStep{
			{"An example to check your program by. The secret is " + example.Secret + ", Signpost-Timestamp is " + example.Timestamp + ", and the body in body.json has no line end:", example.Body},
			{"This computes the signature:", example.Command},
			{"Signpost-Signature is then:", example.Signature},
		},
		Links: []Link{{"Watches and schedules", WatchesPath}},
	}
}
