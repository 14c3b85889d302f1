// Package demo makes up a tenant, Tidewater Lantern (tidewater-lantern.example), and its sign-ins, audit and provisioning records
// as Azure Monitor exports them. Its 2,000 people are at five sites or are guests, and one account is for emergencies. It has 120
// applications, 60 service principals, 40 managed identities, and six relying parties of AD FS. Nobody and nothing in it is real: domains end in .example, and addresses
// are of the documentation ranges 192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24 and 2001:db8::/32.
//
// A record depends only on the seed, the density (records per time) and its place in absolute time. So the same
// seed and end give the same bytes, and any day can be had without the days before it. A folder loaded until T0
// goes on with the records from T0 at the same density. Memory holds an hour of plans and one record.
//
// Days have a rhythm: office hours in Bergen, Porto, Toronto and Singapore with a dip at lunch, and shifts in the
// Rotterdam warehouse. Weekends are quiet, phones refresh tokens at night, and machines never sleep.
//
// # Terms
//
// The organisation is the people, applications and workloads (organisation.go). A planner plans the events of one
// hour (plan.go), and a recorder writes an event as a record (recorder.go). A scene is the kind of an event:
// everyday life or a story. A director plans the stories (stories.go). A turn is 21 days. A deed is what one actor does
// in the audit logs at one time: one or several records with one correlation ID (auditlife.go, auditstories.go).
//
// # Stories
//
// The calendar has turns of 21 days that begin on a Monday (2015-01-05 was the first). Each story of the list with
// a day happens once a turn, so any 30 days hold every one of them whole.
//
//   - Password spray (day 4, 02:00 UTC): 203.0.113.64/28, Asunción, sends one guess for each of 220 people. They
//     fail with 50126, some with 50053 in either meaning. One guess is right: Bram Kettlewick.
//   - Traveller (days 8 to 12): Caspian Quillmarch of Porto works from Reykjavík and New York; risk unlikelyTravel, dismissed.
//   - MFA fatigue (day 9, 21:10 UTC): Juniper Fernweather gets prompts from Suva (203.0.113.90). She declines 20 of
//     them (500121), lets two run out, and then accepts; tokens follow. All events have one correlation ID.
//   - Broken deployment (day 10, 09:00 to 16:00 UTC): Harbour Invoices has a wrong reply address (50011),
//     then an unknown resource (500011) and an unknown application (700016).
//   - Expired secret (day 13 to 19): service principal Quay Nightly Export fails with 7000222 until it gets a new secret.
//   - Device code (day 16, 10:20 UTC): an attacker in Ulaanbaatar has Orla Thistledown confirm a device code (50199,
//     then 0 with protocol deviceCode). Refreshes with original transfer method deviceCodeFlow go on for five days.
//     flow=devicecode finds all.
//   - Flagged errors (day 11, 13:05 and 14:35 UTC): Rufus Cratehook and a guest have their sign-in errors flagged for 20 minutes, and try
//     Harbour Invoices on that device. The errors of another device and those after the 20 minutes are not flagged.
//   - Emergency account: Emergency Access signs in to the Azure Portal with a key, each time after a wrong password: in a
//     drill (day 2, 07:30 UTC), and while the deployment is broken (day 10, 15:31).
//   - Every day: old mail clients of Wilhelmina Pennyfeather and of some mailboxes without a person ("Other clients;
//     IMAP", "IMAP4", POP and SMTP in both spellings). The guest Tobias Kestrelwing of Kestrel Audit
//     (b2bCollaboration, home in another tenant). Own people as guests elsewhere, without a client app. Risky
//     sign-ins, some with hidden risk. The report-only policy CA010, which would block the shared terminals of the
//     warehouse (reportOnlyFailure, Rufus Cratehook and colleagues), and CA020, which would block refreshes at risk. People
//     of Bergen sign in to the relying parties of AD FS (adfs.go); half of them are not assigned to Rope Locker.
//
// With few rows the stories shrink, but for the fatigue story and the device code, which are small already. With
// fewer days than 30 some may lie outside.
//
// # Audit records
//
// The audit logs come on top: the directory audit and the custom security attributes, about 15,000 records in 30
// days at the default density. Their number follows the density, but is an hourly record or so at least. They need
// none of the sign-ins' random numbers. A person's records belong to one of the sign-ins of their hour where there is one:
// same person, address and session ID, and the unique token identifier of that sign-in. So a range whose oldest
// sign-ins were dropped has audit records of some that it lacks.
//
// The audit records of the stories, in UTC and at the same place in every turn. A story that happens once in a life,
// as an invitation does, is told again in the next turn.
//
//   - Guest (day 1, 08:20): Ada Lanternwright invites Tobias Kestrelwing, who redeems the invitation at 09:40, and
//     two people who never come.
//   - Report-only policies (days 2 and 3, 09:30): Marigold Stormlatch adds CA010, and CA020 a day later. She changes
//     each after half an hour. The policy stands as JSON in ConditionalAccessPolicy, and as a list of JSON texts in
//     PolicyDetail of the directory's core.
//   - After the spray (day 4): people unlock their accounts. At 07:40 Gideon Brightwater resets the password of Bram
//     Kettlewick, who sets another one at 08:05.
//   - Traveller (day 9): Gideon dismisses the risk of Caspian Quillmarch.
//   - MFA fatigue (day 9): minutes after the accepted prompt the attacker registers an authenticator for Juniper
//     Fernweather, from 203.0.113.90, with session, token and correlation ID of that sign-in. Next morning she
//     reports the prompts, and Gideon deletes the method.
//   - Broken deployment (day 10): the service principal that deploys, Harbour Sync, changes the reply addresses of
//     Harbour Invoices (08:55) and its identifier (11:18), and deletes it (13:38). Ada restores it at 15:56.
//   - Device code (day 16): eleven minutes after it the attacker adds the service principal Mail Archive Helper and
//     consents to it as Orla Thistledown. Gideon removes it the next morning.
//   - Expired secret (days 18 and 19): Percival Inkwell may not add one. Gideon does (08:52): the key of the next
//     turn, whose description says until when, and removes the old one.
//   - Role activations come before most of these administrators' deeds, and on other days: requests of PIM and the change
//     in the directory's core have one correlation ID. The target of "Add member to role" is the member; the role is
//     the second.
//   - Custom security attributes: a set and a definition on day 1, and values on working days.
//   - Everyday life: write-back by programs without an application ID, licenses by group, devices, group pages,
//     forgotten passwords step by step, registered methods, consent, and refusals with their reason.
//
// Some records have an odd shape, as real ones have: no ID, no result, no actor, five targets, a target without ID
// or type, an activity that ends in a full stop or a blank, a dash in a name, and a changed property Credential.
//
// # Provisioning records
//
// The provisioning log comes on top too, about 3,000 records in 30 days at the default density, and about a record an hour at
// least. Four jobs run every 40 minutes: people and groups go to Harbour Invoices, Quay Tickets and Beacon Learning, and come from
// Anchor Roster. Beacon Learning's records have Azure Monitor's own names for members.
//
//   - Broken deployment (day 10): when the deployment changes the identifier of Harbour Invoices (11:18 UTC), its job is refused for
//     everybody (Unauthorized) until Ada restores the application (15:56). Then the job catches up.
//   - Everyday work: creations, updates, accounts that are disabled and deleted, objects that are skipped, now and then a conflict,
//     a missing attribute, a licence that is not there, a warning about a manager.
//
// # Microsoft 365 activity
//
// The unified audit log and the requests to Microsoft Graph come on top too, and need none of the sign-ins' random numbers
// either: files that people open, share, sync and download, mail, meetings, rules for mail, and a record type that no table
// has. Each belongs to a sign-in by its session and its token. Changes of roles and applications stand in both logs, with
// one correlation ID. The stories:
//
//   - MFA fatigue (day 9): six minutes after the accepted prompt the attacker reads the mail of Juniper Fernweather,
//     makes two rules that hide and forward it, forwards the mailbox, downloads 240 files, twelve a second, and makes an
//     anonymous link, which is used. Next morning Gideon removes the rules and the forwarding.
//   - Device code (day 16): the attacker asks Microsoft Graph as Orla Thistledown with the command line tools, and then
//     reads her mail with the application Mail Archive Helper.
//
// A benchmark can add any number of records of the unified audit log to a tenant (activitymany.go). They vary as those of a large
// tenant do: hundreds of thousands of files and subjects, hundreds of sites and teams, thousands of guests, some fifty record types.
// Some of them tell sign-ins.
//
// # Risk
//
// Records of risk come on top too. Azure Monitor's categories have detections and states of users and service principals. Graph's
// objects have the history of risky users, and the risk of agents. A detection of a sign-in names its request. It comes again when
// Microsoft fills it in and when its state changes; the copy with the latest change counts. States begin four months before the logs.
//
//   - Everyday life: somebody who signs in through a proxy is at risk (medium). Most change the password within two days, an
//     administrator dismisses the risk of some, and others stay at risk. Unfamiliar sign-ins that pass MFA are remediated at once.
//   - Password spray (day 4): each guess has a detection. Bram Kettlewick is at risk until he has another password (08:06).
//   - MFA fatigue (day 9): Juniper Fernweather is at risk, and the next morning Gideon confirms that she is compromised (08:35). She is
//     trusted again on day 18.
//   - Traveller: the risk of Caspian Quillmarch is dismissed on days 9 and 11.
//   - Device code (day 16): Orla Thistledown is confirmed as compromised the next morning, until day 10 of the next turn.
//   - Detections without a sign-in, of other people each turn: leaked credentials, a proxy in the middle, tokens, odd traffic. Each ends
//     in another way: with a changed password, also on premises, dismissed, confirmed as safe, or not at all.
//   - Hidden: sign-ins with hidden risk have hidden detections, and one person a turn is at hidden risk.
//   - Service principals: the published secret of Quay Nightly Export (day 18), odd sign-ins of Tide Sync (day 12), Tide Monitor,
//     which is compromised (day 6), Mail Archive Helper, which is malicious (day 17), and Harbour Sync after the broken deployment.
//   - Agents: too many sign-ins of Compass Sync (day 6), a new resource of Lantern Import (day 8), refused requests of Beacon
//     Indexer (day 14), which is compromised.
//
// # Directory and reports
//
// The directory has owners, addresses and credentials of applications. Each key that the sign-ins name is there, but for the
// secret of the wrong value and the certificate that is registered nowhere. Some secrets end within four weeks of the files' end, some
// have ended, and some are used by nobody. The export job has the secret of its turn. Registration details have the methods that the
// sign-ins show: four in ten have a key, a passkey or Windows Hello, and one in twenty has no second factor. The report of AD FS
// says what stands in the way of a move. Lantern Travel and Quay Stock stand in the directory too.
//
// # Formats
//
// The same sign-ins can be written in each format that people hold (format.go). Azure Monitor's record is the original:
// a format reads it into plain values (signin.go) and writes what it can show of them. What it cannot show is left out,
// and CannotShow names it. Only Azure Monitor's files have audit and provisioning records and activity. Graph's and Azure Monitor's have
// risk; other formats have sign-ins alone.
//
//   - graph, graph-v1, portal-json: Graph's objects, with times in whole seconds. v1.0 has 24 members and the interactive
//     sign-ins alone (format_graph.go).
//   - portal-csv: the Entra admin center's files, with times in whole seconds; two files of authentication details
//     stand beside the users' (format_portal.go).
//   - log-analytics-csv, -json, -query: rows of the four tables. Times are exact to the millisecond in CSV, else to
//     100 ns. The managed identities' table has the time of ingestion alone (format_loganalytics.go).
//   - powershell-json, powershell-csv: what Get-MgBetaAuditLogSignIn gives, through ConvertTo-Json and through Export-Csv,
//     which writes the names of types for nested values (format_powershell.go).
//   - defender-csv: Defender XDR's table of users' sign-ins, with its own numbers for enumerations (format_defender.go).
//   - event-hub, event-hub-capture: messages with Azure Monitor's records, as JSON of a consumer and as Avro files
//     (format_eventhub.go).
//
// The formats follow what is public about them. They share no code with the importer, which is tested with them.
package demo
