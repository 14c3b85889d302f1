package auth

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"time"
)

// Deliver gives the deliveries of a run: one for each recipient and channel. Due is the time of the run, and with it names the
// run; episode is that of a watch.
func (s Subscription) Deliver(kind DeliveryKind, due time.Time, episode Episode, now time.Time) (run []Delivery) {
	add := func(channel Channel, account int64, target string) {
		d := Delivery{
			Subscription: s.ID, Name: s.Terms.Name, Kind: kind, Channel: channel, AccountID: account, Target: target,
			Due: due, From: episode.From, To: episode.To, User: episode.User, Created: now, State: Waiting, Next: now,
		}
		d.Key = deliveryKey(d)
		run = append(run, d)
	}
	t := s.Terms
	for _, account := range t.Recipients {
		if t.OnPage {
			add(OnPage, account, "")
		}
		if t.ByMail {
			add(ByMail, account, "")
		}
	}
	for _, address := range t.Addresses {
		add(ByMail, 0, address)
	}
	if t.Webhook != "" {
		add(ByWebhook, 0, t.Webhook)
	}
	if t.InFolder {
		add(InFolder, 0, "")
	}
	return run
}

// Lane selects the deliveries that a worker sends, so that a slow way out does not hold up the others. The zero Lane has all.
type Lane struct {
	// Channel is the way out; empty for every one. Files selects the deliveries that a file is made for, and the others without it.
	Channel Channel
	Files   bool
	// Busy are the destinations that other workers send to at this moment.
	Busy []string
}

// Destination names the receiver of a delivery among those of its channel. Only one delivery goes to it at a time.
func (d Delivery) Destination() string {
	if d.Channel == InFolder { // each schedule has files of its own
		return fmt.Sprintf("schedule %d", d.Subscription)
	}
	return fmt.Sprintf("%d %s", d.AccountID, d.Target)
}

// Counted are counts of a list, with what may make them wrong.
type Counted struct {
	N []int64
	// StillReading says that older records are being read again, so that the counts may change.
	StillReading bool
	// SetAside names in a sentence the conditions that do not narrow the list; empty for none.
	SetAside string
}

// SentFile is a file that the portal made, with what may make it wrong.
type SentFile struct {
	Name, ContentType string
	// StillReading and SetAside are as in Counted.
	StillReading bool
	SetAside     string
}

// RangeAddress gives the address of a list with another range, from its first page on.
func RangeAddress(address string, from, to time.Time) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	params := u.Query()
	for _, name := range []string{"range", "when", "after", "before"} {
		params.Del(name)
	}
	params.Set("from", from.UTC().Format(time.RFC3339))
	params.Set("to", to.UTC().Format(time.RFC3339))
	u.RawQuery = params.Encode()
	return u.String()
}

// TellsTrouble says that a notice is not about a stop. It is about a message that did not go out, or about a watch that cannot count. Its
// episode is the time of that run, or of the last count.
func (d Delivery) TellsTrouble() bool { return d.Kind == OfStop && !d.From.IsZero() }

// deliveryKey names a message: the same run of the same subscription to the same recipient, about the same emergency account, has the
// same name. It tells nothing of the recipient.
func deliveryKey(d Delivery) string {
	name := fmt.Appendf(nil, "%d %s %d %s %d %s", d.Subscription, d.Kind, d.Due.UnixMicro(), d.Channel, d.AccountID, d.Target)
	if d.User != "" {
		name = fmt.Appendf(name, " about %s", d.User)
	}
	sum := sha256.Sum256(name)
	return hex.EncodeToString(sum[:16])
}
