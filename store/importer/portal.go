package importer

import (
	"path/filepath"
	"strings"

	"signpost/store"
	"signpost/store/rawjson"
)

// The Entra admin center's CSV files of sign-ins. Their headings are declared with the file that this program writes
// (store.UserFileColumns). A file in another language has other headings and other words in its cells. The headings are known
// for some languages; of the words only those count that are the same in all, so the status comes from the error code.

// portalRows is how their rows are read.
var portalRows = func() *rowFormat {
	f := &rowFormat{format: PortalCSV, columns: map[string]rowColumn{}, noID: "the row has no request ID."}
	parts := map[store.SignInPart]rowColumn{
		store.FileDate:     {read: (*decoder).setCellTime},
		store.FileLocation: {read: (*decoder).setCellLocation, tells: []*store.Property{store.City, store.State, store.CountryOrRegion}},
		store.FileStatus:   {read: (*decoder).setCellStatus, tells: []*store.Property{store.StatedStatus}},
	}
	for _, columns := range [][]store.SignInColumn{store.UserFileColumns, store.IdentityFileColumns} {
		for _, c := range columns {
			plain := plainHeading(c.Heading)
			if c.Property == nil {
				f.columns[plain] = parts[c.Part]
			} else {
				f.columns[plain] = cellsOf(c.Property)
			}
		}
	}
	f.columns[plainHeading(stepsKey)] = rowColumn{read: (*decoder).setCellSteps}
	return f
}()

// portalHeadings are the headings of the English file by the plain ones of any file.
var portalHeadings = func() map[string]string {
	known := map[string]string{}
	for _, columns := range [][]store.SignInColumn{store.UserFileColumns, store.IdentityFileColumns} {
		for _, c := range columns {
			known[plainHeading(c.Heading)] = strings.Join(strings.Fields(c.Heading), " ")
		}
	}
	for _, heading := range store.StepFileColumns {
		known[plainHeading(heading)] = heading
	}
	known["date"] = "Date"
	for table := range strings.SplitSeq(otherLanguages, "\n") {
		if english, others, found := strings.Cut(table, ": "); found {
			for other := range strings.SplitSeq(others, "; ") {
				known[plainHeading(other)] = strings.TrimSpace(english)
			}
		}
	}
	return known
}()

// otherLanguages are the headings of Spanish and Italian files, as public tools that read them list them.
const otherLanguages = `
Date (UTC): Fecha (UTC); Data (UTC)
Request ID: Id. de solicitud; ID de solicitud; ID richiesta
User agent: Agente de usuario; Agente utente
Correlation ID: Id. de correlación; ID de correlación; ID correlazione; ID di correlazione
User ID: Id. de usuario; ID de usuario; ID utente
User: Usuario; Utente
Username: Nombre de usuario; Nome utente
User type: Tipo de usuario; Tipo di utente; Tipo utente
Client credential type: Tipo de credencial de cliente; Tipo di credenziali client
Authentication Protocol: Protocolo de autenticación; Protocollo di autenticazione
Application: Aplicación; Applicazione
Application ID: Id. de aplicación; ID de aplicación; ID applicazione
Resource: Recurso; Risorsa
Resource ID: Id. de recurso; ID de recurso; ID risorsa
Resource tenant ID: Id. de inquilino de recursos; ID tenant risorsa
Home tenant ID: Id. de inquilino principal; ID tenant principale
Home tenant name: Nombre del inquilino principal; Nome del tenant principale
IP address: Dirección IP; Indirizzo IP
Location: Ubicación; Località; Posizione
Status: Estado; Stato
Sign-in error code: Código de error de inicio de sesión; Código de error; Codice di errore dell'accesso; Codice errore di accesso
Failure reason: Motivo del error; Motivo dell'errore; Motivo errore
Client app: Aplicación cliente; App client; Applicazione client
Device ID: Id. de dispositivo; ID de dispositivo; ID dispositivo
Browser: Explorador
Operating System: Sistema operativo
Compliant: Compatible; Conforme
Managed: Administrado; Gestito
Authentication requirement: Requisito de autenticación; Requisito per l'autenticazione
Session ID: Id. de sesión; ID de sesión; ID sessione
Autonomous system number: Número de sistema autónomo; Numero del sistema autonomo
Conditional Access: Acceso condicional; Accesso condizionale
Authentication method: Método de autenticación; Metodo di autenticazione`

// portalHeading gives the heading of the English file for one of any file; one that is not known stays as it is.
func portalHeading(heading string) string {
	if known, ok := portalHeadings[plainHeading(heading)]; ok {
		return known
	}
	return heading
}

// portalPlain is the plain form of the English heading.
func portalPlain(plain string) string {
	if known, ok := portalHeadings[plain]; ok {
		return plainHeading(known)
	}
	return plain
}

// logOfFile gives the log that the name of a file of the Entra admin center tells, such as InteractiveSignIns_2026-11-28.csv,
// also with " (1)" behind it and inside an archive; "" where it tells none.
func logOfFile(path string) store.Log {
	name := strings.ToLower(filepath.Base(strings.ReplaceAll(path, `\`, "/")))
	found := store.Log("")
	for _, info := range store.SignIns.Logs {
		stem := strings.ToLower(info.FileStem)
		if info.FileStem == "" || !strings.Contains(name, stem) {
			continue
		}
		// NonInteractiveSignIns ends like InteractiveSignIns.
		if before, known := store.SignIns.Log(found); !known || len(info.FileStem) > len(before.FileStem) {
			found = info.Log
		}
	}
	return found
}

// setCellTime reads the time of a row.
func (d *decoder) setCellTime(cell string) {
	if t, ok := parseTime([]byte(cell)); ok {
		d.into.Time = t
	} else if d.badTime == nil {
		d.badTime = rawjson.AppendQuoted(nil, cell)
	}
}

// setCellStatus reads the word of the status. Words of other languages are left out: the error code tells the status.
func (d *decoder) setCellStatus(cell string) {
	if store.SignIns.ParseStatus(cell) != store.StatusUnknown {
		d.into.StatedStatus = cell
	}
}

// setCellLocation reads the place of a sign-in.
func (d *decoder) setCellLocation(cell string) { d.setCellPlace(store.Location.Parts, cell) }

// setCellPlace reads "City, State, CC". The country is the last part where that is two letters. of are the properties of the
// city, the state and the country.
func (d *decoder) setCellPlace(of []*store.Property, cell string) {
	var parts []string
	places := strings.Split(cell, ",")
	for _, part := range places {
		if part = strings.TrimSpace(part); part != "" && !isNothing(part) {
			parts = append(parts, part)
		}
	}
	city, state, country := of[0].Text(d.entry), of[1].Text(d.entry), of[2].Text(d.entry)
	if first := strings.TrimSpace(places[0]); len(places) == 3 && len(parts) == 2 && (first == "" || isNothing(first)) && len(parts[1]) == 2 {
		*state, *country = parts[0], parts[1] // of which no city is known
		return
	}
	if n := len(parts); n > 0 && len(parts[n-1]) == 2 && strings.ToUpper(parts[n-1]) == parts[n-1] {
		*country, parts = parts[n-1], parts[:n-1]
	}
	switch n := len(parts); n {
	case 0:
	case 1:
		*city = parts[0]
	default:
		*city, *state = strings.Join(parts[:n-1], ", "), parts[n-1]
	}
}

// stepsKey is the key of the authentication steps in the record that the rows of the authentication details' file make.
const stepsKey = store.StepsHeading

// setCellSteps reads the steps of a sign-in: a list of rows.
func (d *decoder) setCellSteps(text string) {
	d.into.TimeIsIngestion = true
	before := d.anyScalar
	d.anyScalar = true // the file says yes and no
	defer func() { d.anyScalar = before }()
	d.into.Collections.Note(store.CollectionAuthenticationDetails, d.eachObject([]byte(text), func(row []byte) bool {
		step, read := d.stepOfRow(row)
		if read {
			d.into.AuthenticationDetails = append(d.into.AuthenticationDetails, step)
			if t := step.Time; d.into.Time.IsZero() || t.Before(d.into.Time) {
				d.into.Time = t
			}
		}
		return read
	}))
}

func (d *decoder) stepOfRow(row []byte) (step store.AuthenticationStep, read bool) {
	for name, value := range rawjson.EachMember(row) {
		read = true
		switch plainHeading(rawjson.Unescaped(name)) {
		case "date", "date(utc)":
			if t, ok := d.time(value); ok {
				step.Time = t
			}
		case "authenticationmethod":
			step.Method = d.text(value)
		case "authenticationmethoddetail":
			step.MethodDetail = d.text(value)
		case "succeeded":
			step.Succeeded = d.truth(value)
		case "resultdetail":
			step.ResultDetail = d.text(value)
		case "requirement":
			step.Requirement = d.text(value)
		}
	}
	return step, read && !step.Time.IsZero()
}
