// Package mail tells people by mail about their sign-ins from a country or device that is new for them.
//
// The rule: a mail goes out for a successful sign-in that an import has brought. The person made it after turning mails on,
// and store.Unusual marks it as the first from its country or device. So a history that is imported for the first time sends
// nothing. Its sign-ins are older than the switch, or there are too few before them to know the person by. Sign-ins older than
// a week send nothing, and a mark does not count where the history before it was cut. Each country and each device is told once
// for all time. One transaction writes the fact and its mail, so no restart tells it again.
//
// A look waits until the imports of all processes are quiet. Several may run at once, and half a set of files makes things look new.
//
// A mail that waits belongs to its account: it goes to the account's present address, and is removed if the account is
// disabled or wants no mails. Only the mail that says that mails were turned off goes out then.
package mail
