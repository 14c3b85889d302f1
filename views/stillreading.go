package views

// stillReading is said where numbers count sign-ins that are still as an older version of the program read their records.
// They are all counted, but may turn out otherwise, and nothing is known of new fields yet.
const stillReading = "Older records are being read again after an update of Signpost: what is shown of them may still change."
