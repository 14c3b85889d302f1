package views

// BackupHelpPage explains how to back up the data and move it to another machine.
type BackupHelpPage struct{ Shell Shell }

const backupHelpPath = "/help/backup"

// helpStep is a step with the command that does it.
type helpStep struct{ Text, Command string }

func (p BackupHelpPage) steps() []helpStep {
	return []helpStep{
		{"On the old machine, write a backup. Signpost and imports may go on meanwhile.", "signpost backup --data data --out signpost-backup.zip"},
		{"Copy the file to the new machine. It holds all that the portal shows and the hashes of passwords: keep it as safe as the data itself.", ""},
		{"On the new machine, restore it into an empty or missing folder. What is restored is compared with the backup before it counts.", "signpost restore signpost-backup.zip --data data"},
		{"Read all of it once, if you want to be sure.", "signpost check --data data"},
		{"Start Signpost there, and stop it on the old machine. People sign in with the same names and passwords.", "signpost serve --data data"},
		{"Import once more what was imported on the old machine after the backup began. What is there already changes nothing.", "signpost import --data data EXPORT..."},
	}
}
