package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
)

// cost is the work that one password hash takes.
type cost struct {
	memory, passes uint32 // memory in KiB
}

// usualCost is OWASP's first choice of argon2id for password storage: 19 MiB and two passes.
var usualCost = cost{memory: 19 * 1024, passes: 2}

// testCost is next to nothing, because tests sign people in hundreds of times.
var testCost = cost{memory: 8, passes: 1}

const (
	argonThreads = 1
	saltLength   = 16
	keyLength    = 32
)

// MinPasswordLength is the least number of characters of a password. maxPasswordBytes keeps the program from
// hashing a megabyte.
const (
	MinPasswordLength = 10
	maxPasswordBytes  = 1024
)

// checkPassword holds a new password against the rules.
func checkPassword(password, name string) error {
	switch {
	case utf8.RuneCountInString(password) < MinPasswordLength:
		return Invalid{"password", fmt.Sprintf("The password needs at least %d characters. Choose a longer one.", MinPasswordLength)}
	case len(password) > maxPasswordBytes:
		return Invalid{"password", "The password is too long. Choose one of at most 1,024 bytes."}
	case strings.EqualFold(password, name):
		return Invalid{"password", "The password is the name. Choose another one."}
	case isCommonPassword(password):
		return Invalid{"password", "The password is one of those that are guessed first. Choose one that nobody else has."}
	}
	return nil
}

// hasher makes and compares password hashes, a few at a time. Each takes the memory of its cost, and a flood of
// sign-ins must not take all memory.
type hasher struct {
	cost  cost
	slots chan struct{}
	// dummy is compared where there is no account, so that the time of an answer does not tell which names exist.
	dummy string
}

// newHasher gives the portal's hasher. The linker tells a test binary from a program, so no setting can make a
// program's hashes cheap.
func newHasher() *hasher {
	if testing.Testing() {
		return hasherOf(testCost)
	}
	return hasherOf(usualCost)
}

func hasherOf(c cost) *hasher {
	h := &hasher{cost: c, slots: make(chan struct{}, max(2, runtime.GOMAXPROCS(0)))}
	h.dummy = encodeHash(c, make([]byte, saltLength), make([]byte, keyLength))
	return h
}

// hash gives the PHC string of the password under a new salt.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	if err := h.acquire(ctx); err != nil {
		return "", err
	}
	defer h.release()
	salt := make([]byte, saltLength)
	rand.Read(salt) //nolint:errcheck // never fails: it would end the program
	return encodeHash(h.cost, salt, argon2.IDKey([]byte(password), salt, h.cost.passes, h.cost.memory, argonThreads, keyLength)), nil
}

// verify tells whether the password has this PHC string. It returns an error where it cannot read the string.
func (h *hasher) verify(ctx context.Context, phc, password string) (bool, error) {
	p, err := parsePHC(phc)
	if err != nil {
		return false, err
	}
	if len(password) > maxPasswordBytes {
		return false, nil
	}
	if err := h.acquire(ctx); err != nil {
		return false, err
	}
	defer h.release()
	key := argon2.IDKey([]byte(password), p.salt, p.passes, p.memory, p.threads, uint32(len(p.key)))
	return subtle.ConstantTimeCompare(key, p.key) == 1, nil
}

func (h *hasher) acquire(ctx context.Context) error {
	select {
	case h.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait to check a password: %w", ctx.Err())
	}
}

func (h *hasher) release() { <-h.slots }

// phcHash is a parsed PHC string. Each has its own parameters, so that new passwords can get others.
type phcHash struct {
	memory, passes uint32
	threads        uint8
	salt, key      []byte
}

func encodeHash(c cost, salt, key []byte) string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.memory, c.passes, argonThreads,
		b64.EncodeToString(salt), b64.EncodeToString(key))
}

var errBadHash = errors.New("the kept password hash cannot be read")

func parsePHC(phc string) (phcHash, error) {
	parts := strings.Split(phc, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" {
		return phcHash{}, errBadHash
	}
	var version int
	var p phcHash
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return phcHash{}, errBadHash
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &p.memory, &p.passes, &p.threads); err != nil {
		return phcHash{}, errBadHash
	}
	var err error
	if p.salt, err = base64.RawStdEncoding.Strict().DecodeString(parts[4]); err != nil {
		return phcHash{}, errBadHash
	}
	if p.key, err = base64.RawStdEncoding.Strict().DecodeString(parts[5]); err != nil {
		return phcHash{}, errBadHash
	}
	const mostMemory = 1 << 20 // KiB: more than any setting that this program makes
	if p.memory > mostMemory || p.passes < 1 || p.passes > 100 || p.threads < 1 || len(p.key) < 16 || len(p.key) > 64 {
		return phcHash{}, errBadHash
	}
	return p, nil
}
