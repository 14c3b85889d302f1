// Package demo makes up a tenant, Tidewater Lantern (tidewater-lantern.example): 2,000 people at five sites
// and as guests, 120 applications, 60 service principals and 40 managed identities, and their sign-ins as the
// records Azure Monitor exports. Nobody and nothing in it is real: domains end in .example, addresses are of
// the documentation ranges 192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24 and 2001:db8::/32.
//
// A record depends on the seed, the density (records per time) and its place in absolute time only. So the
// same seed and end give the same bytes, a folder that was loaded until T0 is continued by generating from T0
// at the same density, and any day can be had without the days before it. Memory holds an hour of plans
// and one record.
//
// Days have their rhythm: office hours on the clock of Bergen, Porto, Toronto and Singapore with a dip at lunch,
// shifts in the Rotterdam warehouse, quiet weekends, phones that refresh tokens at night, machines that never sleep.
//
// # Stories
//
// The calendar has turns of 21 days that begin on a Monday (2015-01-05 was the first); each story of the list
// with a day happens once a turn, so any 30 days hold every one of them whole.
//
//   - Password spray (day 4, 02:00 UTC): from 203.0.113.64/28, Asunción, one guess for each of 220
//     people: 50126, some 50053 with either meaning; one guess is right: Bram Kettlewick.
//   - Traveller (days 8 to 12): Caspian Quillmarch of Porto works from Reykjavík and New York; risk unlikelyTravel, dismissed.
//   - MFA fatigue (day 9, 21:10 UTC): Juniper Fernweather gets prompts from Suva (203.0.113.90), declines 20 of
//     them (500121), lets two run out, and then says yes; tokens follow. All events have one correlation ID.
//   - Broken deployment (day 10, 09:00 to 16:00 UTC): Harbour Invoices has a wrong reply address (50011),
//     then an unknown resource (500011) and an unknown application (700016).
//   - Secret ran out (day 13 to 19): service principal Quay Nightly Export fails with 7000222 until it gets a new secret.
//   - Device code (day 16, 10:20 UTC): somebody in Ulaanbaatar has Orla Thistledown confirm a device code (50199, then 0 with
//     protocol deviceCode); refreshes with original transfer method deviceCodeFlow go on for five days. flow=devicecode finds all.
//   - Every day: old mail clients of Wilhelmina Pennyfeather and some mailboxes that are nobody's ("Other clients; IMAP",
//     "IMAP4", POP and SMTP in both spellings); the guest Tobias Kestrelwing of Kestrel Audit (b2bCollaboration, home in
//     another tenant); own people as guests elsewhere, whose client app is not told; risky sign-ins, some with the
//     word hidden; the report-only policy CA010, which would block the shared terminals of the warehouse
//     (reportOnlyFailure, Rufus Cratehook and colleagues), and CA020, which would block refreshes that are at risk.
//
// With few rows the stories shrink (the fatigue story and the device code do not: they are small already);
// with fewer days than 30 some may lie outside.
package demo
