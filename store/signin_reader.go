package store

import "context"

// SignInReader is the questions that only sign-ins have.
type SignInReader interface {
	// PersonTraces gives up to Limit of a person's own sign-ins over both user logs as traces, newest first, from After on.
	// Limit may be thousands.
	PersonTraces(ctx context.Context, q PersonQuery) (Traces, error)
}

// PersonTraces needs nothing taken out: a Trace holds no field with a class.
func (w withheldReader) PersonTraces(ctx context.Context, q PersonQuery) (Traces, error) {
	if err := w.checkPerson(q.Filter); err != nil {
		return Traces{}, err
	}
	return w.reader.PersonTraces(ctx, q)
}

func (o ownedReader) PersonTraces(ctx context.Context, q PersonQuery) (Traces, error) {
	if err := o.check(q.Person); err != nil {
		return Traces{}, err
	}
	return o.reader.PersonTraces(ctx, q)
}

func (r resolved) PersonTraces(ctx context.Context, q PersonQuery) (Traces, error) {
	if err := r.tell(ctx, &q.Filter); err != nil {
		return Traces{}, err
	}
	return r.engine.PersonTraces(ctx, q)
}
