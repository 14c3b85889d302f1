// Package mail tells people by mail of sign-ins of theirs from a country or device that is new for them.
//
// The rule: a mail goes out when an import has brought a successful sign-in of the person, made after the person turned mails
// on, that store.Unusual marks as the first from its country or device. So a history that is imported for the first time sends
// nothing: its sign-ins are older than the switch, or there are too few before them to know the person by. Each country and
// each device is told once for all time. The fact and its mail are written in one transaction, so no restart tells it again.
package mail
