package web

import (
	"context"

	"signpost/auth"
)

// forgetful stores nothing about anybody.
type forgetful struct {
	auth.PreferenceStore
	auth.ViewStore
	auth.AnswerStore
}

func (forgetful) SetPreference(context.Context, int64, auth.PreferenceName, string) error { return nil }

func (forgetful) SavedViews(context.Context, int64) ([]auth.SavedView, error) { return nil, nil }

func (forgetful) SavedView(context.Context, int64, int64) (auth.SavedView, error) {
	return auth.SavedView{}, auth.ErrNoView
}

func (forgetful) SignInAnswers(context.Context, int64) ([]auth.SignInAnswer, error) { return nil, nil }

func (forgetful) CountOpenReports(context.Context, auth.ReportsOf) (int, error) { return 0, nil }
