package dispatch

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"signpost/auth"
)

// The headers of a webhook. The signature covers the time and the body, which has the key of the delivery too. Receivers drop a
// delivery that they know.
const (
	HeaderDelivery  = "Signpost-Delivery"
	HeaderTimestamp = "Signpost-Timestamp"
	HeaderSignature = "Signpost-Signature"
)

const (
	callPatience = 20 * time.Second
	// maxAnswer bounds what is read of a receiver's answer, which nobody uses.
	maxAnswer = 64 << 10
)

// hook is the body of a webhook.
type hook struct {
	Delivery string    `json:"delivery"`
	Watch    string    `json:"watch"`
	ID       int64     `json:"id"`
	Trial    bool      `json:"trial"`
	From     time.Time `json:"from"`
	To       time.Time `json:"to"`
	Count    int64     `json:"count"`
	More     int64     `json:"more"`
	Minutes  int       `json:"minutes"`
	URL      string    `json:"url"`
	// StillReading and SetAside are as in auth.Counted.
	StillReading bool   `json:"still_reading"`
	SetAside     string `json:"set_aside"`
}

// Webhooks calls receivers by HTTPS.
type Webhooks struct {
	secret []byte
	client *http.Client
}

// NewWebhooks signs with a secret. It trusts the certificates of roots, or those of the system where that is nil. It follows no
// redirect, and uses no proxy.
func NewWebhooks(secret []byte, roots *x509.CertPool) *Webhooks {
	return &Webhooks{secret: secret, client: &http.Client{
		Timeout:       callPatience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}, TLSHandshakeTimeout: callPatience,
			ResponseHeaderTimeout: callPatience, DisableKeepAlives: true,
		},
	}}
}

// Sign gives the signature of a body that is sent at a time, in seconds since 1970.
func (w *Webhooks) Sign(timestamp string, body []byte) string {
	mac := hmac.New(sha256.New, w.secret)
	_, _ = io.WriteString(mac, timestamp+".") // a hash takes everything
	_, _ = mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

// call sends a webhook.
func (d *Dispatcher) call(ctx context.Context, one *auth.Delivery, text text) error {
	if d.Webhooks == nil {
		return lasting{sentence("The portal has no secret to sign webhooks with: see --webhook-secret.")}
	}
	if reason, err := d.webhookRefusal(ctx, one.Target); reason != "" || err != nil { // the address of this delivery
		return errors.Join(refusalOf(reason), err)
	}
	body, err := json.Marshal(text.hook)
	if err != nil {
		return lasting{err}
	}
	return d.Webhooks.post(ctx, one.Target, one.Key, strconv.FormatInt(d.Now().Unix(), 10), body)
}

func refusalOf(reason string) error {
	if reason == "" {
		return nil
	}
	return refusal(reason)
}

func (w *Webhooks) post(ctx context.Context, address, key, timestamp string, body []byte) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return lasting{err}
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "Signpost")
	request.Header.Set(HeaderDelivery, key)
	request.Header.Set(HeaderTimestamp, timestamp)
	request.Header.Set(HeaderSignature, w.Sign(timestamp, body))
	answer, err := w.client.Do(request)
	if err != nil {
		return fmt.Errorf("the receiver was not reached: %w", err)
	}
	defer answer.Body.Close() //nolint:errcheck // it was read only
	if _, err := io.Copy(io.Discard, io.LimitReader(answer.Body, maxAnswer)); err != nil {
		return fmt.Errorf("the receiver's answer broke off: %w", err)
	}
	switch {
	case answer.StatusCode >= 200 && answer.StatusCode < 300:
		return nil
	case answer.StatusCode >= 300 && answer.StatusCode < 400:
		return fmt.Errorf("the receiver answered with a redirect (%d), which is not followed", answer.StatusCode)
	}
	return fmt.Errorf("the receiver answered with the status %d", answer.StatusCode)
}
