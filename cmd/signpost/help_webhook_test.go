package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"signpost/views"
	"signpost/web/dispatch"
)

// The example of a signed webhook in the help is right, and so is the command beside it.
func TestHelpSignsAsWebhooksDo(t *testing.T) {
	t.Parallel()
	example := views.WebhookExample
	hooks := dispatch.NewWebhooks([]byte(example.Secret), nil)
	if got := hooks.Sign(example.Timestamp, []byte(example.Body)); got != example.Signature {
		t.Errorf("a webhook has the signature %s, and the help says %s", got, example.Signature)
	}
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Skip("the command of the help needs openssl")
	}
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "body.json"), []byte(example.Body), 0o600); err != nil {
		t.Fatal(err)
	}
	command := exec.Command("sh", "-c", example.Command)
	command.Dir, command.Env = folder, append(os.Environ(), "TIMESTAMP="+example.Timestamp, "SECRET="+example.Secret)
	said, err := command.Output()
	if hex, _, _ := strings.Cut(string(said), " "); err != nil || "sha256="+hex != example.Signature {
		t.Errorf("the command says %q, %v", said, err)
	}
}
