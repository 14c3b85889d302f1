package views

// stillReading is said beside numbers over sign-ins of which some are still as an older version of the program read their
// records. They are all counted, but may turn out otherwise, and of new fields nothing is known yet.
const stillReading = "Older records are being read again after an update of Signpost: what is shown of them may still change."
