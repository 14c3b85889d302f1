package web

import (
	"context"
	"time"

	"signpost/store"
)

// Nothing was imported: see noDirectory.

func (noDirectory) StatesTold(context.Context, store.Scopes) (map[store.StateKind]store.StateTold, error) {
	return nil, nil
}

func (noDirectory) Registrations(context.Context, store.RegistrationsQuery) (store.RegistrationPage, error) {
	return store.RegistrationPage{}, nil
}

func (noDirectory) CountRegistrations(context.Context, store.RegistrationsQuery) (store.RegistrationCounts, error) {
	return store.RegistrationCounts{}, nil
}

func (noDirectory) NewRegistrations(context.Context, time.Time, store.RegistrationsQuery) (map[string]int64, error) {
	return nil, nil
}

func (noDirectory) NewMethods(context.Context, time.Time, store.RegistrationsQuery) ([]store.NewMethods, error) {
	return nil, nil
}

func (noDirectory) CredentialUses(context.Context, store.CredentialUsesQuery) (store.CredentialUsePage, error) {
	return store.CredentialUsePage{}, nil
}

func (noDirectory) AppCredentials(context.Context, store.AppCredentialsQuery) (store.AppCredentialPage, error) {
	return store.AppCredentialPage{}, nil
}

func (noDirectory) AppsTold(context.Context, []string, store.Scopes) ([]store.AppTold, error) {
	return nil, nil
}

func (noDirectory) AppsByURI(context.Context, []string, store.Scopes) (map[string][]string, error) {
	return nil, nil
}

func (noDirectory) PrincipalActivities(context.Context, []string, store.Scopes) ([]store.PrincipalActivity, error) {
	return nil, nil
}

func (noDirectory) RelyingParties(context.Context, store.Scopes) ([]store.RelyingParty, error) {
	return nil, nil
}

func (noDirectory) RiskyPage(context.Context, store.RiskyQuery) (store.RiskyPage, error) {
	return store.RiskyPage{}, nil
}

func (noDirectory) CountRisky(context.Context, store.RiskyQuery) (store.RiskyCounts, error) {
	return store.RiskyCounts{}, nil
}

func (noDirectory) Risky(context.Context, store.StateKind, []string, store.Scopes) ([]store.Risky, error) {
	return nil, nil
}

func (noDirectory) RiskTurns(context.Context, store.RiskTurnsQuery) ([]store.RiskTurn, error) {
	return nil, nil
}

func (noDirectory) CountRiskTurns(context.Context, store.RiskTurnsQuery, []time.Time) ([]store.RiskTurnCounts, error) {
	return nil, nil
}
