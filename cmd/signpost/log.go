package main

import (
	"io"
	"log/slog"
	osuser "os/user"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"signpost/auth"
)

// newLog gives the log of a command: JSON lines from the level on.
func newLog(out io.Writer, level slog.Level) *slog.Logger {
	return slog.New(slog.NewJSONHandler(visible{out}, &slog.HandlerOptions{Level: level}))
}

// visible writes JSON lines with every control, format and separator character as an escape. slog's handler
// escapes those of ASCII only. The others too could end a line, hide a part of it or steer a terminal.
type visible struct{ out io.Writer }

// Write takes whole lines. Every character beyond ASCII stands in a JSON string, where an escape means the same.
func (v visible) Write(line []byte) (int, error) {
	if _, err := v.out.Write(escapeHidden(line)); err != nil {
		return 0, err
	}
	return len(line), nil
}

// escapeHidden returns the line itself where it has nothing to escape.
func escapeHidden(line []byte) []byte {
	var escaped []byte
	done := 0
	for i := 0; i < len(line); {
		r, size := rune(line[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRune(line[i:])
		}
		if r > '~' && isHidden(r) {
			escaped = append(escaped, line[done:i]...)
			for _, unit := range utf16.Encode([]rune{r}) {
				escaped = append(escaped, '\\', 'u', hexDigits[unit>>12], hexDigits[unit>>8&15], hexDigits[unit>>4&15], hexDigits[unit&15])
			}
			done = i + size
		}
		i += size
	}
	if done == 0 {
		return line
	}
	return append(escaped, line[done:]...)
}

const hexDigits = "0123456789abcdef"

// isHidden tells whether a character is invisible or changes the look of others.
func isHidden(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
}

// onCommandLine is the actor of a command: the operating system's user. The owner of the data folder needs no
// account.
func onCommandLine() auth.Actor {
	if who, err := osuser.Current(); err == nil {
		return auth.Actor{Name: who.Username + " (on the command line)"}
	}
	return auth.Actor{Name: "somebody on the command line"}
}
