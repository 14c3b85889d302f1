package importer

import (
	"bytes"
	"cmp"
	"io"
	"slices"
	"strings"
	"time"

	"signpost/store"
	"signpost/store/rawjson"
)

// A file whose dates are written in a local form is read twice: first for the order of day and month, which all its dates
// decide, then for its records. So is an answer of a query, which may say at its end that rows are missing.

// survey is what a first reading of a file tells.
type survey struct {
	dates   dateEvidence
	zones   zoneEvidence // of a file with a mapping
	records int64
	partial bool // a query's answer has not all rows
}

// note looks at a time. isMapped says that its zone must be known too.
func (s *survey) note(text string, isMapped bool) {
	s.dates.note([]byte(text))
	if isMapped {
		s.zones.note(text)
	}
}

// hasLocalDate says whether some value in a text begins with a date in a local form.
func hasLocalDate(text []byte) bool {
	if bytes.Contains(text, []byte(`\/`)) {
		text = bytes.ReplaceAll(text, []byte(`\/`), []byte("/"))
	}
	for i := 0; i+8 <= len(text); i++ {
		c := text[i]
		if c < '0' || c > '9' || i > 0 && !bytes.ContainsRune([]byte("\",;\t\n\r '"), rune(text[i-1])) {
			continue
		}
		if _, _, _, _, ok := localDate(text[i:min(i+12, len(text))]); ok {
			return true
		}
	}
	return false
}

// lookThrough reads a file for its dates.
func (im *Importer) lookThrough(r io.Reader) (survey, error) {
	archive := im.archive
	im.archive = nil // what is unpacked counts once
	defer func() { im.archive = archive }()
	text, _, err := im.unpack(r)
	if err != nil {
		return survey{}, err
	}
	var found survey
	src := newSource(text)
	if _, ok := src.peek(); !ok {
		return found, src.failure()
	}
	c, mapping := im.mappingOf(src.window(), contentOf(src.window()))
	switch {
	case c.csv != nil:
		aside := &stream{im: im, tally: newTally()}
		before := im.progress.records
		err = aside.readRows(src, c.csv, func(cells []string, _ place) error {
			found.records++
			for i, column := range c.csv.columns {
				if column.isTime && i < len(cells) {
					found.note(cells[i], mapping != nil)
				}
			}
			return nil
		})
		im.progress.records = before
	case c.isJSON:
		d := newDecoder(im.table)
		err = (&records{
			src: src, broken: func(position, string, []byte) { found.records++ },
			found: func(doc []byte, at position) error {
				found.records++
				if mapping != nil {
					mapping.noteTime(doc, func(text string) { found.note(text, true) })
				} else {
					d.eachTime(doc, false, found.dates.noteOf)
				}
				return nil
			},
			around: func(text []byte) error {
				found.partial = found.partial || bytes.Contains(text, partialError)
				return nil
			},
		}).read()
	}
	return found, err
}

// eachTime calls f with the text of every time in a compact record, at any depth. isUS says of times that they are in US form.
func (d *decoder) eachTime(doc []byte, isUS bool, f func(text []byte, isUS bool)) {
	if doc[0] != '{' {
		return
	}
	isUS = isUS || isUSTimed(d.text(d.member(doc, "category")))
	for name, value := range rawjson.EachMember(doc) {
		switch key := string(d.name(name)); {
		case value[0] == '{':
			d.eachTime(value, isUS, f)
		case value[0] == '[':
			for item := range rawjson.EachItem(value) {
				d.eachTime(item, isUS, f)
			}
		case isTimeKey(key):
			if inside, isText := rawjson.Unquoted(value); isText {
				f([]byte(rawjson.Unescaped(inside)), isUS)
			}
		}
	}
}

// isTimeKey says whether a key in lower case is that of a time.
func isTimeKey(key string) bool {
	return key == "time" || key == "timegenerated" || key == "timestamp" || strings.HasSuffix(key, "datetime")
}

// withISOTimes gives a compact record with its local times written as records do, where reading it again would take them for
// others. reason says why one cannot be read.
func (s *stream) withISOTimes(doc []byte) (changed []byte, reason string) {
	var texts []string
	s.decoder.eachTime(doc, false, func(text []byte, isUS bool) {
		if !isUS && s.dates.isAsked(string(text)) { // parseTime reads US form
			texts = append(texts, string(text))
		}
	})
	for _, text := range texts {
		t, ok := s.dates.read(text, "")
		if !ok {
			return doc, "the time " + quotedText(text) + " cannot be read as " + s.dates.order.words() + "."
		}
		if asItIs, ok := parseTime([]byte(text)); ok && asItIs.Equal(t) {
			continue
		}
		before := rawjson.AppendQuoted(nil, text)
		if !bytes.Contains(doc, before) { // it is written with escaped slashes
			before = []byte(strings.ReplaceAll(string(before), "/", `\/`))
		}
		doc = bytes.Replace(doc, before, rawjson.AppendQuoted(nil, isoTime(t)), 1)
	}
	return doc, ""
}

// ask counts all records of a file that is not read before its questions are answered.
func (t *tally) ask(format string, asks []store.ImportQuestion, records int64) {
	var sentences []string
	for i, ask := range asks {
		t.asks, t.questions = append(t.asks, ask.About), append(t.questions, ask.Question)
		if i > 0 {
			ask.Question = strings.ToUpper(ask.Question[:1]) + ask.Question[1:]
		}
		sentences = append(sentences, ask.Question)
	}
	t.askedReason = strings.Join(sentences, " ")
	t.unreadable(format, records, t.askedReason)
}

// asked are the questions about a file, in the order in which a page asks them.
type asked []store.ImportQuestion

func (a *asked) add(about, question string) {
	if question != "" {
		*a = append(*a, store.ImportQuestion{About: about, Question: question})
	}
}

// ask says that somebody must be asked, and counts the records that wait for it. h is nil for a file of JSON.
func (s *stream) ask(src *source, format string, h *headings, asks asked, seen *survey) (mustAsk bool, err error) {
	if len(asks) == 0 || s.im.invents {
		s.invent(asks, h)
		return false, nil
	}
	if seen == nil {
		found, err := s.survey(src)
		if err != nil {
			return false, err
		}
		seen = &found
	}
	s.tally.ask(format, asks, seen.records)
	return true, nil
}

// invent makes up answers, so that a file that asks can be explained.
func (s *stream) invent(asks asked, h *headings) {
	for _, ask := range asks {
		s.invented = append(s.invented, ask.About)
		switch ask.About {
		case store.AskLog:
			s.log = store.Interactive
			if h.isOfPrincipals() {
				s.log = store.ServicePrincipal
			}
		case store.AskDates:
			s.dates.order = cmp.Or(s.dates.order, DayFirst)
		case store.AskZone:
			s.dates.zone = time.UTC
		}
	}
}

// isOfPrincipals says whether the headings are those of the Entra admin center's files without users.
func (h *headings) isOfPrincipals() bool {
	return h != nil && slices.ContainsFunc(h.plain, func(plain string) bool { return portalPlain(plain) == plainHeading("Service principal ID") })
}

// contradicts says whether the headings are those of a log with users where the log has none, or the other way round.
func (h *headings) contradicts(log store.Log) bool {
	has := func(heading string) bool {
		return slices.ContainsFunc(h.plain, func(plain string) bool { return portalPlain(plain) == plainHeading(heading) })
	}
	info, _ := store.SignIns.Log(log)
	ofUsers, ofPrincipals := has("User ID") || has("Username"), has("Service principal ID") && has("Credential key ID")
	return info.User && ofPrincipals && !ofUsers || !info.User && ofUsers && !ofPrincipals
}

// settleFile finds out what must be known before the records of a file are read. mustAsk says that somebody must be asked.
func (s *stream) settleFile(src *source, c content) (mustAsk bool, err error) {
	if s.mapping != nil {
		return s.settleMapped(src)
	}
	format := c.format
	if c.csv != nil {
		format = c.csv.format
		s.dates.needsZone = format == LogAnalyticsCSV
	}
	s.dates.order, s.dates.zone = s.answers.Dates, s.answers.Zone
	isLocal := hasLocalDate(src.window())
	if c.csv != nil && format == PortalDirectoryCSV || format == UnifiedAuditLog {
		return false, nil
	}
	var asks asked
	var seen *survey
	if isLocal || c.isJSON && bytes.Contains(src.window()[:min(len(src.window()), 4096)], []byte(`"tables"`)) {
		found, err := s.survey(src)
		if err != nil {
			return false, err
		}
		if found.partial {
			s.tally.unreadable(LogAnalyticsQuery, found.records, "the answer of the query has not all rows (PartialError). Ask for a shorter time range and save each answer.")
			return true, nil
		}
		seen, s.dates.rewrites = &found, isLocal && c.isJSON
		asks.add(store.AskDates, s.askDates(c, found.dates))
	}
	if c.csv != nil {
		asks.add(store.AskLog, s.askLog(c.csv))
		asks.add(store.AskZone, s.askZone(src, c.csv))
	}
	if c.isJSON {
		format = Graph
	}
	return s.ask(src, format, c.csv, asks, seen)
}

// askDates finds the order of day and month, and says what must be asked.
func (s *stream) askDates(c content, seen dateEvidence) (question string) {
	if s.dates.order, question = seen.decide(s.answers.Dates); question == "" && c.isJSON && seen.dayFirst > 0 && s.answers.Dates == "" {
		// No program writes JSON so. What else is unusual in it nobody knows.
		question = "the times are written in a local form, such as " + quotedText(seen.example) + ", which no export in JSON has. Say with --dates dmy that the day comes first, or choose it on the page."
	}
	return question
}

// survey reads the file a first time. Of a stream that cannot be read twice only the beginning is looked at.
func (s *stream) survey(src *source) (survey, error) {
	if s.again == nil {
		return s.im.lookThrough(bytes.NewReader(bytes.Clone(src.window())))
	}
	r, err := s.again()
	if err != nil {
		return survey{}, err
	}
	seen, err := s.im.lookThrough(&watched{r: r, ctx: s.ctx, im: s.im})
	if closeErr := r.Close(); err == nil {
		err = closeErr
	}
	return seen, err
}

// askLog finds out of which log the Entra admin center's file is, and says what must be asked.
func (s *stream) askLog(h *headings) (question string) {
	if !h.isPortalSignIns() {
		return ""
	}
	s.log = store.Log(s.answers.Log)
	if named := logOfFile(s.path); named != "" && !h.contradicts(named) {
		s.noteOtherLog(named)
		s.log = named
	}
	switch {
	case s.log != "" && h.contradicts(s.log):
		info, _ := store.SignIns.Log(s.log)
		s.log = ""
		return "the headings are those of another log than " + info.Title + ". Say its own log with --log, or choose it on the page."
	case s.log != "":
		return ""
	}
	return "the file does not say of which log its sign-ins are. Name it as the Entra admin center does (InteractiveSignIns_..., NonInteractiveSignIns_..., ApplicationSignIns_..., MSISignIns_...), say it with --log, or choose it on the page."
}

// sayZone tells how the question about the time zone is answered.
const sayZone = " Say it with --zone, such as --zone Europe/Zurich or --zone UTC, or choose it on the page."

// noZone is the question about times such as an example.
func noZone(example string) string {
	return "the times name no time zone, such as " + quotedText(example) + "." + sayZone
}

// askZone says what must be asked about the time zone of a CSV file of Log Analytics, by its headings and its first row.
func (s *stream) askZone(src *source, h *headings) (question string) {
	if h.format != LogAnalyticsCSV || s.dates.zone != nil {
		return ""
	}
	first := &stream{im: &Importer{}, tally: newTally()}
	zone, example := "", ""
	look := headingsOf(src.window())
	// Only the first row is looked at. Whatever is wrong with it is told when it is read.
	_ = first.readRows(newSource(bytes.NewReader(bytes.Clone(src.window()))), look, func(cells []string, _ place) error {
		for i, c := range look.columns {
			switch {
			case !c.isTime || i >= len(cells) || strings.TrimSpace(cells[i]) == "" || strings.EqualFold(c.zone, "UTC"):
			case c.zone != "":
				zone = c.zone
			case !hasZone([]byte(cells[i])):
				example = cells[i]
			}
		}
		return io.EOF
	})
	switch {
	case zone != "":
		return "the headings name the time zone " + quotedText(zone) + ", and no offset from UTC." + sayZone
	case example != "":
		return noZone(example)
	}
	return ""
}
