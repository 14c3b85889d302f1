package demo

import (
	"cmp"
	"fmt"
	"slices"
)

// activityDirector plans the activity of one turn's stories.
type activityDirector struct {
	*activityPlanner
	of auditDirector
}

func (a *activityPlanner) planStories(turn int64) {
	a.turn, a.planned, a.stories = turn, true, a.stories[:0]
	s := activityDirector{a, auditDirector{a.audit, director{planner: a.audit.signIns, turn: turn, start: (turn*hoursPerTurn + mondayOfTurns) * ticksPerHour}}}
	s.fatigue()
	s.consent()
	slices.SortStableFunc(a.stories, func(x, y activityRecord) int { return cmp.Compare(x.tick, y.tick) })
}

// after begins what the person of a story's sign-in does some minutes later, from its address and with its token.
func (s *activityDirector) after(number uint64, e *event, minutes int) *doing {
	d := s.doing(mix(s.audit.signIns.base, uint64(s.turn), 500, number), &s.stories)
	d.bySignIn(e)
	d.tick = e.tick + int64(minutes)*60*ticksPerSecond
	return d
}

// bulkDownload is how many files the attacker of the fatigue story takes.
const bulkDownload = 240

// fatigue has the attacker read and forward the mail of Juniper Fernweather, and take files in bulk, several in one second. The
// next morning the rule and the forwarding are removed.
func (s *activityDirector) fatigue() {
	accepted := s.of.signIn(sceneFatigue, mfaDone)
	d := s.after(1, accepted, 6)
	victim := d.actor.person
	d.client = outlookWeb
	for range 6 {
		d.mailAccess(victim, 20+d.below(60))
		d.wait(25)
	}
	d.record(newRule, victim.upn+`\.`).more = parameters("Name", ".", "SubjectOrBodyContainsWords", "prompt;sign-in;security;invoice", "MoveToFolder", "RSS Feeds", "MarkAsRead", "True", "StopProcessingRules", "True")
	d.wait(50)
	d.record(newRule, victim.upn+`\..`).more = parameters("Name", "..", "FromAddressContainsWords", "tidewater-lantern.example", "ForwardTo", "berth.office@suva-mail.example", "DeleteMessage", "True")
	d.wait(40)
	d.client = exchange
	d.record(setMailbox, victim.upn).more = parameters("Identity", victim.upn, "ForwardingSmtpAddress", "smtp:berth.office@suva-mail.example", "DeliverToMailboxAndForward", "True")
	d.wait(120)
	d.client = browsing
	begun := d.tick
	for i := range bulkDownload {
		d.tick = begun + int64(i/12)*ticksPerSecond
		address, more := d.file(i)
		d.record(fileDownloaded, address).more = more
	}
	d.wait(60)
	address, more := d.file(7)
	d.record(anonymousLink, address).more = more + `"EventData":"<Type>View</Type>","SharingType":"Anonymous",`
	d.wait(400)
	link := d.record(anonymousUsed, address)
	link.more, link.actor = more, actor{address: "203.0.113.91"}

	gideon := s.of.person("Gideon", "Brightwater")
	d = s.doing(mix(s.audit.signIns.base, uint64(s.turn), 500, 2), &s.stories)
	d.tick = s.of.of.instant(fatigueDay+1, 8, 44)
	d.byPerson(gideon)
	d.client = exchange
	for _, rule := range []string{".", ".."} {
		d.record(removeRule, victim.upn+`\`+rule).more = parameters("Identity", rule, "Mailbox", victim.upn, "Force", "True")
		d.wait(20)
	}
	d.record(setMailbox, victim.upn).more = parameters("Identity", victim.upn, "ForwardingSmtpAddress", "", "DeliverToMailboxAndForward", "False")
}

// consent makes the attacker of the device code read the mail of Orla Thistledown with Graph. The command line tools come first,
// then the application that she was made to consent to.
func (s *activityDirector) consent() {
	done := s.of.signIn(sceneCode, deviceCodeDone)
	d := s.after(3, done, 3)
	victim := d.actor.person
	d.client = graphShell
	for _, path := range []string{"me", "me/memberOf", "users?$top=999&$select=userPrincipalName,jobTitle", "me/mailFolders", "me/messages?$search=\"invoice\"", "me/drive/root:/Contracts/Berth lease.docx:/content"} {
		d.request("GET", "https://graph.microsoft.com/v1.0/"+path, 200)
		d.wait(12)
	}
	d = s.after(4, done, 19)
	d.client = &activityClient{guidOf(mix(idTarget, 21)).String(), "Mail Archive Helper", "Client=REST;Client=RESTSystem;;"}
	for i := range 14 {
		d.mailAccess(victim, 40+d.below(60))
		d.request("GET", fmt.Sprintf("https://graph.microsoft.com/v1.0/users/%s/messages?$top=100&$skip=%d", victim.id, 100*i), 200)
		d.wait(30)
	}
}
