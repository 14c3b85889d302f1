package auth

import (
	"context"
	"net/mail"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// SubscriptionKind says when a subscription sends.
type SubscriptionKind string

// The kinds of subscriptions.
const (
	// KindSchedule sends a file at set times.
	KindSchedule SubscriptionKind = "schedule"
	// KindWatch sends a message when a view has more records than it should within some minutes.
	KindWatch SubscriptionKind = "watch"
	// KindEmergency is a watch that comes with the portal: sign-ins of the emergency accounts.
	KindEmergency SubscriptionKind = "emergency"
)

// Frequency is how often a schedule sends.
type Frequency string

// The frequencies of schedules.
const (
	Daily   Frequency = "daily"
	Weekly  Frequency = "weekly"
	Monthly Frequency = "monthly"
)

// Channel is a way by which messages leave.
type Channel string

// The channels.
const (
	ByMail    Channel = "mail"
	OnPage    Channel = "page"
	ByWebhook Channel = "webhook"
	InFolder  Channel = "folder"
)

// Bounds of subscriptions.
const (
	MaxSubscriptions = 100 // of one account
	MaxRecipients    = 50
	MaxMore          = 100_000
	MaxMinutes       = 1_440
	maxAddress       = 8_000 // bytes
)

// Terms are what the owner of a subscription chose.
type Terms struct {
	Name string
	// Address is the path and query in this portal that is sent or counted, such as /logs/interactive?status=failure. An emergency
	// watch has none.
	Address string

	// Zone is the IANA name of the zone of Hour, and of times in messages.
	Zone string
	// Every, Hour, Weekday and Day say when a schedule sends. A month without the Day has its last day instead.
	Every   Frequency    `json:",omitempty"`
	Hour    int          `json:",omitempty"`
	Weekday time.Weekday `json:",omitempty"`
	Day     int          `json:",omitempty"`
	// Format is that of a schedule's file: csv, xlsx, json or html.
	Format string `json:",omitempty"`

	// A watch sends when there are more than More records in Minutes minutes. With a More of 0 any new record does.
	More    int64 `json:",omitempty"`
	Minutes int   `json:",omitempty"`

	// Recipients are IDs of accounts. ByMail sends them mails, OnPage shows them notices.
	Recipients []int64 `json:",omitempty"`
	ByMail     bool    `json:",omitempty"`
	OnPage     bool    `json:",omitempty"`
	// Addresses are further mail addresses; Webhook is the address of a receiver; InFolder writes files. They need an
	// administrator.
	Addresses []string `json:",omitempty"`
	Webhook   string   `json:",omitempty"`
	InFolder  bool     `json:",omitempty"`
}

// LeavesPortal says that messages go to somebody without an account, which only an administrator may set up.
func (t Terms) LeavesPortal() bool { return len(t.Addresses) > 0 || t.Webhook != "" || t.InFolder }

// Subscription is a schedule or a watch.
type Subscription struct {
	ID   int64
	Kind SubscriptionKind
	// OwnerID is 0 for a subscription of the portal itself, and after the owner's account was removed. Owner is the present name.
	OwnerID int64
	Owner   string
	Terms   Terms
	Created time.Time

	// Paused was chosen by somebody. Stopped is a sentence that says why the portal does not go on by itself.
	Paused  bool
	Stopped string
	// Next is when a schedule sends next. Last is when the subscription sent last.
	Next, Last time.Time
	// Looked is the time of the watch's last look. Told are the episodes that it told, as far back as a look reaches.
	Looked time.Time
	Told   []Episode
	// Problem says why the last run failed; the next one tries again.
	Problem string

	// Version counts the changes of the subscription.
	Version int64
}

// Episode is a time in which a watch had too many records: From and To are the ends of the first and the last such window.
type Episode struct {
	From, To time.Time
	// User is the ID of the emergency account that the episode is of; empty for any other watch.
	User string `json:",omitempty"`
}

// Runs says that the subscription is neither paused nor stopped.
func (s Subscription) Runs() bool { return !s.Paused && s.Stopped == "" }

// Location is the zone of the subscription; UTC where its name is not known.
func (t Terms) Location() *time.Location {
	location, err := time.LoadLocation(t.Zone)
	if err != nil || location == time.Local {
		return time.UTC
	}
	return location
}

// After gives the first time after another at which a schedule sends.
func (t Terms) After(after time.Time) time.Time {
	local := after.In(t.Location())
	year, month, day := local.Date()
	for n := 0; ; n++ {
		date := time.Date(year, month, day+n, 0, 0, 0, 0, time.UTC) // some zones have days without a midnight
		switch t.Every {
		case Weekly:
			date = date.AddDate(0, 0, (int(t.Weekday)-int(date.Weekday())+7)%7)
		case Monthly:
			last := time.Date(year, month+time.Month(n)+1, 0, 0, 0, 0, 0, time.UTC).Day()
			date = time.Date(year, month+time.Month(n), min(t.Day, last), 0, 0, 0, 0, time.UTC)
		}
		at := time.Date(date.Year(), date.Month(), date.Day(), t.Hour, 0, 0, 0, local.Location())
		if at.After(after) {
			return at.UTC()
		}
	}
}

// Before gives the last time not after another at which a schedule was to send, between first and that time.
func (t Terms) Before(first, now time.Time) (due time.Time) {
	for due = first; ; {
		next := t.After(due)
		if next.After(now) {
			return due
		}
		due = next
	}
}

// Check gives the terms as they are kept, or Invalid. It does not judge the address.
func (t Terms) Check(kind SubscriptionKind) (Terms, error) {
	t.Name = strings.TrimSpace(t.Name)
	switch {
	case t.Name == "":
		return t, Invalid{"name", "A name is needed. Give one."}
	case !utf8.ValidString(t.Name) || strings.ContainsFunc(t.Name, func(r rune) bool { return !unicode.IsPrint(r) }):
		return t, Invalid{"name", "The name has characters that cannot be shown. Take them out."}
	case utf8.RuneCountInString(t.Name) > MaxViewName:
		return t, Invalid{"name", "The name is longer than 80 characters. Choose a shorter one."}
	case len(t.Address) > maxAddress:
		return t, Invalid{"address", "The address is longer than 8,000 bytes. Choose a view with fewer conditions."}
	}
	if zone, err := time.LoadLocation(t.Zone); err != nil || zone == time.Local {
		return t, Invalid{"zone", "This is no time zone. Write one as Europe/Oslo or UTC."}
	}
	check := t.checkSchedule
	if kind != KindSchedule {
		check = t.checkWatch
	}
	if err := check(); err != nil {
		return t, err
	}
	return t.checkChannels(kind)
}

func (t Terms) checkSchedule() error {
	switch {
	case t.Every != Daily && t.Every != Weekly && t.Every != Monthly:
		return Invalid{"every", "Choose daily, weekly or monthly."}
	case t.Hour < 0 || t.Hour > 23:
		return Invalid{"hour", "An hour is a number from 0 to 23."}
	case t.Every == Weekly && (t.Weekday < time.Sunday || t.Weekday > time.Saturday):
		return Invalid{"weekday", "Choose a day of the week."}
	case t.Every == Monthly && (t.Day < 1 || t.Day > 31):
		return Invalid{"day", "A day of the month is a number from 1 to 31."}
	case !slices.Contains([]string{"csv", "xlsx", "json", "html"}, t.Format):
		return Invalid{"format", "Choose CSV, Excel, JSON or HTML."}
	case t.OnPage:
		return Invalid{"channel", "A schedule sends files by mail or into the folder, not to the page."}
	}
	return nil
}

func (t Terms) checkWatch() error {
	switch {
	case t.More < 0 || t.More > MaxMore:
		return Invalid{"more", "The number of records is from 1 to 100,000."}
	case t.Minutes < 1 || t.Minutes > MaxMinutes:
		return Invalid{"minutes", "The number of minutes is from 1 to 1,440."}
	case t.InFolder:
		return Invalid{"channel", "A watch sends messages by mail, to the page or to a webhook. Files come from schedules."}
	}
	return nil
}

func (t Terms) checkChannels(kind SubscriptionKind) (Terms, error) {
	slices.Sort(t.Recipients)
	t.Recipients = slices.Compact(t.Recipients)
	var addresses []string
	for _, typed := range t.Addresses {
		if typed = strings.TrimSpace(typed); typed == "" {
			continue
		}
		a, err := mail.ParseAddress(typed)
		if err != nil || a.Address != typed || len(typed) > maxIdentityLength {
			return t, Invalid{"addresses", "One of the further addresses is no mail address. Write each as name@example.com, one on a line."}
		}
		addresses = append(addresses, typed)
	}
	slices.Sort(addresses)
	t.Addresses, t.Webhook = slices.Compact(addresses), strings.TrimSpace(t.Webhook)
	if t.Webhook != "" {
		if _, err := WebhookHost(t.Webhook); err != nil {
			return t, err
		}
	}
	switch {
	case len(t.Recipients)+len(t.Addresses) > MaxRecipients:
		return t, Invalid{"recipients", "A message goes to at most 50 people. Take some out."}
	case len(t.Recipients) > 0 && !t.ByMail && !t.OnPage:
		return t, Invalid{"channel", "Choose how the people get the message: by mail, or on the page."}
	case (t.ByMail || t.OnPage) && len(t.Recipients) == 0 && !t.LeavesPortal():
		return t, Invalid{"recipients", "Choose at least one person who gets the message."}
	case len(t.Recipients) == 0 && !t.LeavesPortal():
		return t, Invalid{"channel", "Choose where the message goes."}
	case kind == KindSchedule && t.Webhook != "":
		return t, Invalid{"webhook", "A schedule sends files by mail or into the folder. Webhooks are for watches."}
	}
	return t, nil
}

// WebhookHost gives the host of a webhook's address as the list of allowed hosts has it: with its port where that is not 443. It
// gives Invalid for an address that is none.
func WebhookHost(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.Fragment != "" || len(address) > 2_000 {
		return "", Invalid{"webhook", "A webhook is an address such as https://hooks.example.com/signpost, without a name, a password or a part after #."}
	}
	return allowedHost(u.Host), nil
}

func allowedHost(host string) string { return strings.TrimSuffix(strings.ToLower(host), ":443") }

// WebhookHosts reads a list of allowed hosts, one on a line or with commas between, or gives Invalid.
func WebhookHosts(typed string) (hosts []string, err error) {
	for _, host := range strings.FieldsFunc(typed, func(r rune) bool { return unicode.IsSpace(r) || r == ',' }) {
		u, err := url.Parse("https://" + host)
		if err != nil || u.Host != host || u.Hostname() == "" || strings.ContainsAny(host, "*@/") {
			return nil, Invalid{"hosts", "“" + host + "” is no host. Write each as hooks.example.com, or with its port as hooks.example.com:8443."}
		}
		hosts = append(hosts, allowedHost(host))
	}
	slices.Sort(hosts)
	if hosts = slices.Compact(hosts); len(hosts) > MaxRecipients {
		return nil, Invalid{"hosts", "At most 50 hosts can be allowed. Take some out."}
	}
	return hosts, nil
}

// DeliveryState is what became of a delivery.
type DeliveryState string

// The states of deliveries.
const (
	// Waiting is not sent yet, or is tried again at Next.
	Waiting DeliveryState = "waiting"
	// Handing is being handed over at this moment.
	Handing DeliveryState = "handing"
	// Delivered was taken by the mail server or the receiver, written, or is on the page.
	Delivered DeliveryState = "delivered"
	// Failed is not tried again.
	Failed DeliveryState = "failed"
	// Refused was not sent, because its recipient may not see the data.
	Refused DeliveryState = "refused"
	// Unknown was being handed over when the portal was killed, or when the mail server went silent. It is not sent again, because it may
	// have arrived.
	Unknown DeliveryState = "unknown"
)

// DeliveryKind says what a delivery tells.
type DeliveryKind string

// The kinds of deliveries.
const (
	OfRun   DeliveryKind = "run"   // what the subscription is for
	OfTrial DeliveryKind = "trial" // the same, because somebody tries it
	OfStop  DeliveryKind = "stop"  // that the subscription stopped, and why; or what else is wrong, see TellsTrouble
)

// Delivery is one message of a subscription to one recipient.
type Delivery struct {
	ID           int64
	Subscription int64
	// Name is that of the subscription, on the way out.
	Name string
	// Key names the message once for all: the same run makes the same key.
	Key     string
	Kind    DeliveryKind
	Channel Channel
	// AccountID is the recipient; 0 for Target, which is a mail address, a webhook or a folder. Account is the present name.
	AccountID int64
	Account   string
	Target    string
	// User is the emergency account that the message is about: see Episode. It is empty for all of them.
	User string
	// Due is the time of the run. From and To are the episode of a watch, and N the count at which it was told. Note says what the
	// recipient must know of the count.
	Due, From, To time.Time
	N             int64
	Note          string
	Created       time.Time

	State    DeliveryState
	Attempts int
	Next     time.Time
	Problem  string
	// Seen says that the recipient of a notice has seen it.
	Seen bool
}

// SubscriptionStore keeps subscriptions and what they sent. Several processes may use it at once.
type SubscriptionStore interface {
	// Subscriptions gives those of one account, or of everybody with the owner 0, in the order in which they were made.
	Subscriptions(ctx context.Context, ownerID int64) ([]Subscription, error)
	// Subscription gives one, or ErrNoSubscription.
	Subscription(ctx context.Context, id int64) (Subscription, error)
	// AddSubscription stores a new one and returns it with its ID. It gives ErrTooManySubscriptions where the owner has
	// MaxSubscriptions.
	AddSubscription(ctx context.Context, s Subscription) (Subscription, error)
	// ChangeSubscription reads, changes and writes one in a transaction; ErrNoSubscription where it is gone.
	ChangeSubscription(ctx context.Context, id int64, change func(*Subscription) error) error
	// RemoveSubscription removes one with all its deliveries.
	RemoveSubscription(ctx context.Context, id int64) error
	// Fire stores the state of a subscription after a run and the deliveries of the run, in one transaction. It stores nothing,
	// and fired is false, where the subscription was changed since it was read. It skips a delivery when the store has its key already.
	Fire(ctx context.Context, after Subscription, run []Delivery) (fired bool, err error)
	// ClaimDelivery gives one delivery of a lane that is due, and counts the attempt. Emergency watches come first, and files last. No
	// other process gets the delivery before the time again. ok is false where none is due. A mail with the state Handing
	// was being handed over at its last claim, and may have arrived.
	ClaimDelivery(ctx context.Context, lane Lane, now, again time.Time) (d Delivery, ok bool, err error)
	// SettleDelivery writes what became of a delivery: state, attempts, problem, next time, episode, count and note.
	SettleDelivery(ctx context.Context, d Delivery) error
	// Deliveries gives the newest of a subscription; of all with the ID 0.
	Deliveries(ctx context.Context, subscription int64, limit int) ([]Delivery, error)
	// Notices gives the newest notices of an account, and counts those that it has not seen.
	Notices(ctx context.Context, accountID int64, limit int) (list []Delivery, unseen int, err error)
	// SeeNotices marks the notices of an account up to an ID as seen.
	SeeNotices(ctx context.Context, accountID, upTo int64) error
	// ForgetDeliveries removes the settled deliveries from before a time.
	ForgetDeliveries(ctx context.Context, before time.Time) error
}
