package views

// stillReading is shown with numbers of sign-ins that an older version of the program read. All of them are counted, but
// some values may still change, and new fields are not known yet.
const stillReading = "Older records are being read again after an update of Signpost: what is shown of them may still change."
