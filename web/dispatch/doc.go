// Package dispatch runs schedules and watches, and sends what they say.
//
// A schedule is due at its time. After a downtime the last missed run is made up once. A watch counts each minute, in whole minutes
// of the records' own times. An episode is a time in which some window of so many minutes has too many records; one message tells
// it. Records come late, so a look counts the last day again: an episode that late records made is told then, and one that was told
// only grows. A watch of the emergency accounts counts the last 7 days at every look, and each account has episodes of its own.
//
// A run writes its deliveries and the new state of its subscription in one transaction, so that a kill neither loses nor doubles a
// run. Each delivery is made when it is sent, with the rights that its owner and its recipient have then. A recipient who sees less
// than the owner is told of the windows that have too many records for this recipient, also when such a window comes later in the
// episode. A mail that was being handed over when the
// portal was killed is not sent again, and the page says so. A webhook is tried again under the same key, and a file is written again
// under the same name.
//
// Each way out is a lane with workers of its own, so that a slow mail server, webhook or file holds up nothing else. One delivery goes
// to a destination at a time. Schedules, watches and the watches of the emergency accounts are looked at apart, for the same reason.
//
// While the store reads older records again, counts may change. A watch waits for that, so that it tells no episode that is none. A
// watch of the emergency accounts does not wait. Messages say that their numbers may change.
//
// The owner gets a notice and a mail where a message did not go out, or may not have arrived. A watch that cannot count for a while is told
// in the same way. Where the owner is gone, the administrators are told. The notice has the reason as it was then.
//
// An owner who may no longer see the view, or let messages leave the portal, stops the subscription. Its owner and the
// administrators are told.
package dispatch
