package dispatch

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"signpost/auth"
	"signpost/store"
)

// text is a message for people.
type text struct {
	subject, body string
	hook          hook
}

// message makes the text of a delivery.
type message struct {
	Subscription auth.Subscription
	Delivery     *auth.Delivery
	// addresses are the lists that a watch counted, and counted is what it found.
	addresses []string
	counted   auth.Counted
	portal    string
	// user is the name of the emergency account that the message is about; empty for none.
	user string
}

// notes are the sentences about records that are being read again, with what that means, and about conditions that do not count.
func notes(stillReading bool, setAside, means string) string {
	var said []string
	if stillReading {
		said = append(said, "Older records are being read again after an update of Signpost: "+means+".")
	}
	if setAside != "" {
		said = append(said, setAside+".")
	}
	return strings.Join(said, " ")
}

// onTime is how long after its time a schedule may run and still count as on time.
const onTime = 10 * time.Minute

// said is what the reader of a schedule's file must know of it; empty for nothing.
func (m message) said() string {
	d := m.Delivery
	if d.Kind == auth.OfTrial || d.Created.Sub(d.Due) < onTime {
		return d.Note
	}
	late := "The file was due at " + m.time(d.Due) + ", when Signpost was not running. It was made later, and shows the state as of that time."
	return strings.TrimSpace(late + " " + d.Note)
}

// file is the mail with a schedule's file.
func (m message) file(name string) text {
	t := m.Subscription.Terms
	subject, said := t.Name, m.said()
	if m.Delivery.Kind == auth.OfTrial {
		subject, said = "Trial: "+subject, strings.TrimSpace("Somebody tries this schedule. "+said)
	}
	if said != "" {
		said += "\n\n"
	}
	return m.plain(subject, "The file "+name+" is attached. It shows “"+t.Name+"” as of "+m.time(m.Delivery.Due)+", "+m.seenBy()+".\n\n"+
		said+"Open it in Signpost:\n"+m.portal+t.Address+"\n\n"+m.foot("schedule"))
}

// seenBy says which rights limit a file.
func (m message) seenBy() string {
	switch m.Delivery.AccountID {
	case 0:
		return "as a Reports Reader may see it"
	case m.Subscription.OwnerID:
		return "as far as you may see it"
	}
	return "as far as both you and " + m.Subscription.Owner + " may see it"
}

// ofWatch is the message of a watch.
func (m message) ofWatch() text {
	t, d := m.Subscription.Terms, m.Delivery
	found := records(d.N)
	if m.user != "" {
		found += " of " + m.user
	}
	what := fmt.Sprintf("%s between %s and %s.", found, m.time(d.From), m.time(d.To))
	if m.Subscription.Kind != auth.KindEmergency {
		what += " The watch tells when there are more than " + number(t.More) + " in " + minutesText(t.Minutes) + "."
	}
	if d.Note != "" {
		what += "\n\n" + d.Note
	}
	var links []string
	for _, address := range m.addresses {
		links = append(links, m.portal+auth.RangeAddress(address, d.From, d.To))
	}
	subject := t.Name + ": " + found
	if d.Kind == auth.OfTrial {
		subject, what = "Trial: "+subject, "Somebody tries this watch. "+what
	}
	message := m.plain(subject, what+"\n\nOpen them in Signpost:\n"+strings.Join(links, "\n")+"\n\nThere is one message until the number falls again"+m.each()+".\n\n"+m.foot("watch"))
	message.hook = hook{
		Delivery: d.Key, Watch: t.Name, ID: m.Subscription.ID, Trial: d.Kind == auth.OfTrial, From: d.From.UTC(), To: d.To.UTC(),
		Count: d.N, More: t.More, Minutes: t.Minutes, URL: links[0], StillReading: m.counted.StillReading, SetAside: m.counted.SetAside,
	}
	return message
}

// each says of whom there is one message.
func (m message) each() string {
	if m.Subscription.Kind == auth.KindEmergency {
		return ", for each emergency account"
	}
	return ""
}

// stopped says why a subscription stopped.
func (m message) stopped() text {
	what := "watch"
	if m.Subscription.Kind == auth.KindSchedule {
		what = "schedule"
	}
	return m.plain("Stopped: "+m.Subscription.Terms.Name, "The "+what+" “"+m.Subscription.Terms.Name+"” of "+m.Subscription.Owner+" has stopped.\n\n"+cmp.Or(m.Delivery.Note, m.Subscription.Stopped)+
		"\n\nNothing is sent until somebody who may does so starts it again, or deletes it:\n"+m.portal+pagePath+"\n")
}

// trouble says what is wrong with a subscription or a message of it. The delivery has it as it was then.
func (m message) trouble() text {
	s, said := m.Subscription, m.Delivery.Note
	subject, more := "Not sent: ", " It is not tried again."
	switch {
	case strings.HasPrefix(said, uncertain):
		subject, more = "Perhaps not sent: ", ""
	case strings.HasPrefix(said, uncounted):
		subject, more = "Not counted: ", " Nothing is told until they can be counted again. That is tried each minute."
	}
	return m.plain(subject+s.Terms.Name, "About “"+s.Terms.Name+"” of "+m.from()+":\n\n"+said+more+"\n\nWhat was sent, and what was not:\n"+m.portal+pagePath+"/"+fmt.Sprint(s.ID)+"\n")
}

// from names who set the subscription up.
func (m message) from() string {
	if m.Subscription.Kind == auth.KindEmergency {
		return "Signpost"
	}
	return m.Subscription.Owner
}

func (m message) plain(subject, body string) text {
	lines := strings.Split(body, "\n")
	for i := range lines {
		lines[i] = store.VisibleText(lines[i])
	}
	return text{subject: store.VisibleText(subject), body: strings.Join(lines, "\n")}
}

func (m message) foot(what string) string {
	from := "This comes with the portal, for its administrators."
	if m.Subscription.Kind != auth.KindEmergency {
		from = m.Subscription.Owner + " set up this " + what + "."
	}
	return "Times are in " + m.Subscription.Terms.Location().String() + ". " + from + "\n"
}

// pagePath is the page with the watches and schedules.
const pagePath = "/settings/watches"

func (m message) time(t time.Time) string {
	return t.In(m.Subscription.Terms.Location()).Format("2006-01-02 15:04 MST")
}

func records(n int64) string {
	if n == 1 {
		return "1 record"
	}
	return number(n) + " records"
}

func minutesText(n int) string {
	if n == 1 {
		return "a minute"
	}
	return number(int64(n)) + " minutes"
}

// number writes a number with commas between thousands.
func number(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
