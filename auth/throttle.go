package auth

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"
)

// These rules slow down failed sign-ins. Failures are counted in three ways. Each has a number of free failures.
// Then the wait doubles from one second with every further failure:
//
//   - of one name from one network: 10, then up to 15 minutes;
//   - of one name over all networks: 100, then up to a minute;
//   - of one network over all names: 200, then up to a minute.
//
// The last two do not delay an account on a network that it signed in from in the last 90 days. So guesses from
// many networks are limited to about one a minute. A person under attack still signs in from their usual places,
// and waits a minute at most elsewhere.
//
// An attempt during a wait is not looked at: it neither lengthens the wait nor tells whether the password was
// right. Names without an account are counted alike. A counter is forgotten a day after its last failure. A
// success clears the counter of the name on that network.
var (
	pairRule    = throttleRule{free: 10, longest: 15 * time.Minute}
	nameRule    = throttleRule{free: 100, longest: time.Minute}
	networkRule = throttleRule{free: 200, longest: time.Minute}
)

const (
	forgetFailures = 24 * time.Hour
	forgetNetworks = 90 * 24 * time.Hour
)

// MaxCounters bounds the counters of failures. Beyond it, the counters with the fewest failures go first, among
// equals the oldest.
const MaxCounters = 20_000

type throttleRule struct {
	free    int
	longest time.Duration
}

// wait gives how long after the last failure the next attempt is looked at.
func (r throttleRule) wait(failures int) time.Duration {
	if failures < r.free {
		return 0
	}
	doublings := failures - r.free
	if doublings > 20 || time.Second<<doublings > r.longest {
		return r.longest
	}
	return time.Second << doublings
}

// left gives how long from now the next attempt must wait; zero or less for no wait.
func (r throttleRule) left(c Counter, at time.Time) time.Duration {
	if c.Last.Sub(at) > r.longest { // counted when the clock was ahead: nobody must wait for that time
		return 0
	}
	return c.Last.Add(r.wait(c.Failures)).Sub(at)
}

// NameHash stands for a typed name. The store must not keep the name itself: it may be a password typed into the
// wrong box.
type NameHash [16]byte

// Attempt is one try to sign in.
type Attempt struct {
	Name    NameHash
	Network Network
	At      time.Time
}

// NewAttempt gives the attempt of a name typed at an address.
func NewAttempt(name, address string, at time.Time) Attempt {
	sum := sha256.Sum256([]byte(FoldName(name)))
	return Attempt{Name: NameHash(sum[:16]), Network: NetworkOf(address), At: at.UTC()}
}

// Counter counts the failures of a name on a network, of a name, or of a network.
type Counter struct {
	Failures int
	Last     time.Time
}

// Failures holds the counters for one attempt. Known means that the name's account signed in from the network
// before.
type Failures struct {
	Pair, Name, Network Counter
	Known               bool
}

// wait gives how long the attempt must wait; zero or less for not at all.
func (f Failures) wait(at time.Time) time.Duration {
	wait := pairRule.left(f.Pair, at)
	if !f.Known {
		wait = max(wait, nameRule.left(f.Name, at), networkRule.left(f.Network, at))
	}
	return wait
}

// AttemptStore counts failed sign-ins. Several processes may use it at once.
type AttemptStore interface {
	// BeginAttempt passes the counters of the attempt's name and network to allow. If allow returns no error, it
	// counts the attempt as a failure. Both happen in one transaction, so attempts at the same time cannot exceed
	// the limits. It ignores counters last changed before forget, and known networks last used before known.
	BeginAttempt(ctx context.Context, a Attempt, forget, known time.Time, allow func(Failures) error) error
	// AttemptSucceeded takes the attempt back and deletes the failures of the name on the network. It stores the
	// network and the time as the account's.
	AttemptSucceeded(ctx context.Context, a Attempt, accountID int64) error
	// ForgetFailures deletes the failures of a name on all networks.
	ForgetFailures(ctx context.Context, name NameHash) error
}

// TooManyAttempts refuses an attempt without looking at it.
type TooManyAttempts struct {
	Wait time.Duration // time until the next attempt is looked at
}

// Error tells the wait. It is the same for every name.
func (t TooManyAttempts) Error() string {
	return fmt.Sprintf("too many sign-ins failed: the next is looked at in %s", t.Wait)
}

// SignInFrom signs in somebody at an address, as SignIn does. It refuses an attempt too many with TooManyAttempts
// before it looks at the password. It logs a refusal; the caller logs the session that begins.
func (a *Accounts) SignInFrom(ctx context.Context, address, name, password string) (Account, error) {
	account, err := a.signInFrom(ctx, address, name, password)
	if err != nil {
		a.SignInFailed(ctx, address, name, err)
	}
	return account, err
}

func (a *Accounts) signInFrom(ctx context.Context, address, name, password string) (Account, error) {
	attempt, err := a.begin(ctx, name, address)
	if err != nil {
		return Account{}, err
	}
	account, err := a.SignIn(ctx, name, password)
	if err != nil {
		return Account{}, err // counted already, whatever the result: leaving before the answer must not be free
	}
	if err := a.store.AttemptSucceeded(ctx, attempt, account.ID); err != nil {
		return Account{}, fmt.Errorf("note the sign-in: %w", err)
	}
	account.LastSignIn = attempt.At
	return account, nil
}

// ChangeOwnPassword is SetPassword for the person themselves, who shows the present password. It counts as a
// sign-in, so that nobody can guess passwords in an open session. It gives ErrWrongPassword where the present one
// is wrong.
func (a *Accounts) ChangeOwnPassword(ctx context.Context, address string, account Account, present, password string) error {
	if err := checkPassword(password, account.Name); err != nil {
		return err
	}
	if _, err := a.SignInFrom(ctx, address, account.Name, present); err != nil {
		return err
	}
	return a.SetPassword(ctx, account.Name, password)
}

func (a *Accounts) begin(ctx context.Context, name, address string) (Attempt, error) {
	attempt := NewAttempt(name, address, a.now())
	err := a.store.BeginAttempt(ctx, attempt, attempt.At.Add(-forgetFailures), attempt.At.Add(-forgetNetworks), func(f Failures) error {
		if wait := f.wait(attempt.At); wait > 0 {
			return TooManyAttempts{wait}
		}
		return nil
	})
	if err != nil && !errors.As(err, new(TooManyAttempts)) {
		err = fmt.Errorf("count the sign-in: %w", err)
	}
	return attempt, err
}
