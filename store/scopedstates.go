package store

import (
	"context"
	"time"
)

func (d scopedDirectory) StatesTold(ctx context.Context, scopes Scopes) (map[StateKind]StateTold, error) {
	return d.directory.StatesTold(ctx, scopes.with(d.scope))
}

func (d scopedDirectory) Registrations(ctx context.Context, q RegistrationsQuery) (RegistrationPage, error) {
	q.Scopes = q.Scopes.with(d.scope)
	return d.directory.Registrations(ctx, q)
}

func (d scopedDirectory) CountRegistrations(ctx context.Context, q RegistrationsQuery) (RegistrationCounts, error) {
	q.Scopes = q.Scopes.with(d.scope)
	return d.directory.CountRegistrations(ctx, q)
}

func (d scopedDirectory) NewRegistrations(ctx context.Context, since time.Time, q RegistrationsQuery) (map[string]int64, error) {
	q.Scopes = q.Scopes.with(d.scope)
	return d.directory.NewRegistrations(ctx, since, q)
}

func (d scopedDirectory) NewMethods(ctx context.Context, since time.Time, q RegistrationsQuery) ([]NewMethods, error) {
	q.Scopes = q.Scopes.with(d.scope)
	return d.directory.NewMethods(ctx, since, q)
}

func (d scopedDirectory) CredentialUses(ctx context.Context, q CredentialUsesQuery) (CredentialUsePage, error) {
	q.Scopes = q.Scopes.with(d.scope)
	return d.directory.CredentialUses(ctx, q)
}

func (d scopedDirectory) AppCredentials(ctx context.Context, q AppCredentialsQuery) (AppCredentialPage, error) {
	q.Scopes = q.Scopes.with(d.scope)
	return d.directory.AppCredentials(ctx, q)
}

func (d scopedDirectory) AppsTold(ctx context.Context, appIDs []string, scopes Scopes) ([]AppTold, error) {
	return d.directory.AppsTold(ctx, appIDs, scopes.with(d.scope))
}

func (d scopedDirectory) AppsByURI(ctx context.Context, uris []string, scopes Scopes) (map[string][]string, error) {
	return d.directory.AppsByURI(ctx, uris, scopes.with(d.scope))
}

func (d scopedDirectory) PrincipalActivities(ctx context.Context, appIDs []string, scopes Scopes) ([]PrincipalActivity, error) {
	return d.directory.PrincipalActivities(ctx, appIDs, scopes.with(d.scope))
}

func (d scopedDirectory) RelyingParties(ctx context.Context, scopes Scopes) ([]RelyingParty, error) {
	return d.directory.RelyingParties(ctx, scopes.with(d.scope))
}

func (d scopedDirectory) RiskyPage(ctx context.Context, q RiskyQuery) (RiskyPage, error) {
	q.Scopes = q.Scopes.with(d.scope)
	return d.directory.RiskyPage(ctx, q)
}

func (d scopedDirectory) CountRisky(ctx context.Context, q RiskyQuery) (RiskyCounts, error) {
	q.Scopes = q.Scopes.with(d.scope)
	return d.directory.CountRisky(ctx, q)
}

func (d scopedDirectory) Risky(ctx context.Context, kind StateKind, ids []string, scopes Scopes) ([]Risky, error) {
	return d.directory.Risky(ctx, kind, ids, scopes.with(d.scope))
}

func (d scopedDirectory) RiskTurns(ctx context.Context, q RiskTurnsQuery) ([]RiskTurn, error) {
	q.Scopes = q.Scopes.with(d.scope)
	return d.directory.RiskTurns(ctx, q)
}

func (d scopedDirectory) CountRiskTurns(ctx context.Context, q RiskTurnsQuery, edges []time.Time) ([]RiskTurnCounts, error) {
	q.Scopes = q.Scopes.with(d.scope)
	return d.directory.CountRiskTurns(ctx, q, edges)
}
