package ask

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"signpost/auth"
	"signpost/store"
)

// TriageVerdict is a verdict, for pages.
type TriageVerdict = auth.TriageVerdict

// TriageVerdicts gives the verdicts that pages offer.
func TriageVerdicts() []TriageVerdict { return auth.TriageVerdicts() }

// OpenHere tells whether a risk waits for somebody in this portal: it was imported as at risk or confirmed compromised, and no verdict
// answers it.
func OpenHere(now auth.ImportedRisk, kept auth.Triaged) bool {
	return (store.RiskChange{State: now.State}).IsOpen() && !kept.Answers(now)
}

// triageKinds gives the kind of triage for each kind of risky state.
var triageKinds = map[store.StateKind]auth.TriageKind{
	store.StateRiskyUser: auth.TriageUser, store.StateRiskyPrincipal: auth.TriagePrincipal, store.StateRiskyAgent: auth.TriageAgent,
}

// TriageKindOf gives the kind of triage for a kind of risky states.
func TriageKindOf(kind store.StateKind) auth.TriageKind { return triageKinds[kind] }

// TriageTarget is an object that somebody may decide about: its imported risk, and what is kept about it.
type TriageTarget struct {
	Of   auth.TriageObject
	Name string
	Risk auth.ImportedRisk
	Kept auth.Triaged
	// UserID and Username are the user whose data it is. They are empty for objects of applications.
	UserID, Username string
}

// IsOpen tells whether it waits for somebody in this portal.
func (t TriageTarget) IsOpen() bool { return OpenHere(t.Risk, t.Kept) }

// Noun is the object's kind in words.
func (t TriageTarget) Noun() string {
	info, _ := store.SignIns.Log(store.Log(t.Of.Log))
	switch {
	case t.Of.Kind == auth.TriageUser:
		return "user"
	case t.Of.Kind == auth.TriagePrincipal:
		return "service principal"
	case t.Of.Kind == auth.TriageAgent:
		return "agent"
	case !info.User:
		return "sign-in of a " + info.One
	}
	return "sign-in"
}

// TargetOfRisky gives a risky user, principal or agent, without what is kept about it.
func TargetOfRisky(r *store.Risky) TriageTarget {
	name, username := r.StateNames()
	t := TriageTarget{
		Of:   auth.TriageObject{Kind: triageKinds[r.Of], ID: r.ID},
		Name: cmp.Or(name, username, r.ID),
		Risk: auth.ImportedRisk{Updated: inMicros(r.Updated), State: r.State, Level: r.Level},
	}
	if r.Of == store.StateRiskyUser {
		t.UserID, t.Username = r.ID, username
	}
	return t
}

// inMicros gives a time as it is kept: records may have finer ones, which would look newer than what is kept of them.
func inMicros(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// TriageStory is an object with its newest steps. Total counts all of its steps.
type TriageStory struct {
	TriageTarget
	Steps []auth.TriageEntry
	Total int64
}

// TriageHistory gives the steps of objects, and what is kept about them.
type TriageHistory interface {
	TriageKept
	TriageHistory(ctx context.Context, of auth.TriageObject, limit int) (steps []auth.TriageEntry, total int64, err error)
}

// shownSteps is how many steps of an object its page lists.
const shownSteps = 50

// StoryOf gives the steps of an object, and what is kept about it.
func StoryOf(ctx context.Context, kept TriageHistory, t TriageTarget) (story TriageStory, err error) {
	story.TriageTarget = t
	err = Together(ctx, func(ctx context.Context) error {
		now, err := kept.Triaged(ctx, t.Of)
		if err != nil {
			return err
		}
		story.Kept = now[t.Of]
		story.Steps, story.Total, err = kept.TriageHistory(ctx, t.Of, shownSteps)
		return err
	})
	return story, err
}

// KeptAbout puts what is kept about objects into them.
func KeptAbout(ctx context.Context, kept TriageKept, targets []TriageTarget) error {
	of := make([]auth.TriageObject, len(targets))
	for i, t := range targets {
		of[i] = t.Of
	}
	now, err := kept.Triaged(ctx, of...)
	for i := range targets {
		targets[i].Kept = now[targets[i].Of]
	}
	return err
}

// TriageKept gives what is kept about objects.
type TriageKept interface {
	Triaged(ctx context.Context, of ...auth.TriageObject) (map[auth.TriageObject]auth.Triaged, error)
}

// Triage asks for the objects of a form as they are now.
type Triage struct {
	Choices []TriageChoice
	Kept    TriageKept
}

// TriageChosen is an object of a form. Target is nil where the viewer sees no such object.
type TriageChosen struct {
	TriageChoice
	Target *TriageTarget
}

// IsStale tells whether a newer risk was imported since the form's person looked.
func (c TriageChosen) IsStale() bool { return c.Target != nil && c.Print != c.Target.Risk.Print() }

// Ask gives the objects in the order of the choices. It looks for users, principals and agents among the imported states, and for
// sign-ins in their logs, as the reader's viewer may see them.
func (q Triage) Ask(ctx context.Context, r Reader) ([]TriageChosen, error) {
	targets := map[auth.TriageObject]TriageTarget{}
	err := Together(ctx, func(ctx context.Context) error {
		for kind, of := range triageKinds {
			ids := q.idsOf(of)
			if len(ids) == 0 {
				continue
			}
			found, err := r.Risky(ctx, kind, ids, nil)
			if err != nil {
				return err
			}
			for i := range found {
				t := TargetOfRisky(&found[i])
				targets[t.Of] = t
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	signIns, err := q.signIns(ctx, r)
	if err != nil {
		return nil, err
	}
	maps.Copy(targets, signIns)
	return q.chosen(ctx, targets)
}

func (q Triage) idsOf(kind auth.TriageKind) (ids []string) {
	for _, c := range q.Choices {
		if c.Of.Kind == kind {
			ids = append(ids, c.Of.ID)
		}
	}
	return ids
}

// chosen adds what is kept about the objects that were found.
func (q Triage) chosen(ctx context.Context, targets map[auth.TriageObject]TriageTarget) ([]TriageChosen, error) {
	var of []auth.TriageObject
	for _, c := range q.Choices {
		of = append(of, c.Of)
	}
	kept, err := q.Kept.Triaged(ctx, of...)
	if err != nil {
		return nil, err
	}
	chosen := make([]TriageChosen, len(q.Choices))
	for i, c := range q.Choices {
		chosen[i] = TriageChosen{TriageChoice: c}
		if t, found := targets[c.Of]; found {
			if c.Of.Kind != auth.TriageSignIn { // else it is there
				t.Kept = kept[c.Of]
			}
			chosen[i].Target = &t
		}
	}
	return chosen, nil
}

// TriageOfKind gives what is kept about all objects of a kind.
type TriageOfKind interface {
	TriagedOf(ctx context.Context, kind auth.TriageKind) (map[auth.TriageObject]auth.Triaged, error)
}

// ClosedHere gives the IDs of the risky objects of a kind that a verdict answers.
func ClosedHere(ctx context.Context, r Reader, kept TriageOfKind, kind store.StateKind) (ids []string, err error) {
	err = Together(ctx, func(ctx context.Context) error {
		closed, err := closedHere(ctx, r, kept, kind)
		for _, t := range closed {
			ids = append(ids, t.Of.ID)
		}
		return err
	})
	slices.Sort(ids)
	return ids, err
}
